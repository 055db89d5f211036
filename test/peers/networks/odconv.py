"""Omni-Dimensional Dynamic Convolution (Li, Zhou and Yao 2022): attentions over taps, channels, filters and kernels."""

from __future__ import annotations

import torch
from torch import nn
from torch.nn import functional


class ODConv2d(nn.Module):
    """y = αf ∘ conv(αc ∘ x, Σₖ αwₖ · αs ∘ Wₖ); all αs from one squeezed mean of x, αw by softmax, the others by sigmoid.

    Input and output channels are weighed around the convolution, as the authors' code does it; kernels of one tap have no αs.
    """

    def __init__(self, channels: int, out: int, kernel: int, stride: int = 1, experts: int = 4, reduction: float = 1 / 16):
        super().__init__()
        self.out, self.kernel, self.stride, self.padding = out, kernel, stride, kernel // 2
        hidden = max(int(channels * reduction), 16)
        self.squeeze, self.norm = nn.Conv2d(channels, hidden, 1, bias=False), nn.BatchNorm2d(hidden)
        self.channel, self.filter = nn.Conv2d(hidden, channels, 1), nn.Conv2d(hidden, out, 1)
        self.spatial = nn.Conv2d(hidden, kernel**2, 1) if kernel > 1 else None
        self.expert = nn.Conv2d(hidden, experts, 1)
        # Gates around 0.5 on both sides halve twice.
        self.weight = nn.Parameter(torch.randn(experts, out, channels, kernel, kernel) * 4 * (2 / (channels * kernel**2)) ** 0.5)

    def routers(self) -> list[nn.Module]:
        return [layer for layer in (self.channel, self.filter, self.spatial, self.expert) if layer is not None]

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        n, channels, height, width = x.shape
        pooled = torch.relu(self.norm(self.squeeze(functional.adaptive_avg_pool2d(x, 1))))
        weight = torch.softmax(self.expert(pooled).view(n, -1, 1, 1, 1, 1), 1) * self.weight.unsqueeze(0)
        if self.spatial is not None:
            weight = torch.sigmoid(self.spatial(pooled)).view(n, 1, 1, 1, self.kernel, self.kernel) * weight
        weight = weight.sum(1).view(n * self.out, channels, self.kernel, self.kernel)
        x = (x * torch.sigmoid(self.channel(pooled))).reshape(1, n * channels, height, width)
        y = functional.conv2d(x, weight, None, self.stride, self.padding, groups=n)
        return y.view(n, self.out, y.shape[2], y.shape[3]) * torch.sigmoid(self.filter(pooled))
