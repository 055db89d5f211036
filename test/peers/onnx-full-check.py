"""ONNX's own checker, with full_check, over graphs that smxc compiles from every fixture.

Needs Node, a build of smxc, and Python with the package onnx (1.23.1 when this was written):

    npm ci
    python3 -m venv venv && venv/bin/pip install onnx
    venv/bin/python test/peers/onnx-full-check.py

Compiles every network and layer of fixtures/oracle and fixtures/models for every lowering and target, at opsets 17
and 21, with dynamic and with fixed sizes, and checks each graph: onnx.checker.check_model(full_check=True), which
infers all types and shapes and holds them against those that the graph declares. Beyond that it demands that no value
is left without a declared shape and that every Conv says its kernel_shape. Exit code 1 when a graph does not pass.
"""

import pathlib
import subprocess
import sys
import tempfile

import onnx
import onnx.checker

HERE = pathlib.Path(__file__).resolve().parent


def graphs_of(graph):
    """A graph and all graphs inside it."""
    yield graph
    for node in graph.node:
        for attribute in node.attribute:
            if attribute.type == onnx.AttributeProto.GRAPH:
                yield from graphs_of(attribute.g)


def lacks(model):
    """What full_check does not ask for and smxc promises."""
    for graph in graphs_of(model.graph):
        declared = {info.name for info in [*graph.value_info, *graph.output, *graph.input]}
        for node in graph.node:
            for output in node.output:
                if output and output not in declared:
                    yield f"{output} has no value_info"
            if node.op_type == "Conv" and not any(a.name == "kernel_shape" for a in node.attribute):
                yield f"{node.name} has no kernel_shape"


def findings(path):
    try:
        onnx.checker.check_model(str(path), full_check=True)
    except Exception as error:  # the checker raises several kinds
        yield str(error).strip().splitlines()[0]
    yield from lacks(onnx.load(path))


def main():
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["node", HERE / "onnx-full-check-graphs.mjs", folder], check=True)
        paths = sorted(pathlib.Path(folder).glob("*.onnx"))
        failed = 0
        for path in paths:
            found = list(findings(path))
            failed += bool(found)
            for finding in found:
                print(f"{path.name}: {finding}")
        print(f"onnx {onnx.__version__}: {len(paths) - failed} graphs pass, {failed} do not")
    return 1 if failed or not paths else 0


if __name__ == "__main__":
    sys.exit(main())
