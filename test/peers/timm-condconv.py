"""Compares imported CondConv layers with timm's own on random weights.

    python3 -m venv venv && venv/bin/pip install torch==2.13.0 timm==1.0.29 onnxruntime==1.30.0 safetensors numpy
    npx tsc -b && venv/bin/python test/peers/timm-condconv.py [--smxc dist/cli/main.js]

Each CondConv2d is saved by torch.save, imported and compiled by the command line, and run by ONNX Runtime's Python
package at several batches and sizes. The last case is timm's whole CondConvResidual: three CondConv2d with one router,
BatchNorms between them and a shortcut, as a document of the same tensor names. Exit 1 above 1e-5 of max |y|.
"""

from __future__ import annotations

import argparse
import json
import pathlib
import subprocess
import sys
import tempfile

import numpy as np
import onnxruntime
import safetensors.torch
import timm
import torch
from timm.layers import CondConv2d
from timm.models._efficientnet_blocks import CondConvResidual
from torch import nn

GOAL = 1e-5
SIZES = [(1, 12, 10), (3, 9, 13), (2, 16, 16)]
TARGETS = ["cpu", "webgpu"]
ROOT = pathlib.Path(__file__).parents[2]

LAYERS = {
    "dense 3x3": dict(in_channels=8, out_channels=12, kernel_size=3),
    "dense 3x3, bias": dict(in_channels=8, out_channels=12, kernel_size=3, bias=True),
    "dense 5x5, stride 2, bias": dict(in_channels=6, out_channels=10, kernel_size=5, stride=2, bias=True, num_experts=8),
    "dense 3x3, dilation 2": dict(in_channels=6, out_channels=6, kernel_size=3, dilation=2),
    "pointwise": dict(in_channels=16, out_channels=24, kernel_size=1),
    "depthwise 3x3": dict(in_channels=16, out_channels=16, kernel_size=3, groups=16),
    "depthwise 5x5, stride 2, bias": dict(in_channels=12, out_channels=12, kernel_size=5, stride=2, groups=12, bias=True),
    "grouped 3x3, bias": dict(in_channels=12, out_channels=8, kernel_size=3, groups=4, bias=True, num_experts=6),
}


class Routed(nn.Module):
    """A CondConv2d with the router that timm's blocks give it; the router is stronger than at its initialisation."""

    def __init__(self, **kwargs):
        super().__init__()
        self.conv = CondConv2d(**kwargs)
        self.routing_fn = nn.Linear(self.conv.in_channels, self.conv.num_experts)
        nn.init.normal_(self.routing_fn.weight, std=2)

    def forward(self, x):
        return self.conv(x, torch.sigmoid(self.routing_fn(x.mean((2, 3)))))

    def checkpoint(self) -> dict:
        return {name.removeprefix("conv."): tensor for name, tensor in self.state_dict().items()}

    def config(self) -> dict:
        conv = self.conv
        return {
            "out_channels": conv.out_channels,
            "kernel": conv.kernel_size[0],
            "stride": conv.stride[0],
            "padding": conv.padding[0],
            "dilation": conv.dilation[0],
            "groups": conv.groups,
        }


def smxc(program: str, *args: str) -> None:
    done = subprocess.run(["node", program, *args, "--quiet"], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f"smxc {' '.join(args)} gave {done.returncode}: {done.stderr}{done.stdout}")


def compare(program: str, document: pathlib.Path, module: nn.Module, channels: int) -> float:
    """The largest |error| / max |y| over targets, batches and sizes."""
    worst = 0.0
    for target in TARGETS:
        graph = document.with_suffix(f".{target}.onnx")
        smxc(program, "compile", str(document), "-o", str(graph), "--target", target)
        session = onnxruntime.InferenceSession(str(graph), providers=["CPUExecutionProvider"])
        for batch, height, width in SIZES:
            x = torch.randn(batch, channels, height, width)
            with torch.no_grad():
                y = module(x).numpy()
            (got,) = session.run(["y"], {"x": x.numpy()})
            worst = max(worst, float(np.abs(got - y).max() / np.abs(y).max()))
    return worst


