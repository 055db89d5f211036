<<<<<<< HEAD
"""Small checkpoints of EDSR, RCAN and DnCNN with random weights, and what PyTorch computes with them.

    python3 test/peers/checkpoint_networks.py fixtures/checkpoints/networks [--only name]

Needs PyTorch, 1.13 or later. The modules are written from the papers' formulas; only the names of their
tensors are those of public code. Each case is a folder with case.json, checkpoint.pth and io.safetensors, in which x and xs
are inputs of two sizes, y and ys the results.
"""

import argparse
import json
from pathlib import Path

import torch
from torch import nn

from networks import safetensors_file

MEAN = torch.tensor([0.4488, 0.4371, 0.404])


def conv(channels, out, bias=True):
    return nn.Conv2d(channels, out, 3, padding=1, bias=bias)


class Residual(nn.Module):
    """x + scale · f(x)."""

    def __init__(self, scale=1.0, **parts):
        super().__init__()
        self.scale = scale
        for name, part in parts.items():
            self.add_module(name, part)
        self.order = list(parts)

    def forward(self, x):
        y = x
        for name in self.order:
            y = getattr(self, name)(y)
        return x + self.scale * y


class Attention(nn.Module):
    """x · sigmoid(W₂ relu(W₁ mean(x)))."""

    def __init__(self, units, hidden, name, first):
        super().__init__()
        one, two = nn.Conv2d(units, hidden, 1), nn.Conv2d(hidden, units, 1)
        layers = [one, nn.ReLU(), two, nn.Sigmoid()]
        self.part = name
        self.add_module(name, nn.Sequential(*([nn.AdaptiveAvgPool2d(1)] if first == 1 else []), *layers))

    def forward(self, x):
        return x * getattr(self, self.part)(x.mean((2, 3), keepdim=True))


def enlarging(units, scale):
    steps = {1: [], 2: [2], 3: [3], 4: [2, 2], 8: [2, 2, 2]}[scale]
    layers = []
    for step in steps:
        layers += [conv(units, units * step**2), nn.PixelShuffle(step)]
    return nn.Sequential(*layers)


class Release(nn.Module):
    """EDSR and RCAN as their authors name them; values of 0 to 255."""

    def __init__(self, body, units, channels, scale, mean):
        super().__init__()
        self.mean = mean
        if mean == "tensors":
            self.sub_mean, self.add_mean = (nn.Conv2d(channels, channels, 1) for _ in range(2))
            for part, sign in [(self.sub_mean, -1), (self.add_mean, 1)]:
                part.weight.data = torch.eye(channels).view(channels, channels, 1, 1)
                part.bias.data = sign * 255 * MEAN[:channels]
        self.head = nn.Sequential(conv(channels, units))
        self.body = nn.Sequential(*body, conv(units, units))
        self.tail = nn.Sequential(enlarging(units, scale), conv(units, channels))

    def forward(self, x):
        shift = 255 * MEAN.view(1, 3, 1, 1) if self.mean == "usual" else 0
        x = self.sub_mean(x) if self.mean == "tensors" else x - shift
        x = self.head(x)
        x = self.tail(self.body(x) + x)
        return self.add_mean(x) if self.mean == "tensors" else x + shift


class BasicSR(nn.Module):
    """EDSR and RCAN as BasicSR names them; values of 0 to 1, and a mean that is no tensor of the state dict."""

    def __init__(self, body, units, channels, scale):
        super().__init__()
        self.conv_first = conv(channels, units)
        self.body = nn.Sequential(*body)
        self.conv_after_body = conv(units, units)
        self.upsample = enlarging(units, scale)
        self.conv_last = conv(units, channels)

    def forward(self, x):
        mean = MEAN.view(1, 3, 1, 1)
        x = self.conv_first((x - mean) * 255)
        x = self.conv_last(self.upsample(self.conv_after_body(self.body(x)) + x))
        return x / 255 + mean


def edsr_release(units, blocks):
    return [Residual(body=nn.Sequential(conv(units, units), nn.ReLU(), conv(units, units))) for _ in range(blocks)]


def edsr_basicsr(units, blocks, scale=1.0):
    return [Residual(scale, conv1=conv(units, units), act=nn.ReLU(), conv2=conv(units, units)) for _ in range(blocks)]


def rcan_release(units, groups, blocks, hidden):
    def block():
        parts = [conv(units, units), nn.ReLU(), conv(units, units), Attention(units, hidden, "conv_du", 0)]
        return Residual(body=nn.Sequential(*parts))

    return [
        Residual(body=nn.Sequential(*(block() for _ in range(blocks)), conv(units, units))) for _ in range(groups)
    ]


def rcan_basicsr(units, groups, blocks, hidden, scale=1.0):
    def block():
        parts = [conv(units, units), nn.ReLU(), conv(units, units), Attention(units, hidden, "attention", 1)]
        return Residual(scale, rcab=nn.Sequential(*parts))

    return [
        Residual(residual_group=nn.Sequential(*(block() for _ in range(blocks))), conv=conv(units, units))
        for _ in range(groups)
    ]


class Chain(nn.Module):
    """DnCNN, x − f(x); with a map of the noise level FDnCNN, f(x, map)."""

    def __init__(self, root, channels, units, depth, epsilon=None, noise_map=False, biases=(True, True, True)):
        super().__init__()
        self.root, self.noise_map = root, noise_map
        layers = [conv(channels + int(noise_map), units, biases[0]), nn.ReLU()]
        for _ in range(depth - 2):
            layers.append(conv(units, units, biases[1]))
            layers += [] if epsilon is None else [nn.BatchNorm2d(units, eps=epsilon)]
            layers.append(nn.ReLU())
        self.add_module(root, nn.Sequential(*layers, conv(units, channels, biases[2])))

    def forward(self, x, noise_map=None):
        chain = getattr(self, self.root)
        return chain(torch.cat([x, noise_map], 1)) if self.noise_map else x - chain(x)


