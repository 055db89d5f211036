/** Pairs the nodes of two graphs: by what they follow from and what follows from them, by neighbours, then by names. */
import type { NodeProto } from "../graph/records.js";
import { type GraphView, operatorLabel } from "./graph-view.js";
import { Interner, type Signature, signaturesOf } from "./signatures.js";

export interface NodePair {
  readonly a: NodeProto;
  readonly b: NodeProto;
}

export interface GraphMatch {
  /** In the order of the first graph. */
  readonly nodes: readonly NodePair[];
  readonly onlyA: readonly NodeProto[];
  readonly onlyB: readonly NodeProto[];
  /** Names of a's values in b. */
  readonly values: ReadonlyMap<string, string>;
}

/** Tells weights of equal content; null where a node has none. Asked only where all else leaves a choice. */
export type Content = (node: NodeProto, side: "a" | "b") => Promise<string | null>;

export interface MatchSetting {
  /** Names of a's values in b that are seen from an enclosing graph. */
  readonly outer: ReadonlyMap<string, string>;
  /** Of a weight that the graph sees, what stands for its type and shape; null for other values. */
  readonly weight: (name: string, side: "a" | "b") => string | null;
  /** Whether inputs and outputs are the same by position, as those of bodies are, or by name first. */
  readonly isBody: boolean;
  readonly content: Content;
}

export async function matchGraphs(a: GraphView, b: GraphView, setting: MatchSetting): Promise<GraphMatch> {
  const inputs = pairNames(a.inputs, b.inputs, setting.isBody);
  const outputs = pairNames(a.outputs, b.outputs, setting.isBody);
  const interner = new Interner();
  const entering = new Map([...setting.outer, ...inputs]);
  const own = signaturesOf(a, interner, {
    weight: (name) => setting.weight(name, "a"),
    entering: (name) => entering.get(name) ?? name,
    leaving: outputs,
  });
  const other = signaturesOf(b, interner, {
    weight: (name) => setting.weight(name, "b"),
    entering: (name) => name,
    leaving: new Map(b.outputs.map((name) => [name, name])),
  });
  const matching = new Matching(new Side(a, own), new Side(b, other), outputs);
  await matching.run(setting.content);
  const values = new Map(entering);
  for (const { a: x, b: y } of matching.pairs()) {
    for (const [o, name] of x.output.entries()) if (name !== "" && y.output[o]) values.set(name, y.output[o]);
  }
  return { nodes: matching.pairs(), onlyA: matching.left("a"), onlyB: matching.left("b"), values };
}

/** By a's names, what they are called in b. */
export function pairNames(a: readonly string[], b: readonly string[], byPosition: boolean): Map<string, string> {
  const taken = new Set<string>();
  const pairs = new Map<string, string>();
  const others = new Set(b);
  if (!byPosition) for (const name of a) if (others.has(name)) pairs.set(name, name);
  for (const name of pairs.values()) taken.add(name);
  for (const [i, name] of a.entries()) {
    const twin = b[i];
    if (!pairs.has(name) && twin !== undefined && !taken.has(twin)) pairs.set(name, twin);
  }
  return pairs;
}

class Side {
  readonly maker = new Map<string, { readonly node: NodeProto; readonly output: number }>();
  readonly readers = new Map<string, { readonly node: NodeProto; readonly input: number }[]>();

  constructor(
    readonly view: GraphView,
    readonly signatures: ReadonlyMap<NodeProto, Signature>,
  ) {
    for (const node of view.nodes) {
      for (const [output, name] of node.output.entries()) if (name !== "") this.maker.set(name, { node, output });
      for (const [input, name] of node.input.entries()) {
        const known = this.readers.get(name);
        if (known === undefined) this.readers.set(name, [{ node, input }]);
        else known.push({ node, input });
      }
    }
  }
}

/** What two nodes must have in common to be paired because their neighbours are. */
type Kind = (node: NodeProto, side: Side) => string | number;

/** The nodes of a group, in order, that are not paired yet. */
class Waiting {
  private next = 0;

