"""Writes goldens.generated.json: what PyTorch computes in float64 for single layers of a model document.

Needs PyTorch (2.13.0 was used); the tests read the file and need nothing.
    python test/unit/layers/goldens.py
"""

import json
from pathlib import Path

import torch
import torch.nn.functional as F

torch.manual_seed(20061029)
torch.set_default_dtype(torch.float64)


def random(*shape):
    # Few digits keep the file small; float64 holds them to its last bit.
    return (torch.rand(*shape) * 2 - 1).mul(1000).round().div(1000)


CASES = []


def case(name, layers, inputs, y, tensors={}):
    """One model: layers as in a document, the first input is x, the output is the last layer."""
    flat = lambda t: {"shape": list(t.shape), "data": t.flatten().tolist()}
    CASES.append(
        {
            "name": name,
            "layers": layers,
            "inputs": {key: flat(value) for key, value in inputs.items()},
            "tensors": {key: flat(value) for key, value in tensors.items()},
            "y": flat(y),
        }
    )


def resize_cases():
    x = random(1, 2, 5, 7)
    for mode in ["nearest", "bilinear", "bicubic"]:
        corners = {} if mode == "nearest" else {"align_corners": False}
        for scale in [2, 3, 1 / 2, 1 / 3, 1 / 4]:
            y = F.interpolate(x, scale_factor=scale, mode=mode, recompute_scale_factor=False, **corners)
            case(f"resize {mode} by {scale:.3g}", [{"name": "y", "op": "resize", "in": "x", "mode": mode, "scale": scale}], {"x": x}, y)


def pad_cases():
    x = random(1, 2, 4, 5)
    for mode, torch_mode in {"zeros": "constant", "reflect": "reflect", "replicate": "replicate"}.items():
        top, left, bottom, right = 3, 1, 2, 4
        y = F.pad(x, (left, right, top, bottom), mode=torch_mode)
        case(f"pad {mode}", [{"name": "y", "op": "pad", "in": "x", "mode": mode, "pad": [top, left, bottom, right]}], {"x": x}, y)


def pool_cases():
    # Below zero, so that padding shows.
    x = random(1, 2, 6, 7) - 2
    for op, pool in {"max_pool": F.max_pool2d, "average_pool": F.avg_pool2d}.items():
        for kernel, stride, pad in [((2, 2), (2, 2), (0, 0)), ((3, 3), (2, 2), (1, 1)), ((3, 2), (1, 3), (1, 0))]:
            y = pool(x, kernel, stride, pad)
            layer = {"name": "y", "op": op, "in": "x", "kernel": kernel, "stride": stride, "pad": pad}
            case(f"{op} {kernel} stride {stride} pad {pad}", [layer], {"x": x}, y)
    case("global_pool", [{"name": "y", "op": "global_pool", "in": "x"}], {"x": x}, x.mean((2, 3)))
    case("global_pool not flat", [{"name": "y", "op": "global_pool", "in": "x", "flat": False}], {"x": x}, F.adaptive_avg_pool2d(x, 1))


def shuffle_cases():
    x = random(2, 2, 6, 12)
    for scale in [2, 3]:
        case(f"pixel_unshuffle {scale}", [{"name": "y", "op": "pixel_unshuffle", "in": "x", "scale": scale}], {"x": x}, F.pixel_unshuffle(x, scale))
    z = random(2, 18, 2, 3)
    case("pixel_shuffle 3", [{"name": "y", "op": "pixel_shuffle", "in": "x", "scale": 3}], {"x": z}, F.pixel_shuffle(z, 3))


def elementwise_cases():
    x = torch.cat([random(1, 3, 2, 4) * 2, random(1, 3, 2, 4) * 8])
    for op, function in {"gelu": F.gelu, "silu": F.silu, "sigmoid": torch.sigmoid, "tanh": torch.tanh, "relu": F.relu}.items():
        case(op, [{"name": "y", "op": op, "in": "x"}], {"x": x}, function(x))
    case("leaky_relu", [{"name": "y", "op": "leaky_relu", "in": "x", "slope": 0.2}], {"x": x}, F.leaky_relu(x, 0.2))
    case("clamp", [{"name": "y", "op": "clamp", "in": "x", "min": -0.5, "max": 1.25}], {"x": x}, x.clamp(-0.5, 1.25))
    case("softmax over channels", [{"name": "y", "op": "softmax", "in": "x"}], {"x": x}, x.softmax(1))
    case("softmax over width", [{"name": "y", "op": "softmax", "in": "x", "axis": 3}], {"x": x}, x.softmax(3))
    slopes = random(3)
    case("prelu", [{"name": "y", "op": "prelu", "in": "x"}], {"x": x}, F.prelu(x, slopes), {"y.weight": slopes})
    case("prelu of one slope", [{"name": "y", "op": "prelu", "in": "x", "slopes": 1}], {"x": x}, F.prelu(x, slopes[:1]), {"y.weight": slopes[:1]})


