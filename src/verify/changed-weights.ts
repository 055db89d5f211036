/** Compares the weights of a graph with those of a fresh compile of the same document, to name the layer they are in. */
import type { OnnxGraph, OnnxModel } from "../onnx/model.js";
import type { GraphProto, TensorProto } from "../onnx/proto/records.js";
import { graphsIn } from "../onnx/signature.js";
import { decodeFloats } from "../weights/decode-floats.js";
import { compareValues } from "./compare.js";
import { TOLERANCES } from "./tolerances.js";

/** An initializer whose values are not those of a fresh compile. */
export interface ChangedWeight {
  readonly initializer: string;
  /** Name of the first node that reads it; it begins with the layer's name. */
  readonly node: string;
  readonly maxError: number;
}

/** Reads a tensor's raw bytes, from the file or its external data. */
export type ReadRaw = (tensor: TensorProto) => Promise<Uint8Array | undefined>;

/** The changed initializers of the main graph and of all graphs inside it, in the order of the nodes that read them. */
export async function changedWeights(
  fresh: OnnxModel,
  graph: GraphProto,
  readRaw: ReadRaw,
): Promise<readonly ChangedWeight[]> {
  const found: ChangedWeight[] = [];
  const stored = new Map(
    graphsIn(graph).flatMap((each) => each.initializer.map((tensor) => [tensor.name ?? "", tensor] as const)),
  );
  for (const each of onnxGraphsOf(fresh.graph)) {
    const readers = new Map<string, string>();
    for (const node of each.node)
      for (const input of node.input) if (!readers.has(input)) readers.set(input, node.name);
    for (const initializer of each.initializer) {
      const tensor = stored.get(initializer.name);
      if (!tensor || initializer.data_type !== "FLOAT") continue;
      const bytes = await readRaw(tensor);
      if (!bytes) continue;
      const { passed, maxError } = compareValues(await initializer.data.read(), decodeFloats(bytes, "float32"), {
        absolute: 0,
        relative: TOLERANCES.beta,
      });
      if (!passed)
        found.push({
          initializer: initializer.name,
          node: readers.get(initializer.name) ?? initializer.name,
          maxError,
        });
    }
  }
  return found;
}

function onnxGraphsOf(graph: OnnxGraph): readonly OnnxGraph[] {
  const inner = graph.node.flatMap((node) =>
    Object.values(node.attribute).flatMap((a) => (a.type === "GRAPH" ? onnxGraphsOf(a.value) : [])),
  );
  return [graph, ...inner];
}
