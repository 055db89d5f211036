"""Tensors to a file of the safetensors format, which is too small to ask for a package."""

from __future__ import annotations

import json
import pathlib
import struct

import torch


def write(path: pathlib.Path, tensors: dict[str, torch.Tensor]) -> None:
    """Writes float32 tensors; https://github.com/huggingface/safetensors#format says how."""
    header, contents = {}, []
    at = 0
    for name, tensor in tensors.items():
        content = tensor.detach().to(torch.float32).contiguous().numpy().astype("<f4").tobytes()
        header[name] = {"dtype": "F32", "shape": list(tensor.shape), "data_offsets": [at, at + len(content)]}
        contents.append(content)
        at += len(content)
    text = json.dumps(header).encode()
    path.write_bytes(b"".join([struct.pack("<Q", len(text)), text, *contents]))
