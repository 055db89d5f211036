/** What a session takes while it runs a part of a network. */
import type { Graph, Node } from "../../ir/graph.js";
import { definition, inferShapes } from "../../ir/infer.js";
import { sizeOf } from "../../ir/ops/dense-tensor.js";

/** Bytes, of which some grow with the pixels that the part sees. */
export interface PartMemory {
  readonly constant: number;
  readonly perPixel: number;
}

const BYTES = Float32Array.BYTES_PER_ELEMENT;
/** The graph as bytes, the session's copy of its weights, and what it makes of them. */
const WEIGHT_COPIES = 3;
/** What ONNX Runtime's arena takes for what is asked of it: it grows in powers of two and keeps what it has. */
const ARENA = 1.5;

/**
 * The most that is held at once, value by value; a convolution holds its input and its result once more in the order that
 * its kernel wants.
 *
 * @param scales of every picture and map of the part
 */
export function partMemory(part: Graph, scales: ReadonlyMap<string, number>): PartMemory {
  const shapes = inferShapes(part);
  const sizeOfMap = (name: string): number => {
    const scale = scales.get(name);
    return scale === undefined ? 0 : BYTES * (shapes.get(name)![1] as number) * scale ** 2;
  };
  const outputs = new Set(part.outputs.map(({ value }) => value));
  const lastReader = new Map<string, Node>();
  for (const node of part.nodes) for (const input of node.inputs) lastReader.set(input, node);
  const fed = part.inputs.reduce((sum, { name }) => sum + sizeOfMap(name), 0);
  let live = 0;
  let most = 0;
  for (const node of part.nodes) {
    const made = sizeOfMap(node.name);
    const operands = [...new Set(node.inputs)];
    const reordered = definition(node).macs ? operands.reduce((sum, name) => sum + sizeOfMap(name), made) : 0;
    live += made;
    most = Math.max(most, live + reordered);
    const isInside = (name: string): boolean => !outputs.has(name) && !part.inputs.some((input) => input.name === name);
    for (const name of operands) if (lastReader.get(name) === node && isInside(name)) live -= sizeOfMap(name);
  }
  const given = part.outputs.reduce((sum, { value }) => sum + sizeOfMap(value), 0);
  const weights = [...part.constants.values()].reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  // The feeds of the next run are read meanwhile, and the results of the last are written.
  return { constant: BYTES * weights * WEIGHT_COPIES, perPixel: ARENA * most + 2 * fed + given };
}
