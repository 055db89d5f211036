/** Puts other nodes in the place of some of a graph's. */
import { freshName } from "../../base/fresh-name.js";
import type { GraphProto, NodeProto } from "../graph/records.js";
import { allNames, namesRead, renamed } from "./names.js";
import { sortedBlocks } from "./sort-blocks.js";

export interface Replacement {
  /** Positions of the nodes that go. */
  readonly nodes: readonly number[];
  /**
   * What takes their place: its inputs are values of the graph around, its outputs what the nodes gave to others. Its other
   * names may be any: those that are taken are changed.
   */
  readonly graph: GraphProto;
}

/**
 * The graph with the replacements in it. All other nodes stay as they are, and in their order as far as that can be;
 * initializers and Constant nodes that nobody reads any more go.
 */
export function splice(graph: GraphProto, replacements: readonly Replacement[]): GraphProto {
  const gone = new Set(replacements.flatMap(({ nodes }) => nodes.map((index) => graph.node[index]!)));
  const borders = replacements.map(({ graph: part }) => bordersOf(part));
  const left = withoutUnread(graph, gone, replacements);
  const taken = allNames(left);
  for (const name of borders.flat()) taken.add(name);
  const parts = replacements.map(({ graph: part }, index) => withFreshNames(part, borders[index]!, taken));
  const positions = new Map(graph.node.map((node, index) => [node, index]));
  const blocks = [
    ...left.node.map((node) => ({ at: positions.get(node)!, nodes: [node] })),
    ...replacements.map(({ nodes }, index) => ({ at: nodes[0]!, nodes: parts[index]!.node })),
  ];
  const node = sortedBlocks(blocks);
  const given = new Set(node.flatMap(({ output }) => output));
  const lost = new Set([...gone].flatMap(({ output }) => output).filter((name) => !given.has(name)));
  const declared = new Set([...graph.input, ...graph.output].map(({ name }) => name));
  const infos = parts.flatMap(({ value_info, output }) => [...value_info, ...output]);
  const kept = left.value_info.filter(({ name = "" }) => !lost.has(name));
  const keptNames = new Set(kept.map(({ name }) => name));
  return {
    ...left,
    node,
    initializer: [...left.initializer, ...parts.flatMap(({ initializer }) => initializer)],
    value_info: [...kept, ...infos.filter(({ name }) => !declared.has(name) && !keptNames.has(name))],
  };
}

/** Names that a part has in common with the graph around. */
function bordersOf({ input, output }: GraphProto): readonly string[] {
  return [...input, ...output].map(({ name = "" }) => name);
}

/** The graph without some nodes, and without what only they read and nothing in their place does. */
function withoutUnread(
  graph: GraphProto,
  gone: ReadonlySet<NodeProto>,
  replacements: readonly Replacement[],
): GraphProto {
  const readers = new Map<string, number>();
  const count = (name: string, by: number): number => {
    const next = (readers.get(name) ?? 0) + by;
    readers.set(name, next);
    return next;
  };
  for (const node of graph.node) for (const name of namesRead(node)) count(name, 1);
  const read = [...graph.output, ...graph.input, ...replacements.flatMap(({ graph: part }) => part.input)];
  for (const { name = "" } of read) count(name, 1);
  const givers = new Map(graph.node.flatMap((node) => node.output.map((name) => [name, node] as const)));
  const removed = new Set<NodeProto>();
  const unread = new Set<string>();
  const remove = (node: NodeProto): void => {
    removed.add(node);
    for (const name of namesRead(node)) if (count(name, -1) === 0) forget(name);
  };
  const forget = (name: string): void => {
    unread.add(name);
    const giver = givers.get(name);
    if (giver === undefined || removed.has(giver) || gone.has(giver)) return;
    if (giver.output.every((output) => output === "" || (readers.get(output) ?? 0) === 0)) remove(giver);
  };
  for (const node of gone) remove(node);
  return {
    ...graph,
    node: graph.node.filter((node) => !removed.has(node)),
    initializer: graph.initializer.filter(({ name = "" }) => !unread.has(name)),
    value_info: graph.value_info.filter(({ name = "" }) => {
      const giver = givers.get(name);
      return giver === undefined ? !unread.has(name) : !removed.has(giver) || gone.has(giver);
    }),
  };
}

/** The graph with names that are not taken, but for those of its borders; takes them. */
function withFreshNames(graph: GraphProto, borders: readonly string[], taken: Set<string>): GraphProto {
  const names = new Map(["", ...borders].map((name) => [name, name]));
  const nameOf = (name: string): string => {
    const known = names.get(name);
    if (known !== undefined) return known;
    const fresh = freshName(name, taken);
    names.set(name, fresh);
    return fresh;
  };
  return renamed(graph, nameOf);
}
