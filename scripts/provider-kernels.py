"""Writes the kernels that ONNX Runtime's CPU provider registers, as JSON on standard output.

Run with the Python of a virtual environment in which onnxruntime 1.30 is installed; see generate-providers.mjs.
"""
import json

from onnxruntime import __version__
from onnxruntime.capi.onnxruntime_pybind11_state import get_all_opkernel_def

NEWEST = 2**31 - 1

rows = [
    {
        "domain": kernel.domain,
        "operator": kernel.op_name,
        "first": kernel.version_range[0],
        "last": None if kernel.version_range[1] == NEWEST else kernel.version_range[1],
        "types": kernel.type_constraints,
    }
    for kernel in get_all_opkernel_def()
    if kernel.provider == "CPUExecutionProvider" and kernel.domain in ("", "ai.onnx.ml")
]
print(json.dumps({"version": __version__, "kernels": rows}))
