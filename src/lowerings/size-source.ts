/** Where open heights and widths come from: axes of values that are there before anything runs on a canvas. */
import { type Dim, dimText, type Shape, type Term } from "../ir/dim.js";
import type { Graph } from "../ir/graph.js";
import { definition } from "../ir/infer.js";

export interface SizeSource {
  /** A value of the outermost graph. */
  readonly name: string;
  readonly axis: number;
  /** What the axis is to be divided by, exactly. */
  readonly divisor: number;
}

/** By the text of an open size, or of its only symbol: where it is the height or width of an input, or of the patches of one. */
export function sizeSources(graph: Graph, shapes: ReadonlyMap<string, Shape>): ReadonlyMap<string, SizeSource> {
  const patches = graph.nodes.filter((node) => definition(node).batch === "splits");
  const sources = new Map<string, SizeSource>();
  const add = (size: string, source: SizeSource): void => {
    if (!sources.has(size)) sources.set(size, source);
  };
  for (const { name } of [...graph.inputs, ...patches]) {
    const shape = shapes.get(name)!;
    if (shape.length < 4) continue;
    for (const axis of [shape.length - 2, shape.length - 1]) {
      const dim = shape[axis]!;
      if (typeof dim === "number") continue;
      add(dimText(dim), { name, axis, divisor: 1 });
      const [{ atom, coefficient }, ...others] = dim.terms as readonly [Term, ...Term[]];
      if (others.length === 0 && dim.constant === 0) add(atom, { name, axis, divisor: coefficient });
    }
  }
  return sources;
}

/** Whether a size is a number, or can be computed of these. */
export function isComputable(dim: Dim, sources: ReadonlyMap<string, unknown>): boolean {
  if (typeof dim === "number" || sources.has(dimText(dim))) return true;
  return dim.terms.every(
    ({ atom, quotient }) => sources.has(atom) || (quotient !== undefined && isComputable(quotient.of, sources)),
  );
}
