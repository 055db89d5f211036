"""Small SPANs with random weights, written from the formula of docs/families/span.md, for fixtures/checkpoints/networks.

python3 test/peers/span_networks.py <folder>

The kernels of three parts are not folded here: the picture is padded once, and the parts are computed one after the other.
"""

import json
import struct
import sys
from pathlib import Path

import torch
import torch.nn.functional as F

CASES = {
    # As the public code has it: SiLU in place, so that the last block's value is joined behind it.
    "span-x4-no-norm": dict(units=6, channels=3, scale=4, norm=False, early="activation"),
    "span-x1-grey": dict(units=6, channels=1, scale=1, norm=False, early="convolution"),
}


def weights(units, channels, scale, norm):
    torch.manual_seed(units * 100 + scale)
    state = {}

    def conv(name, out, into, side):
        state[f"{name}.weight"] = torch.randn(out, into, side, side) / (into * side * side) ** 0.5
        state[f"{name}.bias"] = 0.1 * torch.randn(out)

    def conv3xc(name, out, into):
        conv(f"{name}.sk", out, into, 1)
        conv(f"{name}.conv.0", 2 * into, into, 1)
        conv(f"{name}.conv.1", 2 * out, 2 * into, 3)
        conv(f"{name}.conv.2", out, 2 * out, 1)
        conv(f"{name}.eval_conv", out, into, 3)

    conv3xc("conv_1", units, channels)
    for block in range(1, 7):
        for part in (1, 2, 3):
            conv3xc(f"block_{block}.c{part}_r", units, units)
    conv("conv_cat", units, 4 * units, 1)
    conv3xc("conv_2", units, units)
    conv("upsampler.0", channels * scale**2, units, 3)
    if not norm:
        state["no_norm"] = torch.zeros(1)
    return state


def run(state, x, scale, early):
    def conv(name, value, padding=0):
        return F.conv2d(value, state[f"{name}.weight"], state[f"{name}.bias"], padding=padding)

    def conv3xc(name, value):
        parts = F.pad(value, (1, 1, 1, 1))
        for part in range(3):
            parts = conv(f"{name}.conv.{part}", parts)
        return parts + conv(f"{name}.sk", value)

    head = value = conv3xc("conv_1", x)
    ends = []
    for block in range(1, 7):
        first = conv3xc(f"block_{block}.c1_r", value)
        active = F.silu(first)
        third = conv3xc(f"block_{block}.c3_r", F.silu(conv3xc(f"block_{block}.c2_r", active)))
        value = (third + value) * (torch.sigmoid(third) - 0.5)
        ends.append(value)
    joined = torch.cat([head, conv3xc("conv_2", value), ends[0], active if early == "activation" else first], 1)
    return F.pixel_shuffle(conv("upsampler.0", conv("conv_cat", joined), padding=1), scale)


def save(path, tensors):
    header, data = {}, b""
    for name, tensor in tensors.items():
        raw = tensor.contiguous().numpy().astype("<f4").tobytes()
        header[name] = {"dtype": "F32", "shape": list(tensor.shape), "data_offsets": [len(data), len(data) + len(raw)]}
        data += raw
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    path.write_bytes(struct.pack("<Q", len(text)) + text + data)


for name, case in CASES.items():
    folder = Path(sys.argv[1]) / name
    folder.mkdir(parents=True, exist_ok=True)
    state = weights(case["units"], case["channels"], case["scale"], case["norm"])
    # Checkpoints of the public code have each tensor in a storage of its own.
    torch.save({"params": {key: value.clone() for key, value in state.items()}}, folder / "checkpoint.pth")
    io = {}
    for suffix, shape in (("", (2, case["channels"], 9, 12)), ("s", (1, case["channels"], 14, 7))):
        x = torch.rand(shape)
        with torch.no_grad():
            io[f"x{suffix}"], io[f"y{suffix}"] = x, run(state, x, case["scale"], case["early"])
    save(folder / "io.safetensors", io)
    told = {"arch": "span", "units": case["units"], "scale": case["scale"], "range": [0, 1.0]}
    needs = {} if case["early"] == "convolution" else {"needs": {"early": case["early"]}}
    (folder / "case.json").write_text(json.dumps({**told, **needs}, indent=1))
