"""ResNet18 (He et al. 2016) whose convolutions but the first are of a kind that is handed in."""

from __future__ import annotations

from typing import Callable

import torch
from torch import nn

CHANNELS = (64, 128, 256, 512)
Convolution = Callable[..., nn.Module]
"""(channels, out, kernel, stride) → a module that keeps sizes but for the stride."""


class BasicBlock(nn.Module):
    def __init__(self, convolution: Convolution, channels: int, out: int, stride: int):
        super().__init__()
        self.conv1, self.bn1 = convolution(channels, out, 3, stride), nn.BatchNorm2d(out)
        self.conv2, self.bn2 = convolution(out, out, 3, 1), nn.BatchNorm2d(out)
        same = stride == 1 and channels == out
        self.shortcut = nn.Identity() if same else nn.Sequential(convolution(channels, out, 1, stride), nn.BatchNorm2d(out))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = torch.relu(self.bn1(self.conv1(x)))
        return torch.relu(self.bn2(self.conv2(y)) + self.shortcut(x))


class ResNet18(nn.Module):
    def __init__(self, convolution: Convolution, classes: int = 1000):
        super().__init__()
        self.conv1, self.bn1 = nn.Conv2d(3, CHANNELS[0], 7, 2, 3, bias=False), nn.BatchNorm2d(CHANNELS[0])
        self.pool = nn.MaxPool2d(3, 2, 1)
        blocks = []
        for channels, out in zip((CHANNELS[0], *CHANNELS), CHANNELS):
            blocks += [BasicBlock(convolution, channels, out, 1 if channels == out else 2), BasicBlock(convolution, out, out, 1)]
        self.blocks = nn.Sequential(*blocks)
        self.fc = nn.Linear(CHANNELS[-1], classes)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        y = self.pool(torch.relu(self.bn1(self.conv1(x))))
        return self.fc(self.blocks(y).mean((2, 3)))
