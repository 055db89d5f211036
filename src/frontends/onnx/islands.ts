/** Islands: connected nodes that smxc can read, with no way out of one and back into it. */
import type { GraphProto } from "../../onnx/graph/records.js";
import type { NodeReading } from "./graph-reading.js";
import type { ValueUses } from "./value-uses.js";

/** Positions of nodes in the graph, ascending. */
export type Island = readonly number[];

/**
 * The islands of a graph's nodes that are needed, by their first node. A node's level counts how often a way to it leaves what
 * is read and comes back; nodes of one level that touch make an island, so none of its values can come back to it through a
 * node outside.
 */
export function findIslands(graph: GraphProto, readings: readonly NodeReading[], uses: ValueUses): readonly Island[] {
  return connectedParts(graph, (index) => readings[index]?.kind === "read" && uses.needed.has(index), uses);
}

/** The same of any nodes. */
export function connectedParts(
  graph: GraphProto,
  isRead: (index: number) => boolean,
  uses: ValueUses,
): readonly Island[] {
  const levels = levelsOf(graph, isRead, uses);
  const parents = graph.node.map((_, index) => index);
  const root = (index: number): number => {
    let at = index;
    while (parents[at] !== at) at = parents[at] = parents[parents[at]!]!;
    return at;
  };
  for (const index of graph.node.keys()) {
    if (!isRead(index)) continue;
    for (const name of uses.reads[index]!) {
      const giver = uses.givenBy.get(name);
      if (giver === undefined || !isRead(giver) || levels[giver] !== levels[index]) continue;
      const [a, b] = [root(giver), root(index)];
      parents[Math.max(a, b)] = Math.min(a, b);
    }
  }
  const islands = new Map<number, number[]>();
  for (const index of graph.node.keys()) {
    if (!isRead(index)) continue;
    const members = islands.get(root(index));
    if (members === undefined) islands.set(root(index), [index]);
    else members.push(index);
  }
  return [...islands.values()];
}

interface Level {
  /** How often ways to the node left what is read and came back. */
  readonly returns: number;
  /** Whether one of the ways of most returns has a node on it that is read. */
  readonly left: boolean;
}

function levelsOf(graph: GraphProto, isRead: (index: number) => boolean, uses: ValueUses): readonly number[] {
  const levels: Level[] = graph.node.map(() => ({ returns: 0, left: false }));
  for (const index of graph.node.keys()) {
    let level: Level = { returns: 0, left: false };
    for (const name of uses.reads[index]!) {
      const giver = uses.givenBy.get(name);
      if (giver === undefined) continue;
      const from = levels[giver]!;
      const giverIsRead = isRead(giver);
      const left = giverIsRead || from.left;
      const next = isRead(index)
        ? { returns: from.returns + (!giverIsRead && from.left ? 1 : 0), left: false }
        : { returns: from.returns, left };
      if (next.returns > level.returns) level = next;
      else if (next.returns === level.returns && next.left) level = next;
    }
    levels[index] = level;
  }
  return levels.map(({ returns }) => returns);
}
