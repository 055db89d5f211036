/** Cuts a graph into what runs on the whole batch at once and what runs sample by sample. */
import type { Shape } from "../ir/dim.js";
import type { Graph, Node } from "../ir/graph.js";
import { definition } from "../ir/infer.js";
import type { EmitOptions } from "./emitter.js";
import { TARGET_PROFILES } from "./targets.js";
import type { CanvasPlan } from "./winograd/plan.js";

export interface Segment {
  readonly kind: "plain" | "scan";
  readonly nodes: readonly Node[];
}

/** Lowerings that take the batch as it is. */
const BATCHED: ReadonlySet<string> = new Set(["grouped", "unfold", "windows", "experts"]);

/**
 * From the first mixed convolution, or the first on a canvas, to the last, a batch runs as a Scan over its samples, whose working set stays in
 * cache and whose kernels are those of a batch of one; convolutions outside keep constant kernels and fast paths.
 * Not where the batch is one, not in portable graphs, and not on providers on which control flow leaves the device. Values with a batch of one
 * among the samples' belong to all of them: they can only depend on each other, and are computed once, before.
 * Where pictures are cut into patches, or blended, another batch begins.
 */
export function segmentsOf(
  graph: Graph,
  shapes: ReadonlyMap<string, Shape>,
  plan: CanvasPlan,
  options: EmitOptions,
): readonly Segment[] {
  const { lowering, target, portable = false } = options;
  if (BATCHED.has(lowering) || portable || !TARGET_PROFILES[target].controlFlow) {
    return [{ kind: "plain", nodes: graph.nodes }];
  }
  return batchesOf(graph.nodes).flatMap((nodes) => segmentsOfBatch(nodes, shapes, plan));
}

/** The nodes of each batch size, in order: those up to the cutting, the patches', those from the blending on. */
function batchesOf(nodes: readonly Node[]): readonly (readonly Node[])[] {
  const starts = nodes.flatMap((node, index) => {
    const { batch } = definition(node);
    return batch === "splits" ? [index + 1] : batch === "joins" ? [index] : [];
  });
  return [0, ...starts].map((start, index) => nodes.slice(start, starts[index]));
}

function segmentsOfBatch(
  nodes: readonly Node[],
  shapes: ReadonlyMap<string, Shape>,
  plan: CanvasPlan,
): readonly Segment[] {
  const common = (node: Node): boolean => shapes.get(node.name)![0] === 1;
  const perSample = (node: Node): boolean =>
    definition(node).mixes === true || plan.layers.has(node.name) || plan.fused.has(node.name);
  const mixed = nodes.flatMap((node, index) => (perSample(node) && !common(node) ? [index] : []));
  if (mixed.length === 0) return nodes.length > 0 ? [{ kind: "plain", nodes }] : [];
  let first = mixed[0]!;
  while (first > 0 && definition(nodes[first - 1]!).routes) first--;
  const last = mixed.at(-1)!;
  const perSampleNodes = nodes.slice(first, last + 1);
  const segments: readonly Segment[] = [
    { kind: "plain", nodes: [...nodes.slice(0, first), ...perSampleNodes.filter(common)] },
    { kind: "scan", nodes: perSampleNodes.filter((node) => !common(node)) },
    { kind: "plain", nodes: nodes.slice(last + 1) },
  ];
  return segments.filter((segment) => segment.nodes.length > 0);
}

/** Some nodes as a graph of one sample: its inputs have a batch of one. */
export function sampleGraph(graph: Graph, nodes: readonly Node[], shapes: ReadonlyMap<string, Shape>): Graph {
  const inside = new Set(nodes.map((node) => node.name));
  const read = new Set(nodes.flatMap((node) => node.inputs));
  const inputs = [...read].filter((name) => !inside.has(name) && !graph.constants.has(name));
  const readOutside = new Set(graph.outputs.map((output) => output.value));
  for (const node of graph.nodes) if (!inside.has(node.name)) for (const input of node.inputs) readOutside.add(input);
  return {
    name: nodes[0]!.name,
    inputs: inputs.map((name) => ({ name, shape: [1, ...shapes.get(name)!.slice(1)] })),
    constants: new Map([...graph.constants].filter(([name]) => read.has(name))),
    nodes,
    outputs: nodes.filter((node) => readOutside.has(node.name)).map((node) => ({ name: node.name, value: node.name })),
    betas: [],
  };
}
