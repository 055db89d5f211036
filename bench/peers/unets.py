"""Networks that work at several sizes: 64, 128, 256 and 512 channels, each at half the size of the one before."""
import torch
from torch import nn

from layers import Residual, conv, end_of_branch

CHANNELS = (64, 128, 256, 512)
STEPS = list(zip(CHANNELS, CHANNELS[1:]))


class UNet(nn.Module):
    """Ronneberger et al. 2015 with padding: two convolutions at each size, strided ones down, values of the way down joined."""

    def __init__(self):
        super().__init__()
        twice = lambda a, b: nn.Sequential(conv(a, b), nn.ReLU(), conv(b, b), nn.ReLU())
        self.first = twice(3, CHANNELS[0])
        self.down = nn.ModuleList(nn.Conv2d(a, b, 2, stride=2) for a, b in STEPS)
        self.encode = nn.ModuleList(twice(b, b) for _, b in STEPS)
        self.up = nn.ModuleList(nn.ConvTranspose2d(b, a, 2, stride=2) for a, b in reversed(STEPS))
        self.decode = nn.ModuleList(twice(2 * a, a) for a, _ in reversed(STEPS))
        self.last = end_of_branch(conv(CHANNELS[0], 3))

    def forward(self, x):
        values = [self.first(x)]
        for down, encode in zip(self.down, self.encode):
            values.append(encode(torch.relu(down(values[-1]))))
        y = values.pop()
        for up, decode in zip(self.up, self.decode):
            y = decode(torch.cat([values.pop(), up(y)], 1))
        return self.last(y) + x


class DRUNet(nn.Module):
    """Zhang et al. 2021, without its map of the noise: four residual blocks at each size, values of the way down added, no biases."""

    def __init__(self, blocks=4):
        super().__init__()
        residual = lambda c: Residual(conv(c, c, bias=False), nn.ReLU(), end_of_branch(conv(c, c, bias=False)), named="res")
        chain = lambda c: [residual(c) for _ in range(blocks)]
        self.m_head = conv(3, CHANNELS[0], bias=False)
        for index, (a, b) in enumerate(STEPS, 1):
            setattr(self, f"m_down{index}", nn.Sequential(*chain(a), nn.Conv2d(a, b, 2, stride=2, bias=False)))
            up = nn.ConvTranspose2d(b, a, 2, stride=2, bias=False)
            setattr(self, f"m_up{index}", nn.Sequential(up, *chain(a)))
        self.m_body = nn.Sequential(*chain(CHANNELS[-1]))
        self.m_tail = conv(CHANNELS[0], 3, bias=False)

    def forward(self, x):
        values = [self.m_head(x)]
        for index in range(1, len(STEPS) + 1):
            values.append(getattr(self, f"m_down{index}")(values[-1]))
        y = self.m_body(values[-1])
        for index in range(len(STEPS), 0, -1):
            y = getattr(self, f"m_up{index}")(y + values.pop())
        return self.m_tail(y + values.pop())
