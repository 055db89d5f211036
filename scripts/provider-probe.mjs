/**
 * Asks ONNX Runtime itself whether a provider has a kernel: a session over a graph of one node is created, with
 * `session.disable_cpu_ep_fallback`, which turns a move to the CPU into an error.
 */
import { create, toBinary } from "@bufbuild/protobuf";
import { AttributeProto_AttributeType as AttributeType, ModelProtoSchema } from "onnx-buf";
import { ELEMENT_TYPES, elementType } from "../dist/src/onnx/graph/element-types.js";

const CODES = new Map(ELEMENT_TYPES.map(({ name, code }) => [`tensor(${name.toLowerCase()})`, code]));
const CODE = (type) => CODES.get(type) ?? null;

const tensorType = (type, dims) => ({
  value: {
    case: "tensorType",
    value: {
      elemType: CODE(type),
      ...(dims && { shape: { dim: dims.map((size) => ({ value: { case: "dimValue", value: BigInt(size) } })) } }),
    },
  },
});

/** Attributes without which a node is refused, or that say what types an output has. */
const ATTRIBUTES = {
  Cast: (types) => [int("to", CODE(types.get("T2")))],
  BitCast: (types) => [int("to", CODE(types.get("T2")))],
  EyeLike: (types) => [int("dtype", CODE(types.get("T2")))],
  ConstantOfShape: (types) => [
    {
      name: "value",
      type: AttributeType.TENSOR,
      t: {
        dims: [1n],
        dataType: CODE(types.get("T2")),
        rawData: new Uint8Array(16).subarray(0, Math.ceil((elementType(CODE(types.get("T2"))).bits ?? 8) / 8)),
      },
    },
  ],
  Einsum: () => [text("equation", "ij->ij")],
  DepthToSpace: () => [int("blocksize", 2)],
  SpaceToDepth: () => [int("blocksize", 2)],
  Split: (_, version) => (version >= 18 ? [int("num_outputs", 1)] : []),
  Concat: () => [int("axis", 0)],
  MaxPool: () => [ints("kernel_shape", [2, 2])],
  AveragePool: () => [ints("kernel_shape", [2, 2])],
  LpPool: () => [ints("kernel_shape", [2, 2])],
  MaxUnpool: () => [ints("kernel_shape", [2, 2])],
  Pad: (_, version) =>
    version < 2
      ? [ints("paddings", [0, 0, 0, 0, 0, 0, 0, 0])]
      : version < 11
        ? [ints("pads", [0, 0, 0, 0, 0, 0, 0, 0])]
        : [],
  Slice: (_, version) => (version < 10 ? [ints("starts", [0]), ints("ends", [1])] : []),
  LSTM: () => [int("hidden_size", 4)],
  GRU: () => [int("hidden_size", 4)],
  RNN: () => [int("hidden_size", 4)],
  Upsample: (_, version) => (version < 9 ? [{ name: "scales", type: AttributeType.FLOATS, floats: [1, 1, 2, 2] }] : []),
  RandomNormal: () => [ints("shape", [1])],
  RandomUniform: () => [ints("shape", [1])],
  Unsqueeze: (_, version) => (version < 13 ? [ints("axes", [0])] : []),
  Scan: (types) => [int("num_scan_inputs", 1), graph("body", body(types))],
  Loop: (types) => [graph("body", loopBody(types))],
  If: (types) => [graph("then_branch", branch(types)), graph("else_branch", branch(types))],
};

/** Inputs by position beyond those that the signature requires; "" leaves one out. */
const INPUTS = {
  Resize: {
    10: ["X", "scales"],
    11: ["X", "roi", "scales"],
    13: ["X", "", "scales"],
    18: ["X", "", "scales"],
    19: ["X", "", "scales"],
  },
  Loop: "M cond v".split(" "),
  Split: ["input"],
};

/** The shape of the first input, where a provider looks at its rank. */
const SPATIAL = new Set(
  "Conv ConvTranspose MaxPool AveragePool LpPool GlobalAveragePool GlobalMaxPool GlobalLpPool BatchNormalization InstanceNormalization GroupNormalization Resize Upsample DepthToSpace SpaceToDepth GridSample LRN Pad".split(
    " ",
  ),
);

function int(name, value) {
  return { name, type: AttributeType.INT, i: BigInt(value) };
}
function ints(name, values) {
  return { name, type: AttributeType.INTS, ints: values.map(BigInt) };
}
function text(name, value) {
  return { name, type: AttributeType.STRING, s: new TextEncoder().encode(value) };
}
function graph(name, value) {
  return { name, type: AttributeType.GRAPH, g: value };
}
const value = (name, type, dims) => ({ name, type: tensorType(type, dims) });

