"""EDSR with neural sparse representation (Fan et al. 2020). The module is the public network's, with its convolution repaired for
current PyTorch: its own passes a kernel where `_conv_forward` takes a bias now. A dynamic batch cannot be exported, since
`groups` must be an int; the batch is a group each."""
import torch
from torch import nn
from torch.nn import functional


class SparseConv(nn.Module):
    """A convolution whose kernel is mixed from k experts by a router on its own input, for each of d blocks of outputs."""

    def __init__(self, channels, out, experts, cardinals):
        super().__init__()
        self.channels, self.experts, self.cardinals, self.out = channels, experts, cardinals, out
        bank = nn.Conv2d(channels, experts * out, 3, padding=1)
        norm = nn.utils.weight_norm(bank)
        self.weight_g, self.weight_v, self.bias = norm.weight_g, norm.weight_v, norm.bias
        self.mlp = nn.Sequential(nn.Linear(channels, experts * cardinals))

    def forward(self, x):
        # A number also while it is traced: a kernel of an open size cannot be exported.
        n, (h, w) = len(x), x.shape[2:]
        c, k, d, o = self.channels, self.experts, self.cardinals, self.out
        weight = torch._weight_norm(self.weight_v, self.weight_g, 0)
        beta = functional.softmax(self.mlp(x.mean((2, 3))).view(n, k, d), 1)
        kernel = torch.einsum("nkd,kde->nde", beta, weight.view(k, d, -1)).reshape(n * o, c, 3, 3)
        bias = torch.einsum("nkd,kde->nde", beta, self.bias.view(k, d, -1)).reshape(n * o)
        return functional.conv2d(x.reshape(1, n * c, h, w), kernel, bias, padding=1, groups=n).view(n, o, h, w)


class Block(nn.Module):
    def __init__(self, units, width, experts, cardinals):
        super().__init__()
        self.body = nn.Sequential(
            SparseConv(units, units * width, experts, cardinals),
            nn.ReLU(inplace=True),
            SparseConv(units * width, units, experts, cardinals),
        )

    def forward(self, x):
        return self.body(x) + x


class NSR(nn.Module):
    def __init__(self, units, width=1, blocks=16, experts=4, cardinals=None, scale=2):
        super().__init__()
        cardinals = cardinals or (8 if width > 1 else 16)
        conv = lambda a, b, k: nn.utils.weight_norm(nn.Conv2d(a, b, k, padding=k // 2))
        blocks = [Block(units, width, experts, cardinals) for _ in range(blocks)]
        self.body = nn.Sequential(conv(3, units, 3), *blocks, conv(units, 3 * scale**2, 3))
        self.skip = nn.Sequential(conv(3, 3 * scale**2, 5))
        self.shuffle = nn.PixelShuffle(scale)

    def forward(self, x):
        x = x - 0.5
        return self.shuffle(self.body(x) + self.skip(x)) + 0.5
