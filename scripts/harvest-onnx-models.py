"""Copies the small foreign models that the tests read out of an installed onnx 1.23.1 into fixtures/onnx/models, and
what onnx infers of them, and of one generated node test per operator and version, into fixtures/onnx/inferred.json.

    python3 -m venv venv && venv/bin/pip install onnx==1.23.1 numpy
    venv/bin/python scripts/harvest-onnx-models.py
"""

import base64
import json
import pathlib
import shutil

import onnx
from onnx import shape_inference
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

LARGEST_INFERRED = 1500


def show(type_proto: onnx.TypeProto) -> str:
    """As `showType` of src/onnx/infer/type-info.ts; symbols that onnx makes up are no knowledge."""
    kind = type_proto.WhichOneof("value")
    if kind in ("tensor_type", "sparse_tensor_type"):
        tensor = getattr(type_proto, kind)
        name = onnx.TensorProto.DataType.Name(tensor.elem_type).lower()
        return f"{kind.removesuffix('_type')}({name}){shape(tensor) if tensor.HasField('shape') else ''}"
    if kind in ("sequence_type", "optional_type"):
        return f"{kind.removesuffix('_type')}({show(getattr(type_proto, kind).elem_type)})"
    return str(kind)


def shape(tensor) -> str:
    dims = []
    for dim in tensor.shape.dim:
        symbol = "?" if dim.dim_param.startswith("unk__") or dim.dim_param == "" else dim.dim_param
        dims.append(str(dim.dim_value) if dim.HasField("dim_value") else symbol)
    return f"[{', '.join(dims)}]"


def inferred(model: onnx.ModelProto) -> dict[str, str]:
    graph = shape_inference.infer_shapes(model, check_type=True, strict_mode=True, data_prop=False).graph
    return {value.name: show(value.type) for value in [*graph.value_info, *graph.output]}


def undeclared(model: onnx.ModelProto) -> onnx.ModelProto:
    """The model with shapes only for its inputs, so that there is something to infer."""
    bare = onnx.ModelProto.FromString(model.SerializeToString())
    del bare.graph.value_info[:]
    for output in bare.graph.output:
        if output.type.HasField("tensor_type"):
            output.type.tensor_type.ClearField("shape")
    return bare


target = pathlib.Path(__file__).parent.parent / "fixtures/onnx/models"
target.mkdir(parents=True, exist_ok=True)
data = pathlib.Path(onnx.__file__).parent / "backend/test/data"
for name in FILES:
    flat = name.removesuffix("/model.onnx").removesuffix(".onnx").split("/")[-1]
    shutil.copyfile(data / name, target / f"{flat}.onnx")
cases = {case.name: case for case in load_model_tests(kind="node")}
for name in NODE_TESTS:
    (target / f"{name}.onnx").write_bytes(cases[name].model.SerializeToString(deterministic=True))

inference = {}
operators = set()
for name, case in sorted(cases.items()):
    nodes = case.model.graph.node
    versions = {opset.domain: opset.version for opset in case.model.opset_import}
    model = undeclared(case.model)
    # onnx cannot infer its own test of MeanVarianceNormalization.
    if len(nodes) != 1 or model.ByteSize() > LARGEST_INFERRED or name == "test_mvn":
        continue
    schema = onnx.defs.get_schema(nodes[0].op_type, versions[nodes[0].domain], nodes[0].domain)
    key = (schema.domain, schema.name, len(nodes[0].input), tuple(a.name for a in nodes[0].attribute))
    if key not in operators:
        operators.add(key)
        data = base64.b64encode(model.SerializeToString(deterministic=True)).decode()
        inference[name] = {"model": data, "types": inferred(model)}
for path in sorted(target.glob("light_*.onnx")):
    inference[path.name] = {"types": inferred(onnx.load(path))}
(target.parent / "inferred.json").write_text(json.dumps(inference, indent=1) + "\n")