def channel_cases():
    x = random(2, 4, 3, 5)
    gamma, beta, mean, var = random(4), random(4), random(4), random(4).abs() + 0.01
    for epsilon in [1e-5, 1e-3]:
        y = F.batch_norm(x, mean, var, gamma, beta, eps=epsilon)
        tensors = {"y.weight": gamma, "y.bias": beta, "y.running_mean": mean, "y.running_var": var}
        case(f"batch_norm {epsilon}", [{"name": "y", "op": "batch_norm", "in": "x", "epsilon": epsilon}], {"x": x}, y, tensors)
    weight, bias = random(3, 4), random(3)
    v = random(2, 4)
    case("linear", [{"name": "y", "op": "linear", "in": "x", "out": 3}], {"x": v}, F.linear(v, weight, bias), {"y.weight": weight, "y.bias": bias})
    squeeze = {"s.weight": random(2, 4), "s.bias": random(2), "e.weight": random(4, 2), "e.bias": random(4)}
    gate = torch.sigmoid(F.linear(F.relu(F.linear(x.mean((2, 3)), squeeze["s.weight"], squeeze["s.bias"])), squeeze["e.weight"], squeeze["e.bias"]))
    layers = [
        {"name": "p", "op": "global_pool", "in": "x"},
        {"name": "s", "op": "linear", "in": "p", "out": 2},
        {"name": "r", "op": "relu", "in": "s"},
        {"name": "e", "op": "linear", "in": "r", "out": 4},
        {"name": "g", "op": "sigmoid", "in": "e"},
        {"name": "y", "op": "channel_scale", "in": "x", "by": "g"},
    ]
    case("squeeze-and-excitation", layers, {"x": x}, x * gate[:, :, None, None], squeeze)


def conv_cases():
    x = random(2, 4, 7, 6)
    for name, stride, pad, dilation, groups in [("plain", 1, 1, 1, 1), ("grouped, strided", 2, 1, 1, 2), ("depthwise, dilated", 1, 2, 2, 4)]:
        out = 4 if groups == 4 else 6
        weight, bias = random(out, 4 // groups, 3, 3), random(out)
        y = F.conv2d(x, weight, bias, stride, pad, dilation, groups)
        layer = {"name": "y", "op": "conv", "in": "x", "out": out, "kernel": 3, "stride": stride, "pad": pad, "dilation": dilation, "groups": groups}
        case(f"conv {name}", [layer], {"x": x}, y, {"y.weight": weight, "y.bias": bias})
    weight = random(6, 4, 3, 1)
    y = F.conv2d(x, weight, None, (2, 1), (1, 0))
    layer = {"name": "y", "op": "conv", "in": "x", "out": 6, "kernel": [3, 1], "stride": [2, 1], "pad": [1, 0], "bias": False}
    case("conv of a column", [layer], {"x": x}, y, {"y.weight": weight})


def modulated_cases():
    """Karras et al. 2020, as stylegan2 computes it: a grouped convolution, a group per sample."""
    x, style = random(2, 4, 5, 6), random(2, 3)
    affine, shift, weight = random(4, 3), random(4), random(6, 4, 3, 3)
    a = F.linear(style, affine, shift)
    mixed = weight[None] * a[:, None, :, None, None]
    for demodulate, name in [(True, "modulated convolution, demodulated"), (False, "modulated convolution")]:
        kernel = mixed * (mixed.square().sum((2, 3, 4)) + 1e-8).rsqrt()[:, :, None, None, None] if demodulate else mixed
        y = torch.cat([F.conv2d(x[n : n + 1], kernel[n], None, 1, 1) for n in range(2)])
        layers = [
            {"name": "b", "op": "route", "in": "style", "mlp": ["linear"], "experts": 1, "cardinals": 4, "normalise": "identity"},
            {"name": "y", "op": "mix_conv", "in": "x", "factors": [{"beta": "b", "over": "in"}], "out": 6, "kernel": 3, "pad": 1, "bias": False}
            | ({"demodulate": {"epsilon": 1e-8}} if demodulate else {}),
        ]
        case(name, layers, {"x": x, "style": style}, y, {"b.mlp.0.weight": affine, "b.mlp.0.bias": shift, "y.weight": weight})


for make in [resize_cases, pad_cases, pool_cases, shuffle_cases, elementwise_cases, channel_cases, conv_cases, modulated_cases]:
    make()
path = Path(__file__).with_name("goldens.generated.json")
path.write_text("[\n" + ",\n".join(json.dumps(each, separators=(",", ":")) for each in CASES) + "\n]\n")
print(f"{len(CASES)} cases, {path.stat().st_size} bytes")
