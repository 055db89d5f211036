/** Small ONNX graphs in a line or two. */
import * as build from "../../src/onnx/graph/build.js";
import type { GraphProto, ModelProto, NodeProto, TensorProto } from "../../src/onnx/graph/records.js";

/** A node from text, such as `y = Conv x w b`; names are without blanks, `-` is an input that is left out. */
export function line(text: string, attributes: Readonly<Record<string, build.AttributeValue>> = {}): NodeProto {
  const [outputs, call] = text.split(" = ") as [string, string];
  const [op, ...inputs] = call.split(" ") as [string, ...string[]];
  return build.node(
    op,
    inputs.map((name) => (name === "-" ? "" : name)),
    outputs.split(" "),
    { attribute: Object.entries(attributes).map(([name, value]) => build.attribute(name, value)) },
  );
}

/** Values that go up and down, none of them zero. */
export function weights(name: string, dims: readonly number[], largest = 0.3): TensorProto {
  const size = dims.reduce((product, dim) => product * dim, 1);
  const values = Float32Array.from({ length: size }, (_, i) => largest * Math.sin(1 + 0.7 * i));
  return build.floatTensor(name, "FLOAT", { shape: dims, read: async () => values });
}

/** A graph whose nodes are lines, and its inputs and outputs names: pictures of 12 channels. */
export function graphOf(
  inputs: string,
  nodes: readonly (string | NodeProto)[],
  outputs: string,
  fields: Partial<GraphProto> = {},
): GraphProto {
  const pictures = (names: string) =>
    names.split(" ").map((name) => build.valueInfo(name, "FLOAT", ["N", 12, "H", "W"]));
  return build.graph({
    name: "g",
    input: pictures(inputs),
    node: nodes.map((node) => (typeof node === "string" ? line(node) : node)),
    output: pictures(outputs),
    ...fields,
  });
}

export function modelOf(graph: GraphProto, opset = 17, fields: Partial<ModelProto> = {}): ModelProto {
  return build.model({ ir_version: 8, opset_import: [build.opset(opset)], graph, ...fields });
}

/** The nodes as lines. */
export function linesOf({ node }: GraphProto): readonly string[] {
  return node.map(({ op_type, input, output }) =>
    [`${output.join(" ")} = ${op_type}`, ...input.map((name) => name || "-")].join(" "),
  );
}
