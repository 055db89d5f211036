"""Stubs of the operators that torchvision's Python names on import, for where its extension does not load."""

from __future__ import annotations

import sys

import torch

SIGNATURES = (
    "nms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
    "qnms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
)
_kept = []
"""A library's operators live as long as it does."""


def define_missing() -> None:
    """Makes `import torchvision` work; none of the compared networks calls the operators."""
    try:
        import torchvision  # noqa: F401
    except RuntimeError:
        library = torch.library.Library("torchvision", "DEF")
        for signature in SIGNATURES:
            library.define(signature)
        _kept.append(library)
        for name in [name for name in sys.modules if name.split(".")[0] == "torchvision"]:
            del sys.modules[name]
