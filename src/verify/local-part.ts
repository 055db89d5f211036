/** The part of a graph that looks at a part of the picture only: what is computed of the whole picture is held. */

import { SHAPE_READERS } from "../frontends/onnx/operator-families.js";
import { record, tensor } from "../onnx/graph/build.js";
import type { ModelWithGraph } from "../onnx/graph/records.js";
import { extract } from "../onnx/rewrite/extract.js";
import { namesRead } from "../onnx/rewrite/names.js";
import { littleEndian } from "../tensors/decode-floats.js";

/**
 * Values that have no height and width and are computed of the picture, such as gates and kernels, where they meet it; what
 * is computed of shapes alone, such as how many channels a half are, stays where it is.
 *
 * @param followed values whose shapes depend on the picture's
 * @param isFloat of a value by name
 * @returns undefined where such a value is no float, and cannot be held
 */
export function heldValues(
  { graph }: ModelWithGraph,
  followed: ReadonlySet<string>,
  isFloat: (name: string) => boolean,
): readonly string[] | undefined {
  const depends = new Set(followed);
  const ofShapes = new Set<string>();
  const held = new Set<string>();
  for (const node of graph.node) {
    const read = [...namesRead(node)].filter((name) => depends.has(name));
    if (read.length === 0) continue;
    const isOfShapes = SHAPE_READERS.has(node.op_type ?? "") || read.every((name) => ofShapes.has(name));
    for (const name of node.output) {
      depends.add(name);
      if (isOfShapes) ofShapes.add(name);
    }
    const meets = read.some((name) => followed.has(name)) && node.output.some((name) => followed.has(name));
    if (meets) for (const name of read) if (!followed.has(name)) held.add(name);
  }
  const names = [...held].filter((name) => isFloat(name) || !ofShapes.has(name));
  return names.every(isFloat) ? names : undefined;
}

/** What a value was. */
export interface HeldValue {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** The part as a model of its own, with what is held as constants. */
export function withHeld(
  model: ModelWithGraph,
  output: string,
  values: ReadonlyMap<string, HeldValue>,
): ModelWithGraph {
  const { graph } = model;
  const initializer = [...values].map(([name, { shape, data }]) => tensor(name, "FLOAT", shape, littleEndian(data)));
  const node = graph.node.filter((each) => !each.output.some((name) => values.has(name)));
  const held = { ...model, graph: { ...graph, node, initializer: [...graph.initializer, ...initializer] } };
  const shown = [...graph.output, ...graph.value_info].find(({ name }) => name === output);
  return extract(held, [shown ?? record("ValueInfoProto", { name: output })]) as ModelWithGraph;
}
