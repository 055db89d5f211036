/** A graph as a comparison sees it: tensors that are in the file are weights, whether initializers or Constant nodes. */
import type { FunctionProto, GraphProto, NodeProto, TensorProto } from "../proto/records.js";
import { attributesOf } from "./attributes.js";

export interface GraphView {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** Without those that hold a tensor only. */
  readonly nodes: readonly NodeProto[];
  readonly weights: ReadonlyMap<string, TensorProto>;
}

export function viewOfGraph(graph: GraphProto): GraphView {
  const weights = new Map<string, TensorProto>();
  for (const tensor of graph.initializer) weights.set(tensor.name ?? "", tensor);
  for (const { values, dims } of graph.sparse_initializer) {
    if (values !== undefined) weights.set(values.name ?? "", { ...values, dims });
  }
  const names = (list: GraphProto["input"]): string[] => list.map(({ name = "" }) => name);
  const inputs = names(graph.input).filter((name) => !weights.has(name));
  return view(inputs, names(graph.output), graph.node, weights);
}

export function viewOfFunction({ input, output, node }: FunctionProto): GraphView {
  return view(input, output, node, new Map());
}

function view(
  inputs: readonly string[],
  outputs: readonly string[],
  all: readonly NodeProto[],
  weights: Map<string, TensorProto>,
): GraphView {
  const nodes = all.filter((node) => {
    const tensor = heldTensor(node);
    if (tensor !== null) weights.set(node.output[0]!, tensor);
    return tensor === null;
  });
  return { inputs, outputs, nodes, weights };
}

function heldTensor({ op_type, domain = "", attribute, output }: NodeProto): TensorProto | null {
  if (op_type !== "Constant" || domain !== "" || attribute.length !== 1 || !output[0]) return null;
  return attribute[0]!.name === "value" ? (attribute[0]!.t ?? null) : null;
}

export function weightLabel({ data_type, dims }: TensorProto): string {
  return `#${data_type}:${dims.join("x")}`;
}

/** What a node is by itself: operator, attributes, and the types and shapes of weights that it reads. */
export function nodeLabel(node: NodeProto, weights: ReadonlyMap<string, TensorProto>): string {
  const attributes = [...attributesOf(node)].sort().map(([name, text]) => `${name}=${text}`);
  const read = node.input.map((name) => {
    const tensor = weights.get(name);
    return tensor === undefined ? (name === "" ? "-" : "v") : weightLabel(tensor);
  });
  return JSON.stringify([operatorLabel(node), attributes, read, node.output.map((name) => name !== "")]);
}

export function operatorLabel({
  domain = "",
  op_type = "",
  overload = "",
}: Pick<NodeProto, "domain" | "op_type" | "overload">): string {
  return [domain === "ai.onnx" ? "" : domain, op_type, overload].join("\0");
}
