"""The networks that are compared: how each is built and what it is run on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Callable

import torch
from torch import nn

from . import condconv_efficientnet, dynamic_conv, face_decoder, odconv, resnet18
from .samples import pictures, vectors


@dataclass(frozen=True)
class Network:
    """One network of the comparison."""

    build: Callable[[], nn.Module]
    samples: Callable[[int], torch.Tensor]
    """So many inputs, each another; the first ones are the same whatever their number."""


NETWORKS = {
    "condconv-efficientnet-b0": Network(condconv_efficientnet.build, lambda count: pictures(count, 224)),
    "odconv-resnet18": Network(lambda: resnet18.ResNet18(odconv.ODConv2d), lambda count: pictures(count, 224)),
    "dynamic-resnet18": Network(lambda: resnet18.ResNet18(dynamic_conv.DynamicConv2d), lambda count: pictures(count, 224)),
    "face-decoder-512": Network(lambda: face_decoder.FaceDecoder(512), lambda count: vectors(count, face_decoder.STYLE)),
}