function branch(types) {
  const v = types.get("V") ?? "tensor(float)";
  return { name: "branch", node: [{ opType: "Identity", input: ["outer"], output: ["o"] }], output: [value("o", v)] };
}
function body(types) {
  const v = types.get("V") ?? "tensor(float)";
  return {
    name: "body",
    input: [value("s", v)],
    node: [{ opType: "Identity", input: ["s"], output: ["o"] }],
    output: [value("o", v)],
  };
}
function loopBody(types) {
  const v = types.get("V") ?? "tensor(float)";
  return {
    name: "body",
    input: [value("i", "tensor(int64)", []), value("c", "tensor(bool)", []), value("s", v)],
    node: [
      { opType: "Identity", input: ["c"], output: ["co"] },
      { opType: "Identity", input: ["s"], output: ["so"] },
    ],
    output: [value("co", "tensor(bool)"), value("so", v)],
  };
}

/** @param types by type variable. Null when no node of this kind can be made. */
export function oneNodeModel(schema, types, withShapes, opset) {
  const typeOf = (parameter) => {
    const type = types.get(parameter.type) ?? parameter.type;
    return CODE(type) === null ? null : type;
  };
  const wanted = INPUTS[schema.name];
  const names = Array.isArray(wanted) ? wanted : wanted?.[schema.sinceVersion];
  const inputs = [];
  const values = [];
  const add = (parameter, name) => {
    const type = typeOf(parameter);
    if (type === null) return false;
    inputs.push(name);
    const dims = !withShapes
      ? null
      : inputs.length === 1 && SPATIAL.has(schema.name)
        ? [1, 4, 8, 8]
        : SPATIAL.has(schema.name) && inputs.length === 2 && schema.name.startsWith("Conv")
          ? [4, 4, 3, 3]
          : null;
    values.push(value(name, type, dims));
    return true;
  };
  for (const parameter of schema.inputs) {
    if (names?.includes(parameter.name) ?? parameter.option === "single") {
      if (!add(parameter, parameter.name)) return null;
    } else if (parameter.option === "variadic") {
      const count = Math.max(parameter.minArity, names === undefined && schema.name === "If" ? 0 : 1);
      for (let i = 0; i < count; i++) if (!add(parameter, `${parameter.name}${i}`)) return null;
    } else if (names?.includes("") && inputs.length < names.length) inputs.push("");
  }
  const attributes = new Map();
  for (const { name, type, required } of schema.attributes.values()) {
    if (!required) continue;
    if (type === "INT") attributes.set(name, int(name, 1));
    else if (type === "INTS") attributes.set(name, ints(name, [1]));
    else if (type === "FLOAT") attributes.set(name, { name, type: AttributeType.FLOAT, f: 1 });
    else if (type === "STRING") attributes.set(name, text(name, "x"));
  }
  for (const attribute of ATTRIBUTES[schema.name]?.(types, schema.sinceVersion) ?? [])
    attributes.set(attribute.name, attribute);
  const outputs = schema.outputs
    .filter(({ option }) => option !== "optional")
    .map((parameter) => ({ parameter, name: `out_${parameter.name}` }));
  const extra = schema.name === "If" ? [value("outer", types.get("V") ?? "tensor(float)")] : [];
  return toBinary(
    ModelProtoSchema,
    create(ModelProtoSchema, {
      irVersion: 10n,
      opsetImport: [
        { domain: schema.domain, version: BigInt(opset) },
        ...(schema.domain === "" ? [] : [{ domain: "", version: 17n }]),
      ],
      graph: {
        name: "g",
        input: [...values, ...extra],
        node: [
          {
            name: "n",
            domain: schema.domain,
            opType: schema.name,
            input: inputs,
            output: outputs.map(({ name }) => name),
            attribute: [...attributes.values()],
          },
        ],
        output: outputs.map(({ parameter, name }) => {
          const type = typeOf(parameter);
          return type === null ? { name } : value(name, type);
        }),
      },
    }),
  );
}

/** @returns {"native" | "cpu" | "none" | string} a verdict, or ONNX Runtime's message when it says something else. */
export async function probe(ort, provider, bytes) {
  try {
    const session = await ort.InferenceSession.create(bytes, {
      executionProviders: [provider],
      graphOptimizationLevel: "disabled",
      logSeverityLevel: 4,
      intraOpNumThreads: 1,
      extra: { session: { disable_cpu_ep_fallback: provider === "webgpu" ? "1" : "0" } },
    });
    await session.release();
    return "native";
  } catch (error) {
    const { message } = error;
    if (/disable_cpu_ep_fallback|CPU EP fallback|fallback to CPU/i.test(message)) return "cpu";
    if (/NOT_IMPLEMENTED|Could not find an implementation|IsNodeCompatibleWithProvider/.test(message)) return "none";
    return message;
  }
}
