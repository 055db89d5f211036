/** What a model is made of, layer by layer, for people. */
import { dimText, type Shape } from "../ir/dim.js";
import type { Graph } from "../ir/graph.js";
import { definition, inferShapes, withInputShapes } from "../ir/infer.js";
import { elementCount } from "../tensors/tensor.js";

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
  /** Of the weights, in float32. */
  readonly weightBytes: number;
  /** Largest sum of activations that are needed at one time, in float32, when layers run in order. */
  readonly peakBytes: number;
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
  const parameters = layers.reduce((sum, layer) => sum + layer.parameters, 0);
  return {
    name: graph.name,
    inputs: graph.inputs.map(({ name, shape }) => ({ name, shape: texts(shape) })),
    outputs: graph.outputs.map(({ name, value }) => ({ name, shape: texts(symbolic.get(value)!) })),
    layers,
    parameters,
    macs,
    weightBytes: parameters * FLOAT_BYTES,
    peakBytes: peakElements(graph, concrete) * FLOAT_BYTES,
    routingShare: macs === 0 ? 0 : routing / macs,
    measuredAt: graph.inputs.map(({ name }) => ({ name, shape: sizes.get(name)! })),
  };
}

const FLOAT_BYTES = 4;

/** Elements of all values that live at one time, at the most: from where a value is made to its last reader. */
function peakElements(graph: Graph, shapes: ReadonlyMap<string, Shape>): number {
  const lastRead = new Map<string, number>(graph.outputs.map(({ value }) => [value, graph.nodes.length]));
  graph.nodes.forEach((node, index) => {
    for (const input of node.inputs)
      if (!lastRead.has(input) || lastRead.get(input)! < index) lastRead.set(input, index);
  });
  const elements = (name: string): number => elementCount(shapes.get(name)! as readonly number[]);
  let live = graph.inputs.reduce((sum, { name }) => sum + elements(name), 0);
  let peak = live;
  graph.nodes.forEach((node, index) => {
    live += elements(node.name);
    peak = Math.max(peak, live);
    for (const name of new Set([...node.inputs, node.name])) {
      if (!graph.constants.has(name) && (lastRead.get(name) ?? index) <= index) live -= elements(name);
    }
  });
  return peak;
}

/** MACs that a router or the mixture of a kernel takes for one sample: one per weight that it reads. */
function mixingMacs(graph: Graph, node: Graph["nodes"][number]): number {
  const { routes, mixes } = definition(node);
  if (!routes && !mixes) return 0;
  return node.inputs.reduce((sum, input) => sum + elementCount(graph.constants.get(input)?.shape ?? [0]), 0);
}

function texts(shape: Shape): readonly (number | string)[] {
  return shape.map((dim) => (typeof dim === "number" ? dim : dimText(dim)));
}
