"""Networks of plain 3×3 convolutions that restore pictures, written from their papers, with the published names of tensors."""
import torch
from torch import nn
from torch.nn import functional

from layers import GlobalGate, MeanShift, Residual, conv, end_of_branch, shuffle_up


class DnCNN(nn.Module):
    """Zhang et al. 2017, without batch normalisation: `depth` convolutions that estimate the noise."""

    def __init__(self, units=64, depth=20):
        super().__init__()
        inner = [layer for _ in range(depth - 2) for layer in (conv(units, units), nn.ReLU())]
        self.model = nn.Sequential(conv(3, units), nn.ReLU(), *inner, end_of_branch(conv(units, 3)))

    def forward(self, x):
        return x - self.model(x)


class Compact(nn.Module):
    """SRVGGNetCompact (Real-ESRGAN, Wang et al. 2021): `convs` convolutions between head and tail, PReLU, the input added."""

    def __init__(self, units=64, convs=16, scale=4):
        super().__init__()
        self.scale = scale
        inner = [layer for _ in range(convs) for layer in (conv(units, units), nn.PReLU(units))]
        last = end_of_branch(conv(units, 3 * scale**2))
        self.body = nn.Sequential(conv(3, units), nn.PReLU(units), *inner, last)

    def forward(self, x):
        base = functional.interpolate(x, scale_factor=float(self.scale), mode="nearest")
        return functional.pixel_shuffle(self.body(x), self.scale) + base


class EDSR(nn.Module):
    """Lim et al. 2017."""

    def __init__(self, units=64, blocks=16, scale=2, res_scale=1.0):
        super().__init__()
        block = lambda: Residual(conv(units, units), nn.ReLU(), end_of_branch(conv(units, units)), weight=res_scale)
        self.sub_mean, self.add_mean = MeanShift(-1), MeanShift(1)
        self.head = nn.Sequential(conv(3, units))
        self.body = Residual(*(block() for _ in range(blocks)), conv(units, units))
        self.tail = nn.Sequential(shuffle_up(units, scale), conv(units, 3))

    def forward(self, x):
        return self.add_mean(self.tail(self.body(self.head(self.sub_mean(x)))))


class RCAN(nn.Module):
    """Zhang et al. 2018: groups of blocks whose channels are weighed by what a global mean says."""

    def __init__(self, units=64, groups=10, blocks=20, scale=2, reduction=16):
        super().__init__()
        gated = lambda: Residual(
            conv(units, units), nn.ReLU(), end_of_branch(conv(units, units)), GlobalGate(units, reduction)
        )
        group = lambda: Residual(*(gated() for _ in range(blocks)), end_of_branch(conv(units, units)))
        self.sub_mean, self.add_mean = MeanShift(-1), MeanShift(1)
        self.head = nn.Sequential(conv(3, units))
        self.body = Residual(*(group() for _ in range(groups)), conv(units, units))
        self.tail = nn.Sequential(shuffle_up(units, scale), conv(units, 3))

    def forward(self, x):
        return self.add_mean(self.tail(self.body(self.head(self.sub_mean(x)))))


class DenseBlock(nn.Module):
    """Five convolutions; each reads all values before it."""

    def __init__(self, units, growth):
        super().__init__()
        for index in range(1, 6):
            channels = units + (index - 1) * growth
            setattr(self, f"conv{index}", conv(channels, units if index == 5 else growth))

    def forward(self, x):
        values = [x]
        for index in range(1, 5):
            convolution = getattr(self, f"conv{index}")
            values.append(functional.leaky_relu(convolution(torch.cat(values, 1)), 0.2))
        return self.conv5(torch.cat(values, 1)) * 0.2 + x


class ResidualDenseBlocks(nn.Module):
    def __init__(self, units, growth):
        super().__init__()
        self.rdb1, self.rdb2, self.rdb3 = (DenseBlock(units, growth) for _ in range(3))

    def forward(self, x):
        return self.rdb3(self.rdb2(self.rdb1(x))) * 0.2 + x


class RRDB(nn.Module):
    """ESRGAN's generator (Wang et al. 2018), ×4."""

    def __init__(self, units=64, growth=32, blocks=23):
        super().__init__()
        self.conv_first = conv(3, units)
        self.body = nn.Sequential(*(ResidualDenseBlocks(units, growth) for _ in range(blocks)))
        self.conv_body, self.conv_up1, self.conv_up2, self.conv_hr = (conv(units, units) for _ in range(4))
        self.conv_last = conv(units, 3)

    def forward(self, x):
        x = self.conv_first(x)
        x = x + self.conv_body(self.body(x))
        for up in (self.conv_up1, self.conv_up2):
            x = functional.leaky_relu(up(functional.interpolate(x, scale_factor=2.0, mode="nearest")), 0.2)
        return self.conv_last(functional.leaky_relu(self.conv_hr(x), 0.2))


class AttentionBlock(nn.Module):
    """Three convolutions; the last one's value is also the map that weighs the sum."""

    def __init__(self, units):
        super().__init__()
        self.c1_r, self.c2_r, self.c3_r = (conv(units, units) for _ in range(3))

    def forward(self, x):
        first = functional.silu(self.c1_r(x))
        last = self.c3_r(functional.silu(self.c2_r(first)))
        return (last + x) * (torch.sigmoid(last) - 0.5), first


class SPAN(nn.Module):
    """Wan et al. 2024, its re-parameterised convolutions merged, as it is deployed."""

    def __init__(self, units=48, scale=4):
        super().__init__()
        self.scale = scale
        self.conv_1, self.conv_2 = conv(3, units), conv(units, units)
        for index in range(1, 7):
            setattr(self, f"block_{index}", AttentionBlock(units))
        self.conv_cat = conv(4 * units, units, 1)
        self.upsampler = nn.Sequential(conv(units, 3 * scale**2), nn.PixelShuffle(scale))

    def forward(self, x):
        features = self.conv_1(x)
        first, _ = self.block_1(features)
        last = first
        for index in range(2, 6):
            last, _ = getattr(self, f"block_{index}")(last)
        last, inner = self.block_6(last)
        return self.upsampler(self.conv_cat(torch.cat([features, self.conv_2(last), first, inner], 1)))
