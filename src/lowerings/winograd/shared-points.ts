/**
 * Values that several layers of a canvas read, as those of dense blocks: the first takes them to the points, the others read them
 * there, so that each is transformed once, and the products of its channels are added to those of the others.
 */
import type { Shape } from "../../ir/dim.js";
import type { Graph, Node } from "../../ir/graph.js";
import { runsOnCanvas } from "./on-canvas.js";

/** A layer that can read its input value by value. */
export interface PointsReader {
  readonly name: string;
  /** What it reads. */
  readonly input: string;
}

/**
 * @param readers layers of one canvas, in the order of the graph
 * @returns for the names of layers: the values that each takes to the points for later ones too
 */
export function pointsToKeep(
  graph: Graph,
  shapes: ReadonlyMap<string, Shape>,
  readers: readonly PointsReader[],
): ReadonlyMap<string, ReadonlySet<string>> {
  const nodes = new Map(graph.nodes.map((node) => [node.name, node]));
  const read = readers.map(({ input }) => valuesSideBySide(input, nodes, shapes));
  const counts = new Map<string, number>();
  for (const value of read.flatMap((values) => [...new Set(values)])) counts.set(value, (counts.get(value) ?? 0) + 1);
  const kept = new Set<string>();
  return new Map(
    readers.map(({ name }, index) => {
      const first = read[index]!.filter((value) => counts.get(value)! > 1 && !kept.has(value));
      for (const value of first) kept.add(value);
      return [name, new Set(first)] as const;
    }),
  );
}

function valuesSideBySide(
  value: string,
  nodes: ReadonlyMap<string, Node>,
  shapes: ReadonlyMap<string, Shape>,
): readonly string[] {
  const node = nodes.get(value);
  return node?.op === "concat" && runsOnCanvas(node, shapes)
    ? node.inputs.flatMap((input) => valuesSideBySide(input, nodes, shapes))
    : [value];
}
