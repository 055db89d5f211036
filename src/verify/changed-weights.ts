/** Compares the weights of a graph with those of a fresh compile of the same document, to name the layer they are in. */

import type { GraphProto, TensorProto } from "../onnx/graph/records.js";
import type { OnnxGraph, OnnxModel } from "../onnx/model.js";
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
export async function compareWeights(fresh: OnnxModel, graph: GraphProto, read: ReadTensor): Promise<WeightComparison> {
  const changed: ChangedWeight[] = [];
  let same = true;
  const stored = new Map(
    graphsIn(graph).flatMap((each) => each.initializer.map((tensor) => [tensor.name ?? "", tensor] as const)),
  );
  const layers = readingLayers(fresh.graph);
  const order = [...layers.keys()];
  for (const initializer of onnxGraphsOf(fresh.graph).flatMap((each) => each.initializer)) {
    if (initializer.data_type === "INT64") continue;
    const tensor = stored.get(initializer.name);
    const format = FORMATS.get(tensor?.data_type);
    if (tensor === undefined || format === undefined) {
      same = false;
      continue;
    }
    const { maxError, limit } = compareValues(
      await initializer.data.read(),
      decodeFloats(await read(tensor), format),
      STORED_TOLERANCES[format],
    );
    if (maxError <= limit) continue;
    same = false;
    const layer = layers.get(initializer.name) ?? initializer.name;
    changed.push({ initializer: initializer.name, layer, maxError });
  }
  changed.sort((a, b) => order.indexOf(a.initializer) - order.indexOf(b.initializer));
  return { changed, same };
}

/** The layer that first reads each value, in the order of reading; a node's bodies are read where the node stands. */
function readingLayers(graph: OnnxGraph, layers = new Map<string, string>()): ReadonlyMap<string, string> {
  for (const { name, input, origin, attribute } of graph.node) {
    for (const each of input) if (!layers.has(each)) layers.set(each, origin ?? name);
    for (const each of Object.values(attribute)) if (each.type === "GRAPH") readingLayers(each.value, layers);
  }
  return layers;
}

function onnxGraphsOf(graph: OnnxGraph): readonly OnnxGraph[] {
  const inner = graph.node.flatMap((node) =>
    Object.values(node.attribute).flatMap((a) => (a.type === "GRAPH" ? onnxGraphsOf(a.value) : [])),
  );
  return [graph, ...inner];
}
