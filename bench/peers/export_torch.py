"""Writes PyTorch's exports of the networks, <name>.onnx, their weights, <name>.pth, and what is to know of them, <name>.json, which bench/restoration.mjs and
bench/grid.mjs compare smxc's graphs with.

    python3 -m venv venv && venv/bin/pip install "torch==2.13.0" onnx onnxscript
    venv/bin/python bench/peers/export_torch.py out/peers                      # all of bench/peers/networks.py
    venv/bin/python bench/peers/export_torch.py out/peers dncnn-20 nsr-64x1-b4
    venv/bin/python bench/peers/export_torch.py out/peers nsr-64x1-b4 --shape 16x3x48x48    # fixed: <name>-<shape>.onnx

Batch, height and width are open where PyTorch can leave them open. PyTorch 1.13 and later do; the exporter that they have is
taken, torch.export from 2.5 on, TorchScript before.
"""
import argparse
import json
import warnings
from pathlib import Path

import torch

from networks import NETWORKS, entry

OPSET = 17
AXES = {0: "N", 2: "H", 3: "W"}


def by_tracing(network, x, path, axes):
    dynamic = {"x": axes, "y": {axis: name if axis == 0 else f"{name}_out" for axis, name in axes.items()}}
    torch.onnx.export(
        network, (x,), path, opset_version=OPSET, input_names=["x"], output_names=["y"], dynamic_axes=dynamic if axes else None
    )


def by_torch_export(network, x, path, axes, multiple):
    dims = {axis: torch.export.Dim(name) for axis, name in axes.items()}
    if multiple > 1:
        dims.update({axis: multiple * dims[axis] for axis in dims if axis > 0})
    torch.onnx.export(
        network,
        (x,),
        path,
        dynamo=True,
        external_data=False,
        input_names=["x"],
        output_names=["y"],
        dynamic_shapes=(dims,) if axes else None,
    )


def export(name, folder, shape):
    row = entry(name)
    network = row.make()
    stem = name if shape is None else f"{name}-{shape}"
    axes = {} if shape else {axis: label for axis, label in AXES.items() if axis > 0 or row.open_batch}
    # Two of what stays open: torch.export takes a size of one for fixed.
    x = torch.rand([int(size) for size in shape.split("x")] if shape else [2 if row.open_batch else 1, 3, 48, 64])
    path = str(folder / f"{stem}.onnx")
    with torch.no_grad():
        if MODERN:
            by_torch_export(network, x, path, axes, row.multiple)
        else:
            by_tracing(network, x, path, axes)
        y = network(x)
    torch.save(network.state_dict(), folder / f"{stem}.pth")
    weights = sum(each.numel() for each in network.state_dict().values()) * 4
    about = {"torch": torch.__version__, "weightBytes": weights, "scale": row.scale, "multiple": row.multiple}
    (folder / f"{stem}.json").write_text(json.dumps(about) + "\n")
    print(
        f"{stem}: {weights} bytes of weights, {Path(path).stat().st_size} of graph; "
        f"output from {y.min().item():.2f} to {y.max().item():.2f}, deviation {y.std().item():.2f}"
    )


MODERN = tuple(int(part) for part in torch.__version__.split(".")[:2]) >= (2, 5)

if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("names", nargs="*", metavar="name", help="default: all")
    parser.add_argument("--shape", help="fixed sizes, such as 1x3x48x48; default: open")
    arguments = parser.parse_args()
    arguments.folder.mkdir(parents=True, exist_ok=True)
    warnings.filterwarnings("ignore", category=torch.jit.TracerWarning)
    for each in arguments.names or NETWORKS:
        export(each, arguments.folder, arguments.shape)
