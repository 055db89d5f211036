import { type Dim, type Shape, sameDim } from "../ir/dim.js";
import type { Graph } from "../ir/graph.js";
import { definition } from "../ir/infer.js";

/**
 * A value with such a height and width from which they can be read where they are open: it is there in the outermost graph
 * before anything runs on a canvas. Undefined when there is none.
 */
export function sourceOfSize(
  graph: Graph,
  shapes: ReadonlyMap<string, Shape>,
  height: Dim,
  width: Dim,
): string | undefined {
  const patches = graph.nodes.filter((node) => definition(node).batch === "splits");
  return [...graph.inputs, ...patches]
    .map(({ name }) => name)
    .find((name) => {
      const shape = shapes.get(name)!;
      return shape.length >= 4 && sameDim(shape.at(-2)!, height) && sameDim(shape.at(-1)!, width);
    });
}
