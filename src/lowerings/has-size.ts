import { type Dim, type Shape, sameDim } from "../ir/dim.js";
import type { Graph } from "../ir/graph.js";
import { definition } from "../ir/infer.js";

/** Whether the last two axes of a picture's shape are a height and width. */
export function hasSize(shape: Shape, height: Dim, width: Dim): boolean {
  return shape.length >= 4 && sameDim(shape.at(-2)!, height) && sameDim(shape.at(-1)!, width);
}

/** Values that are there in the outermost graph before anything runs on a canvas, from which an open size can be read. */
export function sizedValues(graph: Graph): readonly string[] {
  const patches = graph.nodes.filter((node) => definition(node).batch === "splits");
  return [...graph.inputs, ...patches].map(({ name }) => name);
}
