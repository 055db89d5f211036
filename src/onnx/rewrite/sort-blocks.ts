/** An order in which every node follows those that it reads. */
import type { NodeProto } from "../graph/records.js";
import { namesRead } from "./names.js";

/** Nodes that stay together, and where they are wanted. */
export interface Block {
  readonly at: number;
  readonly nodes: readonly NodeProto[];
}

/**
 * The nodes of all blocks: a block comes as soon as all that it reads is there and all that is wanted before it, and can be
 * there, is. Nodes that were in order stay so. @throws RangeError where blocks read each other in a circle
 */
export function sortedBlocks(blocks: readonly Block[]): readonly NodeProto[] {
  const wanted = blocks.toSorted((a, b) => a.at - b.at);
  const givenBy = new Map<string, number>();
  for (const [index, { nodes }] of wanted.entries())
    for (const { output } of nodes) for (const name of output) if (name !== "") givenBy.set(name, index);
  const placed = new Set<number>();
  const sorted: NodeProto[] = [];
  // A way in is walked without recursion: graphs are deep.
  for (const start of wanted.keys()) {
    const path = [start];
    const open = new Set<number>();
    while (path.length > 0) {
      const at = path.at(-1)!;
      const next = placed.has(at) ? undefined : missing(wanted[at]!, givenBy, placed, at);
      if (next !== undefined) {
        open.add(at);
        if (open.has(next)) throw new RangeError("nodes read each other in a circle");
        path.push(next);
        continue;
      }
      path.pop();
      open.delete(at);
      if (placed.has(at)) continue;
      placed.add(at);
      sorted.push(...wanted[at]!.nodes);
    }
  }
  return sorted;
}

/** A block whose values are read and that is not placed yet. */
function missing(
  block: Block,
  givenBy: ReadonlyMap<string, number>,
  placed: ReadonlySet<number>,
  self: number,
): number | undefined {
  for (const node of block.nodes) {
    for (const name of namesRead(node)) {
      const giver = givenBy.get(name);
      if (giver !== undefined && giver !== self && !placed.has(giver)) return giver;
    }
  }
  return undefined;
}
