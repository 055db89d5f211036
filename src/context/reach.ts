/** How far a network looks: what a tile must have around it so that its result is that of the whole picture. */
import { SmxcError } from "../diagnostics.js";
import type { Graph, Node } from "../ir/graph.js";
import { inferShapes } from "../ir/infer.js";
import type { OpName } from "../ir/ops/index.js";
import type { Window } from "../ir/ops/windows.js";
import { notLocal } from "./errors.js";

export interface Reach {
  /** Pixels of the value per pixel of the picture, along one side. */
  readonly scale: number;
  /** Pixels of the picture on each side that a pixel depends on. */
  readonly pixels: number;
}

/** What an operator does to the reach of the pictures that it reads; undefined when it cannot run on tiles. */
type Rule = (node: Node, reach: Reach) => Reach | undefined;

const same: Rule = (_, reach) => reach;

const windowed: Rule = (node, { scale, pixels }) => {
  const { kernel, stride, dilation, pads } = node.attributes as Window;
  const fits = ([0, 1] as const).every(
    (axis) => stride[axis] === 1 && pads[axis] + pads[axis + 2]! === dilation[axis] * (kernel[axis] - 1),
  );
  return fits ? { scale, pixels: pixels + Math.max(...pads) / scale } : undefined;
};

const RULES: { readonly [Op in OpName]?: Rule } = {
  activation: same,
  add: same,
  affine: same,
  channel_affine: same,
  channel_bias: same,
  channel_scale: same,
  concat: same,
  mul: same,
  prelu: same,
  conv: windowed,
  mix_conv: windowed,
  pixel_shuffle: (node, { scale, pixels }) => ({
    scale: scale * (node.attributes as { readonly scale: number }).scale,
    pixels,
  }),
};

/**
 * The reach of every picture of a graph, in pixels of the picture at scale 1.
 *
 * @param scales of the graph's inputs that are pictures; 1 where nothing is said
 * @throws SmxcError `context/not-local` naming each layer that needs more than a part of the picture
 */
export function reachOf(graph: Graph, scales: ReadonlyMap<string, number> = new Map()): ReadonlyMap<string, Reach> {
  const shapes = inferShapes(graph);
  const reaches = new Map<string, Reach>();
  for (const { name, shape } of graph.inputs) {
    if (shape.length === 4) reaches.set(name, { scale: scales.get(name) ?? 1, pixels: 0 });
  }
  const found = new Map<string, string>();
  for (const node of graph.nodes) {
    const pictures = node.inputs.map((input) => reaches.get(input)).filter((reach) => reach !== undefined);
    if (pictures.length === 0) continue;
    const scale = pictures[0]!.scale;
    const joined = { scale, pixels: Math.max(...pictures.map(({ pixels }) => pixels)) };
    const alike = pictures.every((reach) => reach.scale === scale) && shapes.get(node.name)!.length === 4;
    const reach = alike ? RULES[node.op]?.(node, joined) : undefined;
    if (reach === undefined) found.set(node.origin.layer, node.op);
    // Later layers are judged as if this one could run on tiles.
    reaches.set(node.name, reach ?? joined);
  }
  if (found.size > 0) throw new SmxcError([...found].map(([layer, op]) => notLocal(layer, op)));
  return reaches;
}
