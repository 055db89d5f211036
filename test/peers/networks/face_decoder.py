"""A decoder of faces after StyleGAN2 (Karras et al. 2020), in the form and at the channels that GFPGAN's clean variant has."""

from __future__ import annotations

import torch
from torch import nn
from torch.nn import functional

STYLE = 512
CHANNELS = {4: 512, 8: 512, 16: 512, 32: 512, 64: 512, 128: 256, 256: 128, 512: 64}
EPSILON = 1e-8


def doubled(x: torch.Tensor) -> torch.Tensor:
    return functional.interpolate(x, scale_factor=2.0, mode="bilinear", align_corners=False)


class ModulatedConv2d(nn.Module):
    """w' = w · (1 + A s) over input channels, each filter divided by its length where it is demodulated."""

    def __init__(self, channels: int, out: int, kernel: int, demodulate: bool):
        super().__init__()
        self.out, self.padding, self.demodulate = out, kernel // 2, demodulate
        self.affine = nn.Linear(STYLE, channels)
        nn.init.normal_(self.affine.weight, std=STYLE**-0.5)
        nn.init.ones_(self.affine.bias)
        self.weight = nn.Parameter(torch.randn(1, out, channels, kernel, kernel) * (channels * kernel**2) ** -0.5)

    def forward(self, x: torch.Tensor, style: torch.Tensor) -> torch.Tensor:
        n, channels, height, width = x.shape
        weight = self.weight * self.affine(style).view(n, 1, channels, 1, 1)
        if self.demodulate:
            weight = weight * torch.rsqrt(weight.pow(2).sum([2, 3, 4]) + EPSILON).view(n, self.out, 1, 1, 1)
        weight = weight.view(n * self.out, *weight.shape[2:])
        y = functional.conv2d(x.reshape(1, n * channels, height, width), weight, padding=self.padding, groups=n)
        return y.view(n, self.out, height, width)


class StyleConv(nn.Module):
    """A modulated convolution, behind an upsampling where it doubles the size, then noise, bias and activation."""

    def __init__(self, channels: int, out: int, size: int, double: bool):
        super().__init__()
        self.double = double
        self.conv = ModulatedConv2d(channels, out, 3, demodulate=True)
        # The noise of a network that is to give the same picture twice is a constant.
        self.register_buffer("noise", torch.randn(1, 1, size, size))
        self.strength = nn.Parameter(torch.full((1,), 0.1))
        self.bias = nn.Parameter(0.1 * torch.randn(1, out, 1, 1))

    def forward(self, x: torch.Tensor, style: torch.Tensor) -> torch.Tensor:
        y = self.conv(doubled(x) if self.double else x, style) * 2**0.5
        return functional.leaky_relu(y + self.strength * self.noise + self.bias, 0.2)


class ToRGB(nn.Module):
    def __init__(self, channels: int):
        super().__init__()
        self.conv = ModulatedConv2d(channels, 3, 1, demodulate=False)
        self.bias = nn.Parameter(torch.zeros(1, 3, 1, 1))

    def forward(self, x: torch.Tensor, style: torch.Tensor) -> torch.Tensor:
        return self.conv(x, style) + self.bias


class FaceDecoder(nn.Module):
    """[N, 512] → [N, 3, size, size]."""

    def __init__(self, size: int, mapping: int = 8):
        super().__init__()
        layers = [layer for _ in range(mapping) for layer in (nn.Linear(STYLE, STYLE), nn.LeakyReLU(0.2))]
        for layer in layers[::2]:
            nn.init.normal_(layer.weight, std=(2 / STYLE) ** 0.5)
        self.mapping = nn.Sequential(*layers)
        sizes = [each for each in CHANNELS if each <= size]
        self.constant = nn.Parameter(torch.randn(1, CHANNELS[4], 4, 4))
        self.first, self.first_rgb = StyleConv(CHANNELS[4], CHANNELS[4], 4, double=False), ToRGB(CHANNELS[4])
        self.ups, self.convs, self.rgbs = nn.ModuleList(), nn.ModuleList(), nn.ModuleList()
        for before, each in zip(sizes, sizes[1:]):
            self.ups.append(StyleConv(CHANNELS[before], CHANNELS[each], each, double=True))
            self.convs.append(StyleConv(CHANNELS[each], CHANNELS[each], each, double=False))
            self.rgbs.append(ToRGB(CHANNELS[each]))

    def forward(self, z: torch.Tensor) -> torch.Tensor:
        style = self.mapping(z * torch.rsqrt(z.pow(2).mean(1, keepdim=True) + EPSILON))
        y = self.first(self.constant.repeat(z.shape[0], 1, 1, 1), style)
        picture = self.first_rgb(y, style)
        for up, conv, rgb in zip(self.ups, self.convs, self.rgbs):
            y = conv(up(y, style), style)
            picture = rgb(y, style) + doubled(picture)
        return picture