  constructor(
    private readonly nodes: readonly NodeProto[],
    private readonly isFree: (node: NodeProto) => boolean,
  ) {}

  first(): NodeProto | undefined {
    while (this.next < this.nodes.length && !this.isFree(this.nodes[this.next]!)) this.next++;
    return this.nodes[this.next];
  }
}

class Matching {
  private readonly twin = new Map<NodeProto, NodeProto>();
  private readonly taken = new Set<NodeProto>();
  /** Pairs whose neighbours are still to be looked at. */
  private readonly fresh: NodePair[] = [];

  constructor(
    private readonly a: Side,
    private readonly b: Side,
    /** By a's names, what outputs are called in b. */
    private readonly outputs: ReadonlyMap<string, string>,
  ) {}

  pairs(): readonly NodePair[] {
    return this.a.view.nodes.flatMap((a) => {
      const b = this.twin.get(a);
      return b === undefined ? [] : [{ a, b }];
    });
  }

  left(side: "a" | "b"): readonly NodeProto[] {
    return side === "a" ? this.leftOf(this.a) : this.leftOf(this.b);
  }

  async run(content: Content): Promise<void> {
    const alike: Kind = (node, side) => side.signatures.get(node)!.label;
    const whole = (s: Signature): string => `${s.before} ${s.after}`;
    for (const key of [whole, (s: Signature) => `${s.before}`, (s: Signature) => `${s.after}`]) {
      this.pairUnique((node, side) => key(side.signatures.get(node)!));
      this.spread(alike);
    }
    this.pairUnique((node, side) => `${side.signatures.get(node)!.label} ${nameOf(node)}`);
    this.spread(alike);
    await this.pairByContent(whole, content, alike);
    for (const key of [whole, (s: Signature) => `${s.before}`, (s: Signature) => `${s.after}`]) {
      this.pairInOrder(key, alike);
    }
    const sameOperator: Kind = (node) => operatorLabel(node);
    this.spreadAgain(sameOperator);
    this.pairUnique((node) => `${operatorLabel(node)} ${nameOf(node)}`);
    this.spread(sameOperator);
    this.pairReplaced();
  }

  private leftOf(side: Side): readonly NodeProto[] {
    return side.view.nodes.filter((node) => !(side === this.a ? this.twin.has(node) : this.taken.has(node)));
  }

  private pair(a: NodeProto, b: NodeProto): void {
    this.twin.set(a, b);
    this.taken.add(b);
    this.fresh.push({ a, b });
  }

  private groups(side: Side, key: (node: NodeProto, side: Side) => string): Map<string, NodeProto[]> {
    const groups = new Map<string, NodeProto[]>();
    for (const node of this.leftOf(side)) {
      const text = key(node, side);
      const group = groups.get(text);
      if (group === undefined) groups.set(text, [node]);
      else group.push(node);
    }
    return groups;
  }

  /** Pairs nodes of a key that one node has in each graph. */
  private pairUnique(key: (node: NodeProto, side: Side) => string): void {
    const others = this.groups(this.b, key);
    for (const [text, [node, ...more]] of this.groups(this.a, key)) {
      const [other, ...rest] = others.get(text) ?? [];
      if (other !== undefined && more.length === 0 && rest.length === 0) this.pair(node!, other);
    }
  }

  /** Among nodes that are alike in all else, those with the same weights belong together. */
  private async pairByContent(key: (s: Signature) => string, content: Content, alike: Kind): Promise<void> {
    const grouped = (node: NodeProto, side: Side): string => key(side.signatures.get(node)!);
    const others = this.groups(this.b, grouped);
    for (const [text, nodes] of this.groups(this.a, grouped)) {
      const found = new Map<string, NodeProto[]>();
      for (const node of others.get(text) ?? []) {
        const own = await content(node, "b");
        if (own === null) continue;
        const known = found.get(own);
        if (known === undefined) found.set(own, [node]);
        else known.push(node);
      }
      if (found.size === 0) continue;
      const waiting = new Map([...found].map(([own, list]) => [own, this.waiting(list)]));
      for (const node of nodes) {
        const own = await content(node, "a");
        const other = own === null ? undefined : waiting.get(own)?.first();
        if (other !== undefined && !this.twin.has(node)) this.pair(node, other);
      }
      this.spread(alike);
    }
  }

