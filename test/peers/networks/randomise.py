"""Random weights with which a network behaves like a trained one: activations of order one, and routers that tell samples apart."""

from __future__ import annotations

import torch
from torch import nn

LOGITS = 0.2
"""Root mean square of a router's logits over samples and outputs, its bias aside, which is of order one.

More makes a chain of routers chaotic: with 1.5 the float32 of PyTorch's ODConv ResNet18 is 5e-4 away from its float64.
"""


def routers_of(network: nn.Module) -> list[nn.Module]:
    """The layers whose results go into the softmax or sigmoid of a weight, which modules name by a method `routers`."""
    return [router for layer in network.modules() if hasattr(layer, "routers") for router in layer.routers()]


def randomise(network: nn.Module, samples: torch.Tensor) -> nn.Module:
    """Draws BatchNorms' scales and shifts and routers' biases, then lets one run over the samples set the BatchNorms'
    statistics and the routers' scales. All other weights stay as the network drew them.
    """
    for router in routers_of(network):
        nn.init.normal_(router.bias)
    handles = [router.register_forward_hook(scale_logits) for router in routers_of(network)]
    for layer in network.modules():
        if isinstance(layer, nn.BatchNorm2d):
            nn.init.uniform_(layer.weight, 0.2, 0.8)
            nn.init.normal_(layer.bias, std=0.1)
            layer.momentum = None
            layer.reset_running_stats()
            handles.append(layer.register_forward_pre_hook(scale_of_vectors))
    if handles:
        with torch.no_grad():
            network.train()(samples)
    for handle in handles:
        handle.remove()
    return network.eval()


def scale_logits(router: nn.Module, inputs: tuple[torch.Tensor], logits: torch.Tensor) -> torch.Tensor:
    bias = router.bias.view(1, -1, *[1] * (logits.dim() - 2))
    router.weight.mul_(LOGITS / (logits - bias).square().mean().sqrt())
    return router.forward(inputs[0])


def scale_of_vectors(norm: nn.BatchNorm2d, inputs: tuple[torch.Tensor]) -> None:
    """A BatchNorm of pooled vectors sees one value a sample: it is given their common scale, not their differences."""
    (x,) = inputs
    if x.shape[2:] == (1, 1):
        norm.running_var.copy_(x.square().mean((0, 2, 3)))
        norm.eval()
