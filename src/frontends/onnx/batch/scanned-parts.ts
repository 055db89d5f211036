/** Which nodes run sample by sample together. */
import type { GraphProto } from "../../../onnx/graph/records.js";
import { connectedParts, type Island } from "../islands.js";
import type { ValueUses } from "../value-uses.js";

/**
 * Connected nodes. Parts become one where a value that only such nodes can read leaves one for another, with all that lies
 * between their nodes, so that nothing leaves a part and returns.
 */
export function scannedParts(
  graph: GraphProto,
  apart: ReadonlySet<number>,
  inside: ReadonlySet<string>,
  uses: ValueUses,
): readonly Island[] {
  let parts = connectedParts(graph, (index) => apart.has(index), uses).map(
    (part): ReadonlySet<number> => new Set(part),
  );
  for (;;) {
    const crossing = firstCrossing(parts, inside, uses);
    if (crossing === undefined) break;
    let merged = closed(graph, new Set(crossing.flatMap((part) => [...part])), uses);
    for (let touched = touching(parts, merged); touched.length > 0; touched = touching(parts, merged)) {
      parts = parts.filter((part) => !touched.includes(part));
      merged = closed(graph, new Set([...merged, ...touched.flatMap((part) => [...part])]), uses);
    }
    parts = [...parts, merged];
  }
  return parts.map((part) => [...part].sort((a, b) => a - b)).sort((a, b) => a[0]! - b[0]!);
}

type Part = ReadonlySet<number>;

/** Parts that have nodes of a set. */
function touching(parts: readonly Part[], nodes: Part): readonly Part[] {
  return parts.filter((part) => [...part].some((index) => nodes.has(index)));
}

/** A part that gives a value of the inside, and another that reads it. */
function firstCrossing(
  parts: readonly Part[],
  inside: ReadonlySet<string>,
  uses: ValueUses,
): readonly Part[] | undefined {
  const partOf = new Map(parts.flatMap((part) => [...part].map((index) => [index, part] as const)));
  for (const name of inside) {
    const giver = partOf.get(uses.givenBy.get(name) ?? -1);
    for (const index of uses.readBy.get(name) ?? []) {
      const reader = partOf.get(index);
      if (giver !== undefined && reader !== undefined && giver !== reader) return [giver, reader];
    }
  }
  return undefined;
}

/** A set with all nodes on ways from one of its nodes to another. */
function closed(graph: GraphProto, part: Part, uses: ValueUses): Part {
  const behind = new Set(part);
  const giversOf = (index: number): readonly number[] =>
    [...uses.reads[index]!].map((name) => uses.givenBy.get(name) ?? -1);
  for (const index of graph.node.keys()) if (giversOf(index).some((giver) => behind.has(giver))) behind.add(index);
  const before = new Set(part);
  for (let index = graph.node.length - 1; index >= 0; index--)
    if (before.has(index)) for (const giver of giversOf(index)) before.add(giver);
  return new Set([...behind].filter((index) => before.has(index)));
}
