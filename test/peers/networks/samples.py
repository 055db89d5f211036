"""What networks are run on: samples that differ from each other as a whole, so that routers see something else in each."""

from __future__ import annotations

import torch
from torch.nn import functional

SEED = 7
GRIDS = (1, 3, 7, 28)
"""Sides of the grids of random colours that a picture is a sum of."""


def pictures(count: int, size: int) -> torch.Tensor:
    """[count, 3, size, size], about standard normal: smooth colours over patterns of every scale."""
    return torch.stack([picture(torch.Generator().manual_seed(SEED + index), size) for index in range(count)])


def picture(random: torch.Generator, size: int) -> torch.Tensor:
    layers = [torch.randn(1, 3, side, side, generator=random) for side in GRIDS]
    spread = [functional.interpolate(layer, size=(size, size), mode="bilinear", align_corners=False) for layer in layers]
    return (sum(spread)[0] + 0.3 * torch.randn(3, size, size, generator=random)) / 2


def vectors(count: int, length: int) -> torch.Tensor:
    """[count, length], standard normal."""
    return torch.stack([torch.randn(length, generator=torch.Generator().manual_seed(SEED + index)) for index in range(count)])
