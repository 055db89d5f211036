"""Dynamic Convolution (Chen et al. 2020): K kernels and biases, weighed by a softmax over what the input is on average."""

from __future__ import annotations

import torch
from torch import nn
from torch.nn import functional


class DynamicConv2d(nn.Module):
    """π = softmax(W₂ relu(W₁ mean x)); the kernel is Σ πₖ Wₖ, the bias Σ πₖ bₖ."""

    def __init__(self, channels: int, out: int, kernel: int, stride: int = 1, experts: int = 4, reduction: int = 4):
        super().__init__()
        self.out, self.stride, self.padding = out, stride, kernel // 2
        hidden = max(channels // reduction, 4)
        self.squeeze, self.router = nn.Linear(channels, hidden), nn.Linear(hidden, experts)
        self.weight = nn.Parameter(torch.randn(experts, out, channels, kernel, kernel) * (2 / (channels * kernel**2)) ** 0.5)
        self.bias = nn.Parameter(0.1 * torch.randn(experts, out))

    def routers(self) -> list[nn.Module]:
        return [self.router]

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        n, channels, height, width = x.shape
        attention = torch.softmax(self.router(torch.relu(self.squeeze(x.mean((2, 3))))), 1)
        kernel = torch.mm(attention, self.weight.flatten(1)).view(n * self.out, *self.weight.shape[2:])
        bias = torch.mm(attention, self.bias).view(-1)
        y = functional.conv2d(x.reshape(1, n * channels, height, width), kernel, bias, self.stride, self.padding, groups=n)
        return y.view(n, self.out, y.shape[2], y.shape[3])
