"""What the networks share: layers, and random weights under which values keep their scale from layer to layer."""
import torch
from torch import nn
from torch.nn import functional


def conv(channels, out, kernel=3, bias=True):
    return nn.Conv2d(channels, out, kernel, padding=kernel // 2, bias=bias)


def end_of_branch(layer):
    """Says that the layer's values are added to others, in which they are to be small."""
    layer.scale = 0.2
    return layer


class Residual(nn.Module):
    """The input added to what the layers make of it."""

    def __init__(self, *layers, weight=1.0, named="body"):
        super().__init__()
        self.weight, self.named = weight, named
        setattr(self, named, nn.Sequential(*layers))

    def forward(self, x):
        y = getattr(self, self.named)(x)
        return (y if self.weight == 1 else y * self.weight) + x


class MeanShift(nn.Conv2d):
    """Subtracts (-1) or adds (1) the mean colour of DIV2K. Not drawn at random."""

    def __init__(self, sign):
        super().__init__(3, 3, 1)
        self.weight.data = torch.eye(3).view(3, 3, 1, 1)
        self.bias.data = sign * torch.tensor([0.4488, 0.4371, 0.4040])


class GlobalGate(nn.Module):
    """Channel attention: weighs channels by what two layers make of their means."""

    def __init__(self, units, reduction):
        super().__init__()
        narrow, wide = conv(units, units // reduction, 1), conv(units // reduction, units, 1)
        self.conv_du = nn.Sequential(narrow, nn.ReLU(), wide, nn.Sigmoid())

    def forward(self, x):
        return x * self.conv_du(functional.adaptive_avg_pool2d(x, 1))


def shuffle_up(units, scale):
    return nn.Sequential(conv(units, units * scale**2), nn.PixelShuffle(scale))


@torch.no_grad()
def draw_weights(network, seed=0):
    """Gives every layer random weights under which its values have the deviation 1, or the layer's `scale`, for a random picture."""
    torch.manual_seed(seed)
    hooks = []
    for module in network.modules():
        if isinstance(module, MeanShift):
            continue
        if isinstance(module, (nn.Conv2d, nn.ConvTranspose2d, nn.Linear)):
            hooks.append(module.register_forward_hook(_level))
            nn.init.normal_(module.weight)
            if module.bias is not None:
                nn.init.zeros_(module.bias)
        elif isinstance(module, nn.PReLU):
            nn.init.uniform_(module.weight, 0, 0.5)
    network.eval()(torch.rand(1, 3, 64, 64))
    for hook in hooks:
        hook.remove()
    return network


def _level(module, inputs, output):
    wanted = getattr(module, "scale", 1.0)
    # A layer of means has one value a channel, which may be alike by chance: the mean square tells what a deviation would not.
    factor = wanted / output.square().mean().sqrt().clamp_min(1e-6)
    module.weight *= factor
    if module.bias is None:
        return output * factor
    nn.init.normal_(module.bias, std=0.1 * wanted)
    axis = 1 if output.dim() == 4 else -1
    return output * factor + module.bias.view([-1 if each == axis % output.dim() else 1 for each in range(output.dim())])
