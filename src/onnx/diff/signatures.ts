/** What nodes compute from, and what is computed from them, as numbers that are equal where these are alike. */
import type { NodeProto } from "../proto/records.js";
import { type GraphView, nodeLabel } from "./graph-view.js";

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

/**
 * @param entering what values from outside are called in both graphs: inputs, and names of graphs around
 * @param leaving what outputs are called in both graphs
 */
export function signaturesOf(
  view: GraphView,
  interner: Interner,
  entering: (name: string) => string,
  leaving: ReadonlyMap<string, string>,
): ReadonlyMap<NodeProto, Signature> {
  const labels = new Map(view.nodes.map((node) => [node, interner.number(`label ${nodeLabel(node, view.weights)}`)]));
  const values = new Map<string, string>();
  const before = new Map<NodeProto, number>();
  for (const node of view.nodes) {
    const read = node.input.map((name) =>
      name === "" || view.weights.has(name) ? "" : (values.get(name) ?? `from ${entering(name)}`),
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
    const read = node.output.map((name) => (uses.get(name) ?? []).sort());
    const number = interner.number(`after ${labels.get(node)} ${JSON.stringify(read)}`);
    after.set(node, number);
    for (const [i, name] of node.input.entries()) use(name, `${number}:${i}`);
  }
  return new Map(
    view.nodes.map((node) => [node, { label: labels.get(node)!, before: before.get(node)!, after: after.get(node)! }]),
  );
}
