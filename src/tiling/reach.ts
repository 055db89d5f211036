/** How far a network looks: what a tile must have around it so that its result is that of the whole picture. */
import { SmxcError } from "../base/diagnostics.js";
import type { Graph } from "../ir/graph.js";
import { definition, inferShapes } from "../ir/infer.js";
import type { Reach } from "../ir/ops/operator.js";
import { notLocal } from "./errors.js";

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
    const reach = alike ? definition(node).reach?.(node.attributes, joined) : undefined;
    if (reach === undefined) found.set(node.origin.layer, node.op);
    // Later layers are judged as if this one could run on tiles.
    reaches.set(node.name, reach ?? joined);
  }
  if (found.size > 0) throw new SmxcError([...found].map(([layer, op]) => notLocal(layer, op)));
  return reaches;
}