  /** Where nothing tells nodes apart, their order does, one at a time: neighbours follow from each. */
  private pairInOrder(key: (s: Signature) => string, alike: Kind): void {
    const grouped = (node: NodeProto, side: Side): string => key(side.signatures.get(node)!);
    const others = this.groups(this.b, grouped);
    for (const [text, nodes] of this.groups(this.a, grouped)) {
      const waiting = this.waiting(others.get(text) ?? []);
      for (const node of nodes) {
        const other = waiting.first();
        if (other === undefined || this.twin.has(node)) continue;
        this.pair(node, other);
        this.spread(alike);
      }
    }
  }

  private waiting(nodes: readonly NodeProto[]): Waiting {
    return new Waiting(nodes, (node) => this.isFree(node));
  }

  private spreadAgain(kind: Kind): void {
    for (const pair of this.pairs()) this.fresh.push(pair);
    this.spread(kind);
  }

  /** Pairs what new pairs read, and what reads them, as far as it is of one kind. */
  private spread(kind: Kind): void {
    for (let next = this.fresh.pop(); next !== undefined; next = this.fresh.pop()) {
      const { a, b } = next;
      for (const [i, name] of a.input.entries()) {
        const [x, y] = [this.a.maker.get(name), this.b.maker.get(b.input[i] ?? "")];
        if (x === undefined || y === undefined || x.output !== y.output) continue;
        if (kind(x.node, this.a) === kind(y.node, this.b)) this.tryPair(x.node, y.node);
      }
      for (const [o, name] of a.output.entries()) {
        if (name !== "" && b.output[o]) this.pairReaders(name, b.output[o], kind);
      }
    }
  }

  /** Pairs those that read a value at the same input, and are the only ones of their kind that do. */
  private pairReaders(was: string, is: string, kind: Kind): void {
    const groups = new Map<string, { readonly a: NodeProto[]; readonly b: NodeProto[] }>();
    for (const { node, input } of this.a.readers.get(was) ?? []) {
      if (this.twin.has(node)) continue;
      const key = `${input} ${kind(node, this.a)}`;
      const group = groups.get(key) ?? { a: [], b: [] };
      group.a.push(node);
      groups.set(key, group);
    }
    if (groups.size === 0) return;
    for (const { node, input } of this.b.readers.get(is) ?? []) {
      if (this.isFree(node)) groups.get(`${input} ${kind(node, this.b)}`)?.b.push(node);
    }
    for (const { a, b } of groups.values()) {
      const [x, y] = [a[0]!, b[0]];
      if (a.length === 1 && b.length === 1 && y !== undefined) this.tryPair(x, y);
    }
  }

  private isFree(b: NodeProto): boolean {
    return !this.taken.has(b);
  }

  private tryPair(a: NodeProto, b: NodeProto): void {
    if (!this.twin.has(a) && this.isFree(b)) this.pair(a, b);
  }

  /** A node between the same neighbours as another one has been replaced by it. */
  private pairReplaced(): void {
    const replace = (was: string, is: string): void => {
      const [x, y] = [this.a.maker.get(was), this.b.maker.get(is)];
      if (x !== undefined && y !== undefined && this.readsTheSame(x.node, y.node)) this.tryPair(x.node, y.node);
    };
    for (const [was, is] of this.outputs) replace(was, is);
    for (const { a, b } of this.pairs()) for (const [i, name] of a.input.entries()) replace(name, b.input[i] ?? "");
    this.fresh.length = 0;
  }

  private readsTheSame(a: NodeProto, b: NodeProto): boolean {
    const [own, other] = [this.a.maker.get(a.input[0] ?? ""), this.b.maker.get(b.input[0] ?? "")];
    if (own === undefined || other === undefined) return own === other;
    return this.twin.get(own.node) === other.node;
  }
}

/** What people call the node. */
function nameOf({ name, output }: NodeProto): string {
  return name || (output.find((each) => each !== "") ?? "");
}
