"""Writes whole networks with dynamic kernels, of full size and random weights, as PyTorch exports them.

    venv/bin/python test/peers/export_networks.py out/peers/networks [--only odconv-resnet18] [--exporter legacy]

For each network a folder with `<exporter>.onnx`, exported for one sample (`dynamo` where this PyTorch has it, `legacy` by
TorchScript; that of PyTorch 2.13 refuses CondConv), and `io.safetensors`: x1, y1 for one sample, x8, y8 for eight, as PyTorch
computes them, and exact1, what float64 gives for the one. Then `node test/peers/compare-networks.mjs` and
`node bench/peers.mjs` take the folder. README.md beside this file says what the environment needs. Exit 1 where no exporter
could write a network, or one that was named could not.
"""

from __future__ import annotations

import argparse
import contextlib
import copy
import inspect
import os
import pathlib
import sys
import time
import warnings
from typing import Iterator

import torch

from networks import NETWORKS, Network, safetensors_file
from networks.randomise import randomise, routers_of

SEED = 20061029
BATCH = 8
LEGACY_OPSET = 17
HAS_DYNAMO = "dynamo" in inspect.signature(torch.onnx.export).parameters
EXPORTERS = ("dynamo", "legacy") if HAS_DYNAMO else ("legacy",)


def export(network: torch.nn.Module, x: torch.Tensor, path: pathlib.Path, exporter: str) -> None:
    options = {"dynamo": exporter == "dynamo"} if HAS_DYNAMO else {}
    if exporter == "dynamo":
        options.update(external_data=False, verbose=False)
    else:
        options.update(opset_version=LEGACY_OPSET)
    torch.onnx.export(network, (x,), str(path), input_names=["x"], output_names=["y"], **options)


@contextlib.contextmanager
def silent() -> Iterator[None]:
    """Without what exporters print: warnings, and thousands of lines of the graph that one failed on, from C++."""
    sys.stdout.flush()
    kept = os.dup(1)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        sys.stdout.flush()
        os.dup2(kept, 1)
        os.close(kept)
        os.close(nowhere)


def make(network: Network) -> torch.nn.Module:
    torch.manual_seed(SEED)
    return randomise(network.build(), network.samples(BATCH))


def logits_apart(module: torch.nn.Module, x: torch.Tensor) -> list[float]:
    """Of each router the standard deviation of a logit over the samples: 0 where all are routed alike."""
    apart = []
    handles = [router.register_forward_hook(lambda _, __, y: apart.append(float(y.std(0).mean()))) for router in routers_of(module)]
    module(x)
    for handle in handles:
        handle.remove()
    return apart


def write(name: str, network: Network, folder: pathlib.Path, exporters: list[str]) -> set[str]:
    """Returns the exporters that failed."""
    folder.mkdir(parents=True, exist_ok=True)
    module = make(network)
    parameters = sum(each.numel() for each in module.parameters())
    x8 = network.samples(BATCH)
    x1 = x8[:1]
    with torch.no_grad():
        apart = logits_apart(module, x8)
        y1, y8 = module(x1), module(x8)
        exact1 = copy.deepcopy(module).double()(x1.double())
    safetensors_file.write(folder / "io.safetensors", {"x1": x1, "y1": y1, "exact1": exact1, "x8": x8, "y8": y8})
    routed = f"; logits of routers differ by {min(apart):.2f} to {max(apart):.2f} between samples" if apart else ""
    rounding = float((y1 - exact1).abs().max() / exact1.abs().max())
    print(f"{name}: {parameters / 1e6:.1f} M parameters, {list(x1.shape)} to {list(y1.shape)}, outputs up to {float(y8.abs().max()):.3g}")
    print(f"  PyTorch's own float32 is {rounding:.1e} of that away from float64{routed}")
    failed = set()
    for exporter in exporters:
        path = folder / f"{exporter}.onnx"
        began = time.time()
        try:
            with silent():
                export(module, x1, path, exporter)
            print(f"  {path}: {path.stat().st_size / 2**20:.0f} MiB in {time.time() - began:.0f} s")
        except Exception as error:  # whatever an exporter raises is what there is to tell
            failed.add(exporter)
            print(f"  {exporter} failed: {type(error).__name__}: {str(error).splitlines()[0]}", file=sys.stderr)
    return failed


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--only", choices=NETWORKS, action="append", help="this network (repeatable; default: all)")
    parser.add_argument("--exporter", choices=EXPORTERS, action="append", help="by this one (repeatable; default: all there are)")
    arguments = parser.parse_args()
    print(f"torch {torch.__version__}", flush=True)
    if hasattr(torch.backends, "nnpack"):
        torch.backends.nnpack.set_flags(False)  # it complains of some processors, once a convolution
    missing = []
    for name in arguments.only or NETWORKS:
        failed = write(name, NETWORKS[name], arguments.folder / name, arguments.exporter or list(EXPORTERS))
        if failed == set(EXPORTERS) or (arguments.exporter and failed):
            missing.append(name)
    sys.exit(f"not exported: {', '.join(missing)}" if missing else 0)


if __name__ == "__main__":
    main()
