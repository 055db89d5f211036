/** What an ONNX file is made of, for people: operators, layers, weights. */
import type { DecodedModel } from "../onnx/decode.js";
import type { GraphProto, NodeProto, TensorProto } from "../onnx/proto/records.js";
import { type DeclaredValue, signatureOf } from "../onnx/signature.js";

export interface OnnxSummary {
  readonly name: string;
  readonly producer: string;
  readonly irVersion: number;
  readonly opsets: readonly { readonly domain: string; readonly version: number }[];
  readonly inputs: readonly DeclaredValue[];
  readonly outputs: readonly DeclaredValue[];
  /** Nodes of the graph and of all graphs inside it, by operator, most first. */
  readonly operators: readonly { readonly op: string; readonly count: number }[];
  readonly nodes: number;
  readonly parameters: number;
  readonly weightBytes: number;
  /** What smxc says of the graph, if it made it. */
  readonly metadata: ReadonlyMap<string, string>;
}

export function summariseOnnx({ message }: DecodedModel): OnnxSummary {
  const graphs = message.graph ? allGraphs(message.graph) : [];
  const nodes = graphs.flatMap((graph) => graph.node);
  const weights = graphs.flatMap((graph) => graph.initializer).filter(isFloat);
  const counts = new Map<string, number>();
  for (const node of nodes) counts.set(operatorOf(node), (counts.get(operatorOf(node)) ?? 0) + 1);
  const { inputs, outputs, metadata } = signatureOf(message);
  const elements = weights.map(elementsOf);
  return {
    name: message.graph?.name ?? "",
    producer: [message.producer_name, message.producer_version].filter(Boolean).join(" "),
    irVersion: Number(message.ir_version ?? 0),
    opsets: message.opset_import.map(({ domain, version }) => ({
      domain: domain || "ai.onnx",
      version: Number(version ?? 0),
    })),
    inputs,
    outputs,
    operators: [...counts]
      .map(([op, count]) => ({ op, count }))
      .sort((a, b) => b.count - a.count || (a.op < b.op ? -1 : 1)),
    nodes: nodes.length,
    parameters: elements.reduce((sum, count) => sum + count, 0),
    weightBytes: weights.reduce(
      (sum, tensor, index) => sum + elements[index]! * FLOAT_WIDTHS[tensor.data_type ?? 0]!,
      0,
    ),
    metadata,
  };
}

/** Bytes per element of the floating-point types, by their code in ONNX. */
const FLOAT_WIDTHS: Readonly<Record<number, number>> = { 1: 4, 10: 2, 11: 8, 16: 2 };

function isFloat(tensor: TensorProto): boolean {
  return FLOAT_WIDTHS[tensor.data_type ?? 0] !== undefined;
}

function elementsOf(tensor: TensorProto): number {
  return tensor.dims.reduce<number>((product, dim) => product * Number(dim), 1);
}

function operatorOf(node: NodeProto): string {
  return node.domain ? `${node.domain}.${node.op_type ?? ""}` : (node.op_type ?? "");
}

function allGraphs(graph: GraphProto): readonly GraphProto[] {
  const inner = graph.node.flatMap((node) => node.attribute.flatMap(({ g, graphs }) => [...(g ? [g] : []), ...graphs]));
  return [graph, ...inner.flatMap(allGraphs)];
}
