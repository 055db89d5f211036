/** What a model is made of, layer by layer, for people. */
import { dimText, type Shape } from "../ir/dim.js";
import type { Graph } from "../ir/graph.js";
import { definition, inferShapes, withInputShapes } from "../ir/infer.js";
import { elementCount } from "../weights/tensor.js";

export interface LayerSummary {
  readonly name: string;
  readonly op: string;
  /** With the document's symbols. */
  readonly shape: readonly (number | string)[];
  readonly parameters: number;
  /** Multiply-accumulates at the measured input size. */
  readonly macs: number;
}

export interface ModelSummary {
  readonly name: string;
  readonly inputs: readonly { readonly name: string; readonly shape: readonly (number | string)[] }[];
  readonly outputs: readonly { readonly name: string; readonly shape: readonly (number | string)[] }[];
  readonly layers: readonly LayerSummary[];
  readonly parameters: number;
  readonly macs: number;
  /** Share of the MACs that routers and the mixing of kernels take. */
  readonly routingShare: number;
  /** The size at which MACs were counted, per input. */
  readonly measuredAt: readonly { readonly name: string; readonly shape: readonly number[] }[];
}

/** Summarises a graph; `sizes` are concrete shapes of its inputs, at which the work is counted. */
export function summarise(graph: Graph, sizes: ReadonlyMap<string, readonly number[]>): ModelSummary {
  const symbolic = inferShapes(graph);
  const concrete = inferShapes(withInputShapes(graph, sizes));
  const counted = new Set<string>();
  const layers = graph.nodes.map((node): LayerSummary => {
    const own = node.inputs.filter((input) => graph.constants.has(input) && !counted.has(input));
    for (const input of own) counted.add(input);
    const operands = node.inputs.map((input): Shape => concrete.get(input)!);
    return {
      name: node.name,
      op: node.op === "activation" ? node.attributes.fn : node.op,
      shape: texts(symbolic.get(node.name)!),
      parameters: own.reduce((sum, input) => sum + elementCount(graph.constants.get(input)!.shape), 0),
      macs: definition(node).macs?.(node.attributes, operands, concrete.get(node.name)!) ?? 0,
    };
  });
  const macs = layers.reduce((sum, layer) => sum + layer.macs, 0);
  const routing = graph.nodes.reduce((sum, node) => sum + mixingMacs(graph, node), 0);
  return {
    name: graph.name,
    inputs: graph.inputs.map(({ name, shape }) => ({ name, shape: texts(shape) })),
    outputs: graph.outputs.map(({ name, value }) => ({ name, shape: texts(symbolic.get(value)!) })),
    layers,
    parameters: layers.reduce((sum, layer) => sum + layer.parameters, 0),
    macs,
    routingShare: macs === 0 ? 0 : routing / macs,
    measuredAt: graph.inputs.map(({ name }) => ({ name, shape: sizes.get(name)! })),
  };
}

/** MACs that a router or the mixture of a kernel takes for one sample: one per weight that it reads. */
function mixingMacs(graph: Graph, node: Graph["nodes"][number]): number {
  if (node.op !== "route" && node.op !== "mix_conv") return 0;
  return node.inputs.reduce((sum, input) => sum + elementCount(graph.constants.get(input)?.shape ?? [0]), 0);
}

function texts(shape: Shape): readonly (number | string)[] {
  return shape.map((dim) => (typeof dim === "number" ? dim : dimText(dim)));
}
