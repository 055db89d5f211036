/** Where values stop being finite: in the weights that a document names, or in a layer that computes with them. */
import type { Graph } from "../ir/graph.js";
import type { DenseTensor } from "../ir/ops/dense-tensor.js";
import { partsOf } from "../tensors/tensor.js";

/** The largest finite value of each element type. */
export const LARGEST_VALUES = { float32: (2 - 2 ** -23) * 2 ** 127, float16: 65504 } as const;

/** A tensor of which some values are NaN, infinite, or beyond float32. */
export interface NotFiniteWeight {
  readonly tensor: string;
  readonly count: number;
  /** The first layer that reads it. */
  readonly layer: string;
}

/** The tensors of a graph that hold values which float32 cannot, in the order of the layers that read them. */
export async function notFiniteWeights(graph: Graph): Promise<readonly NotFiniteWeight[]> {
  const readers = new Map<string, string>();
  for (const { inputs, origin } of graph.nodes)
    for (const input of inputs) if (graph.constants.has(input) && !readers.has(input)) readers.set(input, origin.layer);
  const found: NotFiniteWeight[] = [];
  for (const [tensor, layer] of readers) {
    let count = 0;
    for await (const values of partsOf(graph.constants.get(tensor)!))
      for (let i = 0; i < values.length; i++) if (!(Math.abs(values[i]!) <= LARGEST_VALUES.float32)) count++;
    if (count > 0) found.push({ tensor, count, layer });
  }
  return found;
}

/** A layer whose values are not finite, or more than an element type holds. */
export interface NotFiniteLayer {
  readonly layer: string;
  /** The first such value. */
  readonly value: number;
}

/** The first such layer in the graph's order, given the values of all its nodes. */
export function firstNotFinite(
  graph: Graph,
  values: ReadonlyMap<string, DenseTensor>,
  largest: number,
): NotFiniteLayer | undefined {
  for (const { name, origin } of graph.nodes) {
    const value = values.get(name)!.data.find((each) => !(Math.abs(each) <= largest));
    if (value !== undefined) return { layer: origin.layer, value };
  }
  return undefined;
}