def layer_case(program: str, folder: pathlib.Path, kwargs: dict) -> float:
    module = Routed(**kwargs).eval()
    torch.save(module.checkpoint(), folder / "layer.pt")
    (folder / "config.json").write_text(json.dumps(module.config()))
    document = folder / "model.json"
    smxc(program, "import", str(folder / "layer.pt"), "-o", str(document), "--arch", "condconv", "--config", str(folder / "config.json"))
    return compare(program, document, module, module.conv.in_channels)


def residual_case(program: str, folder: pathlib.Path) -> float:
    channels, experts, expansion = 8, 4, 3
    module = CondConvResidual(channels, channels, exp_ratio=expansion, num_experts=experts).eval()
    nn.init.normal_(module.routing_fn.weight, std=2)
    for layer in module.modules():
        if isinstance(layer, nn.BatchNorm2d):
            nn.init.uniform_(layer.weight, 0.5, 1.5)
            nn.init.normal_(layer.bias, std=0.3)
            nn.init.normal_(layer.running_mean, std=0.3)
            nn.init.uniform_(layer.running_var, 0.2, 2)
    tensors = {name: value.contiguous() for name, value in module.state_dict().items() if value.is_floating_point()}
    safetensors.torch.save_file(tensors, folder / "model.weights.safetensors")
    wide = channels * expansion
    mixed = lambda name, source, out, **more: {"name": name, "op": "mix_conv", "in": source, "beta": "routing_fn", "out": out, "kernel": 1, "bias": False, **more}
    norm = lambda name, source: {"name": name, "op": "batch_norm", "in": source}
    layers = [
        {"name": "routing_fn", "op": "route", "in": "x", "mlp": ["linear"], "weights": {"mlp.0": "routing_fn"}, "experts": experts, "normalise": "sigmoid"},
        mixed("conv_pw", "x", wide),
        norm("bn1", "conv_pw"),
        {"name": "act1", "op": "relu", "in": "bn1"},
        mixed("conv_dw", "act1", wide, kernel=3, pad=1, groups=wide),
        norm("bn2", "conv_dw"),
        {"name": "act2", "op": "relu", "in": "bn2"},
        mixed("conv_pwl", "act2", channels),
        norm("bn3", "conv_pwl"),
        {"name": "y", "op": "add", "in": ["bn3", "x"]},
    ]
    document = folder / "residual.json"
    document.write_text(
        json.dumps(
            {
                "version": 1,
                "name": "condconv-residual",
                "weights": {"file": "model.weights.safetensors"},
                "inputs": [{"name": "x", "shape": ["N", channels, "H", "W"]}],
                "layers": layers,
                "outputs": ["y"],
            }
        )
    )
    return compare(program, document, module, channels)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--smxc", default=str(ROOT / "dist/cli/main.js"), help="the built program")
    program = parser.parse_args().smxc
    torch.manual_seed(20061029)
    print(f"timm {timm.__version__}, torch {torch.__version__}, onnxruntime {onnxruntime.__version__}")
    print(f"targets {', '.join(TARGETS)}; inputs {', '.join('x'.join(map(str, size)) for size in SIZES)} (N x H x W)\n")
    print(f"{'module':32}  largest error / max |y|")
    errors = {}
    with tempfile.TemporaryDirectory() as temporary:
        for index, (name, kwargs) in enumerate(LAYERS.items()):
            folder = pathlib.Path(temporary) / str(index)
            folder.mkdir()
            errors[name] = layer_case(program, folder, kwargs)
            print(f"{name:32}  {errors[name]:.2e}")
        name = "CondConvResidual"
        folder = pathlib.Path(temporary) / "residual"
        folder.mkdir()
        errors[name] = residual_case(program, folder)
        print(f"{name:32}  {errors[name]:.2e}")
    far = [name for name, error in errors.items() if not error <= GOAL]
    print(f"\n{len(errors) - len(far)} of {len(errors)} within {GOAL:g}")
    sys.exit(1 if far else 0)


if __name__ == "__main__":
    main()
