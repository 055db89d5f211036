"""Exports EDSR-NSR by PyTorch 2.13, which bench/grid.mjs compares smxc's graphs with.

    python3 -m venv venv && venv/bin/pip install "torch==2.13.0" onnx onnxscript
    venv/bin/python bench/peers/export_torch.py out/peers/64x1-b4-1x48.onnx --units 64 --width 1 --blocks 4 --shape 1x3x48x48

The module is the public network's, with its convolution repaired for current PyTorch: its own passes a kernel where
`_conv_forward` takes a bias now. A dynamic batch cannot be exported, since `groups` must be an int; the batch is a group each.
"""
import argparse

import torch
from torch import nn
from torch.nn import functional


class SparseConv(nn.Module):
    """A convolution whose kernel is mixed from k experts by a router on its own input, for each of d blocks of outputs."""

    def __init__(self, channels, out, experts, cardinals):
        super().__init__()
        self.experts, self.cardinals, self.out = experts, cardinals, out
        bank = nn.Conv2d(channels, experts * out, 3, padding=1)
        norm = nn.utils.weight_norm(bank)
        self.weight_g, self.weight_v, self.bias = norm.weight_g, norm.weight_v, norm.bias
        self.mlp = nn.Sequential(nn.Linear(channels, experts * cardinals))

    def forward(self, x):
        n, c, h, w = x.shape
        k, d, o = self.experts, self.cardinals, self.out
        weight = torch._weight_norm(self.weight_v, self.weight_g, 0)
        beta = functional.softmax(self.mlp(x.mean((2, 3))).view(n, k, d), 1)
        kernel = torch.einsum("nkd,kde->nde", beta, weight.view(k, d, -1)).reshape(n * o, c, 3, 3)
        bias = torch.einsum("nkd,kde->nde", beta, self.bias.view(k, d, -1)).reshape(n * o)
        return functional.conv2d(x.reshape(1, n * c, h, w), kernel, bias, padding=1, groups=n).view(n, o, h, w)


class Block(nn.Module):
    def __init__(self, units, width, experts, cardinals):
        super().__init__()
        self.body = nn.Sequential(
            SparseConv(units, units * width, experts, cardinals),
            nn.ReLU(inplace=True),
            SparseConv(units * width, units, experts, cardinals),
        )

    def forward(self, x):
        return self.body(x) + x


class Network(nn.Module):
    def __init__(self, units, width, blocks, experts, cardinals, scale=2):
        super().__init__()
        conv = lambda a, b, k: nn.utils.weight_norm(nn.Conv2d(a, b, k, padding=k // 2))
        blocks = [Block(units, width, experts, cardinals) for _ in range(blocks)]
        self.body = nn.Sequential(conv(3, units, 3), *blocks, conv(units, 3 * scale**2, 3))
        self.skip = nn.Sequential(conv(3, 3 * scale**2, 5))
        self.shuffle = nn.PixelShuffle(scale)

    def forward(self, x):
        x = x - 0.5
        return self.shuffle(self.body(x) + self.skip(x)) + 0.5


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("output")
    for name, value in [("units", 64), ("width", 1), ("blocks", 16), ("experts", 4), ("cardinals", 0)]:
        parser.add_argument(f"--{name}", type=int, default=value)
    parser.add_argument("--shape", default="1x3x48x48")
    a = parser.parse_args()
    torch.manual_seed(0)
    network = Network(a.units, a.width, a.blocks, a.experts, a.cardinals or (8 if a.width > 1 else 16)).eval()
    x = torch.rand([int(size) for size in a.shape.split("x")])
    torch.onnx.export(network, (x,), a.output, dynamo=True, external_data=False, input_names=["x"], output_names=["y"])
