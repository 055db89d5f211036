/** Compares the weights of a graph with those of a fresh compile of the same document, to name the layer they are in. */

import type { EmittedNode } from "../onnx/graph/provenance.js";
import type { GraphProto, ModelWithGraph, TensorProto } from "../onnx/graph/records.js";
import { floatsOf } from "../onnx/read/floats-of.js";
import { graphsIn } from "../onnx/signature.js";
import { decodeFloats } from "../tensors/decode-floats.js";
import { compareValues } from "./compare.js";
import { STORED_TOLERANCES } from "./tolerances.js";

/** An initializer whose values are not those of a fresh compile. */
export interface ChangedWeight {
  readonly initializer: string;
  /** The layer of the first node that reads it. */
  readonly layer: string;
  readonly maxError: number;
}

export interface WeightComparison {
  /** In the order of the nodes that read them. */
  readonly changed: readonly ChangedWeight[];
  /** Every weight of the fresh compile has one of its name in the graph, with the same values. */
  readonly same: boolean;
}

/** A tensor's values as `raw_data` holds them, from the file or its external data. */
export type ReadTensor = (tensor: TensorProto) => Promise<Uint8Array>;

const FORMATS: ReadonlyMap<number | undefined, keyof typeof STORED_TOLERANCES> = new Map([
  [1, "float32"],
  [10, "float16"],
]);

/** Compares the initializers of the main graph and of all graphs inside it, as far as they have the same names. */
export async function compareWeights(
  fresh: ModelWithGraph,
  graph: GraphProto,
  read: ReadTensor,
): Promise<WeightComparison> {
  const changed: ChangedWeight[] = [];
  let same = true;
  const stored = new Map(
    graphsIn(graph).flatMap((each) => each.initializer.map((tensor) => [tensor.name ?? "", tensor] as const)),
  );
  const layers = readingLayers(fresh.graph);
  const order = [...layers.keys()];
  for (const initializer of graphsIn(fresh.graph).flatMap((each) => each.initializer)) {
    const expected = floatsOf(initializer);
    if (expected === null) continue;
    const { name = "" } = initializer;
    const tensor = stored.get(name);
    const format = FORMATS.get(tensor?.data_type);
    if (tensor === undefined || format === undefined) {
      same = false;
      continue;
    }
    const { maxError, limit } = compareValues(
      await expected.read(),
      decodeFloats(await read(tensor), format),
      STORED_TOLERANCES[format],
    );
    if (maxError <= limit) continue;
    same = false;
    changed.push({ initializer: name, layer: layers.get(name) ?? name, maxError });
  }
  changed.sort((a, b) => order.indexOf(a.initializer) - order.indexOf(b.initializer));
  return { changed, same };
}

/** The layer that first reads each value, in the order of reading; a node's bodies are read where the node stands. */
function readingLayers(graph: GraphProto, layers = new Map<string, string>()): ReadonlyMap<string, string> {
  const nodes: readonly EmittedNode[] = graph.node;
  for (const { name = "", input, origin, attribute } of nodes) {
    for (const each of input) if (!layers.has(each)) layers.set(each, origin ?? name);
    for (const { g } of attribute) if (g) readingLayers(g, layers);
  }
  return layers;
}
