"""Copies the small foreign models that the tests read out of an installed onnx 1.23.1 into fixtures/onnx/models.

    python3 -m venv venv && venv/bin/pip install onnx==1.23.1 numpy
    venv/bin/python scripts/harvest-onnx-models.py
"""

import pathlib
import shutil

import onnx
from onnx.backend.test.loader import load_model_tests

FILES = [
    "light/light_shufflenet.onnx",
    "light/light_squeezenet.onnx",
    "simple/test_sequence_model1/model.onnx",
    "simple/test_gradient_of_add_and_mul/model.onnx",
    "simple/test_strnorm_model_monday_casesensintive_lower/model.onnx",
    "simple/test_expand_shape_model1/model.onnx",
]
NODE_TESTS = [
    "test_ai_onnx_ml_tree_ensemble_single_tree",
    "test_cast_FLOAT_to_FLOAT8E4M3FN",
    "test_identity_opt",
    "test_if_seq",
    "test_loop16_seq_none",
    "test_quantizelinear_int4",
    "test_resize_upsample_scales_cubic",
    "test_scan9_sum",
    "test_sequence_map_add_1_sequence_1_tensor_expanded",
]

target = pathlib.Path(__file__).parent.parent / "fixtures/onnx/models"
target.mkdir(parents=True, exist_ok=True)
data = pathlib.Path(onnx.__file__).parent / "backend/test/data"
for name in FILES:
    flat = name.removesuffix("/model.onnx").removesuffix(".onnx").split("/")[-1]
    shutil.copyfile(data / name, target / f"{flat}.onnx")
cases = {case.name: case for case in load_model_tests(kind="node")}
for name in NODE_TESTS:
    (target / f"{name}.onnx").write_bytes(cases[name].model.SerializeToString(deterministic=True))
