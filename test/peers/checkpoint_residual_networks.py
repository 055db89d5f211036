"""Small checkpoints of EDSR, RCAN and DnCNN with random weights, and what PyTorch computes with them.

    python3 test/peers/checkpoint_residual_networks.py fixtures/checkpoints/networks [--only name]

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
