/** Pairs the nodes of two graphs: by what they follow from and what follows from them, by neighbours, then by names. */
import type { NodeProto } from "../proto/records.js";
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
  /** Whether inputs and outputs are the same by position, as those of bodies are, or by name first. */
  readonly isBody: boolean;
  readonly content: Content;
}

export async function matchGraphs(a: GraphView, b: GraphView, setting: MatchSetting): Promise<GraphMatch> {
  const inputs = pairNames(a.inputs, b.inputs, setting.isBody);
  const outputs = pairNames(a.outputs, b.outputs, setting.isBody);
  const interner = new Interner();
  const entering = new Map([...setting.outer, ...inputs]);
  const own = signaturesOf(a, interner, (name) => entering.get(name) ?? name, outputs);
  const same = new Map(b.outputs.map((name) => [name, name]));
  const other = signaturesOf(b, interner, (name) => name, same);
  const matching = new Matching(new Side(a, own), new Side(b, other), outputs);
  await matching.run(setting.content);
  const values = new Map(entering);
  for (const { a: x, b: y } of matching.pairs()) {
    for (const [o, name] of x.output.entries()) if (name !== "" && y.output[o]) values.set(name, y.output[o]);
  }
  return { nodes: matching.pairs(), onlyA: matching.left("a"), onlyB: matching.left("b"), values };
}

/** By a's names, what they are called in b. */
function pairNames(a: readonly string[], b: readonly string[], byPosition: boolean): Map<string, string> {
  const taken = new Set<string>();
  const pairs = new Map<string, string>();
  if (!byPosition) for (const name of a) if (b.includes(name)) pairs.set(name, name);
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

/** How alike two nodes must be to be paired because their neighbours are. */
type Alike = (a: NodeProto, b: NodeProto) => boolean;

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
    const alike: Alike = (x, y) => this.a.signatures.get(x)!.label === this.b.signatures.get(y)!.label;
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
    const sameOperator: Alike = (x, y) => operatorLabel(x) === operatorLabel(y);
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
  private async pairByContent(key: (s: Signature) => string, content: Content, alike: Alike): Promise<void> {
    const grouped = (node: NodeProto, side: Side): string => key(side.signatures.get(node)!);
    const others = this.groups(this.b, grouped);
    for (const [text, nodes] of this.groups(this.a, grouped)) {
      const waiting = new Map<string, NodeProto[]>();
      for (const node of others.get(text) ?? []) {
        const found = await content(node, "b");
        if (found !== null) waiting.set(found, [...(waiting.get(found) ?? []), node]);
      }
      if (waiting.size === 0) continue;
      for (const node of nodes) {
        const found = await content(node, "a");
        const other = found === null ? undefined : waiting.get(found)?.find((each) => !this.taken.has(each));
        if (other !== undefined && !this.twin.has(node)) this.pair(node, other);
      }
      this.spread(alike);
    }
  }

  /** Where nothing tells nodes apart, their order does, one at a time: neighbours follow from each. */
  private pairInOrder(key: (s: Signature) => string, alike: Alike): void {
    const grouped = (node: NodeProto, side: Side): string => key(side.signatures.get(node)!);
    const others = this.groups(this.b, grouped);
    for (const [text, nodes] of this.groups(this.a, grouped)) {
      for (const node of nodes) {
        const other = others.get(text)?.find((each) => !this.taken.has(each));
        if (other === undefined || this.twin.has(node)) continue;
        this.pair(node, other);
        this.spread(alike);
      }
    }
  }

  private spreadAgain(alike: Alike): void {
    this.fresh.push(...this.pairs());
    this.spread(alike);
  }

  /** Pairs what new pairs read, and what reads them, as far as it is alike. */
  private spread(alike: Alike): void {
    for (let next = this.fresh.pop(); next !== undefined; next = this.fresh.pop()) {
      const { a, b } = next;
      for (const [i, name] of a.input.entries()) {
        const [x, y] = [this.a.maker.get(name), this.b.maker.get(b.input[i] ?? "")];
        if (x !== undefined && y !== undefined && x.output === y.output) this.tryPair(x.node, y.node, alike);
      }
      for (const [o, name] of a.output.entries()) {
        const readers = this.b.readers.get(b.output[o] ?? "") ?? [];
        for (const { node, input } of this.a.readers.get(name) ?? []) {
          if (this.twin.has(node)) continue;
          const fitting = readers.filter(
            (each) => this.isFree(each.node) && each.input === input && alike(node, each.node),
          );
          const rivals = (this.a.readers.get(name) ?? []).filter(
            (each) =>
              !this.twin.has(each.node) && each.input === input && fitting[0] && alike(each.node, fitting[0].node),
          );
          if (fitting.length === 1 && rivals.length === 1) this.pair(node, fitting[0]!.node);
        }
      }
    }
  }

  private isFree(b: NodeProto): boolean {
    return !this.taken.has(b);
  }

  private tryPair(a: NodeProto, b: NodeProto, alike: Alike): void {
    if (!this.twin.has(a) && this.isFree(b) && alike(a, b)) this.pair(a, b);
  }

  /** A node between the same neighbours as another one has been replaced by it. */
  private pairReplaced(): void {
    const replace = (was: string, is: string): void => {
      const [x, y] = [this.a.maker.get(was), this.b.maker.get(is)];
      if (x !== undefined && y !== undefined) this.tryPair(x.node, y.node, (p, q) => this.readsTheSame(p, q));
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
