"""The networks that smxc is compared on, by name, with random weights that are the same in every run of one PyTorch."""
import re
from dataclasses import dataclass
from typing import Callable

import torch
from torch import nn

from layers import draw_weights
from nsr import NSR
from restorers import DnCNN, Compact, EDSR, RCAN, RRDB, SPAN
from unets import DRUNet, UNet


@dataclass(frozen=True)
class Entry:
    make: Callable[[], nn.Module]
    scale: int = 1
    """Height and width of pictures are multiples of it."""
    multiple: int = 1
    """PyTorch can export it for batches of any size."""
    open_batch: bool = True


NETWORKS = {
    "dncnn-20": Entry(lambda: draw_weights(DnCNN())),
    "compact-64x16": Entry(lambda: draw_weights(Compact(64, 16)), scale=4),
    "compact-64x32": Entry(lambda: draw_weights(Compact(64, 32)), scale=4),
    "compact-24x8": Entry(lambda: draw_weights(Compact(24, 8)), scale=4),
    "edsr-64x16": Entry(lambda: draw_weights(EDSR(64, 16)), scale=2),
    "edsr-256x4": Entry(lambda: draw_weights(EDSR(256, 4, res_scale=0.1)), scale=2),
    "rrdb-2": Entry(lambda: draw_weights(RRDB(blocks=2)), scale=4),
    "rrdb-6": Entry(lambda: draw_weights(RRDB(blocks=6)), scale=4),
    "rrdb-23": Entry(lambda: draw_weights(RRDB(blocks=23)), scale=4),
    "rcan-2x4": Entry(lambda: draw_weights(RCAN(groups=2, blocks=4)), scale=2),
    "rcan-10x20": Entry(lambda: draw_weights(RCAN()), scale=2),
    "unet-64": Entry(lambda: draw_weights(UNet()), multiple=8),
    "drunet-64": Entry(lambda: draw_weights(DRUNet()), multiple=8),
    "span-48": Entry(lambda: draw_weights(SPAN()), scale=4),
    "nsr-32x1-b4": None,
    "nsr-64x1-b4": None,
    "nsr-64x1-b16": None,
    "nsr-128x1-b2": None,
    "nsr-256x1-b1": None,
}


def entry(name):
    """The row of a name; `nsr-<units>x<width>-b<blocks>` may be any."""
    known = NETWORKS.get(name)
    if known:
        return known
    sparse = re.fullmatch(r"nsr-(\d+)x(\d+)-b(\d+)", name)
    if not sparse:
        raise SystemExit(f'no network is called "{name}"; there are {", ".join(NETWORKS)}, and any nsr-<units>x<width>-b<blocks>')
    units, width, blocks = map(int, sparse.groups())

    def make():
        torch.manual_seed(0)
        return NSR(units, width, blocks).eval()

    return Entry(make, scale=2, open_batch=False)