def whole(value=255.0):
    return {"range": [0, value]}


CASES = {
    "edsr-x4": lambda: (
        Release(edsr_release(6, 2), 6, 3, 4, "tensors"),
        {"arch": "edsr", "scale": 4, **whole()},
    ),
    "edsr-x8": lambda: (
        Release(edsr_release(4, 1), 4, 3, 8, "tensors"),
        {"arch": "edsr", "scale": 8, **whole()},
    ),
    "edsr-x2-without-mean": lambda: (
        Release(edsr_release(6, 2), 6, 3, 2, "usual"),
        {"arch": "edsr", "scale": 2, **whole()},
    ),
    "edsr-x1-grey": lambda: (
        Release(edsr_release(6, 1), 6, 1, 1, "none"),
        {"arch": "edsr", "scale": 1, "needs": {"mean": 0, "range": 1}, **whole(1.0)},
    ),
    "edsr-x4-basicsr": lambda: (
        BasicSR(edsr_basicsr(6, 2), 6, 3, 4),
        {"arch": "edsr", "scale": 4, **whole(1.0)},
    ),
    "edsr-x3-basicsr-scaled": lambda: (
        BasicSR(edsr_basicsr(6, 1, 0.1), 6, 3, 3),
        {"arch": "edsr", "scale": 3, "needs": {"res_scale": 0.1}, **whole(1.0)},
    ),
    "rcan-x4-groups": lambda: (
        Release(rcan_release(8, 2, 2, 2), 8, 3, 4, "tensors"),
        {"arch": "rcan", "scale": 4, **whole()},
    ),
    "rcan-x2-grey": lambda: (
        Release(rcan_release(6, 2, 1, 3), 6, 1, 2, "none"),
        {"arch": "rcan", "scale": 2, "needs": {"mean": 0}, **whole()},
    ),
    "rcan-x2-basicsr": lambda: (
        BasicSR(rcan_basicsr(6, 2, 2, 2), 6, 3, 2),
        {"arch": "rcan", "scale": 2, **whole(1.0)},
    ),
    "rcan-x3-basicsr-scaled": lambda: (
        BasicSR(rcan_basicsr(6, 1, 2, 2, 0.3), 6, 3, 3),
        {"arch": "rcan", "scale": 3, "needs": {"res_scale": 0.3}, **whole(1.0)},
    ),
    "dncnn-batchnorm": lambda: (
        Chain("model", 3, 8, 6, 1e-4),
        {"arch": "dncnn", "channels": 3, **whole(1.0)},
    ),
    "dncnn-batchnorm-grey": lambda: (
        Chain("dncnn", 1, 8, 5, 1e-5, biases=(False, False, False)),
        {"arch": "dncnn", "channels": 1, **whole(1.0)},
    ),
    "dncnn-batchnorm-first-bias": lambda: (
        Chain("dncnn", 1, 8, 4, 1e-4, biases=(True, False, False)),
        {"arch": "dncnn", "channels": 1, **whole(1.0)},
    ),
    "fdncnn": lambda: (
        Chain("model", 3, 8, 6, noise_map=True),
        {"arch": "dncnn", "channels": 3, **whole(1.0)},
    ),
    "fdncnn-grey": lambda: (
        Chain("model", 1, 8, 5, noise_map=True),
        {"arch": "dncnn", "channels": 1, **whole(1.0)},
    ),
}


def randomise(network):
    """Statistics and slopes of training, so that no part is the identity."""
    for part in network.modules():
        if isinstance(part, nn.BatchNorm2d):
            nn.init.uniform_(part.weight, 0.5, 1.5)
            nn.init.normal_(part.bias, std=0.2)
            nn.init.normal_(part.running_mean, std=0.3)
            # Small variances are those to which epsilon matters.
            nn.init.uniform_(part.running_var, 0.002, 0.3)
        # Negative mean, so that attention is not always a half.
        if isinstance(part, Attention):
            for layer in getattr(part, part.part):
                if isinstance(layer, nn.Conv2d):
                    nn.init.normal_(layer.weight, std=0.5)


def write(folder, network, case):
    folder.mkdir(parents=True, exist_ok=True)
    randomise(network)
    network.eval()
    channels = case.get("channels") or next(
        w for n, w in network.state_dict().items() if n in ("head.0.weight", "conv_first.weight")
    ).shape[1]
    io = {}
    for end, shape in [("", (2, channels, 9, 7)), ("s", (1, channels, 6, 11))]:
        inputs = {"x": torch.rand(shape) * case["range"][1]}
        if getattr(network, "noise_map", False):
            inputs["noise_map"] = torch.rand(shape[0], 1, *shape[2:]) * 0.2
        with torch.no_grad():
            y = network(*inputs.values())
        io.update({name + end: value.contiguous() for name, value in {**inputs, "y": y}.items()})
    (folder / "case.json").write_text(json.dumps(case, indent=1) + "\n")
    torch.save(network.state_dict(), folder / "checkpoint.pth")
    safetensors_file.write(folder / "io.safetensors", io)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--only", choices=CASES)
    options = parser.parse_args()
    for number, (name, make) in enumerate(CASES.items()):
        if options.only in (None, name):
            torch.manual_seed(number)
            write(options.folder / name, *make())


if __name__ == "__main__":
    main()
=======
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
>>>>>>> 71846ab (Hold the variants of RRDBNet and SRVGGNetCompact to PyTorch's numbers: scales, colours, conv1x1, activations)
