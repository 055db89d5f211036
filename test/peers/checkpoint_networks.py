"""Small checkpoints of RRDBNet and SRVGGNetCompact, with what PyTorch computes of them.

    python3 test/peers/checkpoint_networks.py fixtures/checkpoints/networks

writes a folder for each row of CASES: checkpoint.pth, case.json, io.safetensors. Needs PyTorch 1.13 or later. The networks are
written from the formulas of docs/families/rrdb.md and compact.md, with random weights of a fixed seed.
"""

import json
import math
import sys
from pathlib import Path

import torch
from torch.nn import functional as F

from networks.safetensors_file import write as write_safetensors

NAMINGS = {
    "basicsr": {
        "first": "conv_first", "dense": "body.{b}.rdb{d}.{c}", "trunk": "conv_body", "up": "conv_up{i}",
        "hr": "conv_hr", "last": "conv_last",
    },
    "rewritten": {
        "first": "conv_first", "dense": "RRDB_trunk.{b}.RDB{d}.{c}", "trunk": "trunk_conv", "up": "upconv{i}",
        "hr": "HRconv", "last": "conv_last",
    },
    "sequence": {
        "first": "model.0", "dense": "model.1.sub.{b}.RDB{d}.{c}.0", "trunk": "model.1.sub.{blocks}", "up": "model.{i3}",
        "hr": "model.{hr}", "last": "model.{last}",
    },
}


class Weights(dict):
    """Draws a convolution's tensors when it is first used."""

    def conv(self, name, x, out, kernel=3, bias=True):
        key = f"{name}.weight"
        if key not in self:
            fan = x.shape[1] * kernel * kernel
            self[key] = torch.randn(out, x.shape[1], kernel, kernel) / math.sqrt(fan)
            if bias:
                self[f"{name}.bias"] = 0.1 * torch.randn(out)
        return F.conv2d(x, self[key], self.get(f"{name}.bias"), padding=kernel // 2)


def rrdb(weights, x, *, naming, blocks, units, growth, ups, out, unshuffle=1, plus=False, factor=2):
    names = NAMINGS[naming]
    numbers = {"blocks": blocks, "hr": 3 * ups + 2, "last": 3 * ups + 4}
    act = lambda value: F.leaky_relu(value, 0.2)

    def dense(value, b, d):
        name = lambda c: names["dense"].format(b=b, d=d, c=c)
        x1 = act(weights.conv(name("conv1"), value, growth))
        x2 = act(weights.conv(name("conv2"), torch.cat((value, x1), 1), growth))
        if plus:
            beside = name("conv1x1")
            x2 = x2 + weights.conv(beside[:-2] if beside.endswith(".0") else beside, value, growth, 1, False)
        x3 = act(weights.conv(name("conv3"), torch.cat((value, x1, x2), 1), growth))
        x4 = act(weights.conv(name("conv4"), torch.cat((value, x1, x2, x3), 1), growth))
        if plus:
            x4 = x4 + x2
        x5 = weights.conv(name("conv5"), torch.cat((value, x1, x2, x3, x4), 1), units)
        return value + 0.2 * x5

    first = weights.conv(names["first"], F.pixel_unshuffle(x, unshuffle), units)
    value = first
    for b in range(blocks):
        inner = value
        for d in (1, 2, 3):
            inner = dense(inner, b, d)
        value = value + 0.2 * inner
    value = first + weights.conv(names["trunk"].format(**numbers), value, units)
    for i in range(1, ups + 1):
        larger = F.interpolate(value, scale_factor=factor, mode="nearest")
        value = act(weights.conv(names["up"].format(i=i, i3=3 * i), larger, units))
    value = act(weights.conv(names["hr"].format(**numbers), value, units))
    return weights.conv(names["last"].format(**numbers), value, out)


def compact(weights, x, *, units, convs, scale, act):
    value = x
    for i in range(convs + 1):
        value = weights.conv(f"body.{2 * i}", value, units)
        if act == "prelu":
            slopes = weights.setdefault(f"body.{2 * i + 1}.weight", torch.rand(units))
            value = F.prelu(value, slopes)
        else:
            value = F.relu(value) if act == "relu" else F.leaky_relu(value, 0.1)
    value = weights.conv(f"body.{2 * convs + 2}", value, x.shape[1] * scale**2)
    return F.pixel_shuffle(value, scale) + F.interpolate(x, scale_factor=scale, mode="nearest")


# name: architecture, channels of the picture, scale, what import must be given, and the network's sizes
SMALL = {"blocks": 2, "units": 12, "growth": 5}
CASES = {
    "rrdb-old-x1-grey": ("rrdb", 1, 1, {}, {"naming": "sequence", **SMALL, "ups": 0, "out": 1}),
    "rrdb-old-x2-plus": ("rrdb", 3, 2, {}, {"naming": "sequence", **SMALL, "ups": 1, "out": 3, "plus": True}),
    "rrdb-old-x3": ("rrdb", 3, 3, {"scale": 3}, {"naming": "sequence", **SMALL, "ups": 1, "out": 3, "factor": 3}),
    "rrdb-old-x8": ("rrdb", 3, 8, {}, {"naming": "sequence", "blocks": 1, "units": 8, "growth": 4, "ups": 3, "out": 3}),
    "rrdb-second-x2-rgba": ("rrdb", 4, 2, {}, {"naming": "rewritten", **SMALL, "ups": 1, "out": 4}),
    "rrdb-x2-grey": ("rrdb", 1, 2, {}, {"naming": "basicsr", **SMALL, "ups": 2, "out": 1, "unshuffle": 2}),
    "compact-x1-rgba": ("compact", 4, 1, {}, {"units": 12, "convs": 1, "scale": 1, "act": "prelu"}),
    "compact-x2-grey-relu": ("compact", 1, 2, {"act": "relu"}, {"units": 12, "convs": 2, "scale": 2, "act": "relu"}),
    "compact-x3-leakyrelu": ("compact", 3, 3, {"act": "leakyrelu"}, {"units": 8, "convs": 2, "scale": 3, "act": "leakyrelu"}),
}
NETWORKS = {"rrdb": rrdb, "compact": compact}


def main(folder):
    for index, (name, (arch, channels, scale, needs, sizes)) in enumerate(CASES.items()):
        torch.manual_seed(index + 1)
        weights = Weights()
        inputs = {"x": torch.rand(2, channels, 8, 12), "xs": torch.rand(1, channels, 12, 8)}
        with torch.no_grad():
            results = {key.replace("x", "y"): NETWORKS[arch](weights, x, **sizes) for key, x in inputs.items()}
        place = folder / name
        place.mkdir(parents=True, exist_ok=True)
        torch.save({"params": dict(weights)}, place / "checkpoint.pth")
        write_safetensors(place / "io.safetensors", {**inputs, **results})
        image = {"range": [0, 1]} if channels in (1, 3) else {}
        told = {"arch": arch, "scale": scale, **({"needs": needs} if needs else {}), **image}
        (place / "case.json").write_text(json.dumps(told, indent=1) + "\n")
        print(name, sum(tensor.numel() for tensor in weights.values()), float(results["y"].abs().max()))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
