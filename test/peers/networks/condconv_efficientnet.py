"""timm's `tf_efficientnet_cc_b0_4e`: EfficientNet B0 with CondConv (Yang et al. 2019) in its last stages."""

from __future__ import annotations

from torch import nn

from . import torchvision_operators

NAME = "tf_efficientnet_cc_b0_4e"


def build() -> nn.Module:
    torchvision_operators.define_missing()
    try:
        import timm
    except ImportError as error:
        raise SystemExit(f"{NAME} is of the package timm, which cannot be imported ({error}): pip install timm, see test/peers/README.md") from error
    network = timm.create_model(NAME, pretrained=False)
    for block in network.modules():
        router = getattr(block, "routing_fn", None)
        if router is not None:
            block.routers = lambda router=router: [router]
    return network
