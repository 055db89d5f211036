"""Writes src/onnx/schemas/schemas.generated.ts: every operator signature that an installed onnx registers.

    python3 -m venv venv && venv/bin/pip install onnx==1.23.1
    venv/bin/python scripts/generate-schemas.py

Rows are arrays to keep the file small; src/onnx/schemas/registry.ts names their columns.
"""

import json
import pathlib

import onnx
from onnx import checker, defs, helper

EXPECTED_VERSION = "1.23.1"
OPTIONS = {"Single": 0, "Optional": 1, "Variadic": 2}
# Bits of the flags column.
DEPRECATED, FUNCTION, INFERENCE, UNCHECKED_ATTRIBUTES, EXPERIMENTAL, PLAIN_FUNCTION = 1, 2, 4, 8, 16, 32
PROBE = "smxc_probe"

types: dict[str, int] = {}
type_sets: dict[tuple[int, ...], int] = {}


def type_set(names: set[str]) -> int:
    indices = tuple(sorted(types.setdefault(name, len(types)) for name in sorted(names)))
    return type_sets.setdefault(indices, len(type_sets))


def parameter(formal: defs.OpSchema.FormalParameter) -> list:
    option = OPTIONS[formal.option.name]
    return [formal.name, formal.type_str, type_set(formal.types), option, int(formal.is_homogeneous), formal.min_arity]


def refusal(schema: defs.OpSchema, inputs: int, outputs: int, attribute: str | None) -> str:
    """What the checker says about a node with so many inputs and outputs; it exports no accessor for these rules."""
    names = [f"x{i}" for i in range(max(inputs, outputs))]
    node = helper.make_node(schema.name, names[:inputs], names[:outputs], domain=schema.domain)
    if attribute is not None:
        node.attribute.append(helper.make_attribute(attribute, 1))
    context = checker.C.CheckerContext()
    context.ir_version = onnx.IR_VERSION
    context.opset_imports = {schema.domain: schema.since_version}
    try:
        checker.check_node(node, context)
    except checker.ValidationError as error:
        return str(error)
    return ""


def allowed_counts(schema: defs.OpSchema, of_inputs: bool) -> list[int] | None:
    """The counts inside [min, max] that are allowed, or None when all are."""
    low, high = (schema.min_input, schema.max_input) if of_inputs else (schema.min_output, schema.max_output)
    if schema.deprecated or high - low > 100:
        return None
    word = "input" if of_inputs else "output"
    allowed = []
    for count in range(low, high + 1):
        inputs = count if of_inputs else max(schema.min_input, 1)
        outputs = schema.min_output if of_inputs else count
        if f"not in allowed {word} sizes" not in refusal(schema, inputs, outputs, None):
            allowed.append(count)
    return None if len(allowed) == high - low + 1 else allowed


def flags(schema: defs.OpSchema) -> int:
    value = 0
    if schema.deprecated:
        value |= DEPRECATED
    if schema.has_function or schema.has_context_dependent_function:
        value |= FUNCTION
    if schema.has_function:
        value |= PLAIN_FUNCTION
    if schema.has_type_and_shape_inference_function:
        value |= INFERENCE
    if schema.support_level == defs.OpSchema.SupportType.EXPERIMENTAL:
        value |= EXPERIMENTAL
    # The first attribute it complains about would be the unknown one.
    said = refusal(schema, max(schema.min_input, 1), max(schema.min_output, 1), PROBE)
    if not schema.deprecated and f"Unrecognized attribute: {PROBE}" not in said and "size" not in said:
        value |= UNCHECKED_ATTRIBUTES
    return value


def row(schema: defs.OpSchema) -> list:
    attributes = [[a.name, a.type.name, int(a.required)] for a in sorted(schema.attributes.values(), key=lambda a: a.name)]
    return [
        schema.domain,
        schema.name,
        schema.since_version,
        flags(schema),
        [schema.min_input, schema.max_input, schema.min_output, schema.max_output],
        [parameter(p) for p in schema.inputs],
        [parameter(p) for p in schema.outputs],
        attributes,
        allowed_counts(schema, True),
        allowed_counts(schema, False),
    ]


assert onnx.__version__ == EXPECTED_VERSION, f"written for onnx {EXPECTED_VERSION}, this is {onnx.__version__}"
schemas = sorted(defs.get_all_schemas_with_history(), key=lambda s: (s.domain, s.name, s.since_version))
rows = [row(schema) for schema in schemas]
versions = {domain: highest for domain, (_, highest) in sorted(defs.C.schema_version_map().items())}
document = {
    "onnx": onnx.__version__,
    "ir": int(onnx.IR_VERSION),
    "versions": versions,
    "types": list(types),
    "typeSets": [list(indices) for indices in type_sets],
    "schemas": rows,
}
text = json.dumps(document, separators=(",", ":"))
assert "'" not in text and "\\" not in text
target = pathlib.Path(__file__).parent.parent / "src/onnx/schemas/schemas.generated.ts"
target.write_text(
    f"/** Written by scripts/generate-schemas.py from onnx {onnx.__version__} (Apache-2.0). Do not edit. */\n"
    f"export const SCHEMAS =\n  '{text}';\n"
)
