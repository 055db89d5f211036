/** What nodes compute from, and what is computed from them, as numbers that are equal where these are alike. */
import type { NodeProto } from "../graph/records.js";
import { type GraphView, operatorLabel } from "./graph-view.js";

/** Numbers texts; shared by the two graphs of a comparison. */
export class Interner {
  private readonly numbers = new Map<string, number>();

  number(text: string): number {
    const known = this.numbers.get(text);
    if (known !== undefined) return known;
    this.numbers.set(text, this.numbers.size);
    return this.numbers.size - 1;
  }
}

export interface Signature {
  readonly label: number;
  /** Of all that the node follows from. */
  readonly before: number;
  /** Of all that follows from the node. */
  readonly after: number;
}

/** What values from outside of a graph are called in both graphs. */
export interface Surroundings {
  /** Of a weight, of this graph or one around, what stands for its type and shape; null for other values. */
  weight(name: string): string | null;
  /** Of inputs, and values of graphs around. */
  entering(name: string): string;
  /** By name, of outputs. */
  readonly leaving: ReadonlyMap<string, string>;
}

export function signaturesOf(
  view: GraphView,
  interner: Interner,
  { weight, entering, leaving }: Surroundings,
): ReadonlyMap<NodeProto, Signature> {
  const weights = new Map<string, number | null>();
  const weightOf = (name: string): number | null => {
    if (name === "") return null;
    const known = weights.get(name);
    if (known !== undefined) return known;
    const label = weight(name);
    weights.set(name, label === null ? null : interner.number(`weight ${label}`));
    return weights.get(name)!;
  };
  /** What a node is by itself: operator, attributes, and the types and shapes of weights that it reads. */
  const labelOf = (node: NodeProto): number => {
    const attributes = [...view.attributes.get(node)!].map(([name, { content }]) => [name, content] as const);
    const read = node.input.map((name) => weightOf(name) ?? (name === "" ? "-" : "v"));
    const made = node.output.map((name) => name !== "");
    const named = attributes.sort(([a], [b]) => (a < b ? -1 : 1));
    return interner.number(`label ${JSON.stringify([operatorLabel(node), named, read, made])}`);
  };
  const labels = new Map(view.nodes.map((node) => [node, labelOf(node)]));
  const values = new Map<string, string>();
  const before = new Map<NodeProto, number>();
  for (const node of view.nodes) {
    const read = node.input.map((name) =>
      name === "" || weightOf(name) !== null ? "" : (values.get(name) ?? `from ${entering(name)}`),
    );
    const number = interner.number(`before ${labels.get(node)} ${JSON.stringify(read)}`);
    before.set(node, number);
    for (const [o, name] of node.output.entries()) if (name !== "") values.set(name, `${number}:${o}`);
  }
  const uses = new Map<string, string[]>();
  const use = (name: string, text: string): void => {
    const known = uses.get(name);
    if (known === undefined) uses.set(name, [text]);
    else known.push(text);
  };
  for (const [name, text] of leaving) use(name, `to ${text}`);
  const after = new Map<NodeProto, number>();
  for (const node of view.nodes.toReversed()) {
    const read = node.output.map((name) => (name === "" ? [] : (uses.get(name) ?? []).sort()));
    const number = interner.number(`after ${labels.get(node)} ${JSON.stringify(read)}`);
    after.set(node, number);
    for (const [i, name] of node.input.entries()) if (name !== "") use(name, `${number}:${i}`);
  }
  return new Map(
    view.nodes.map((node) => [node, { label: labels.get(node)!, before: before.get(node)!, after: after.get(node)! }]),
  );
}
