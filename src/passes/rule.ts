/** Rewrites of single nodes, as values: what is looked for, when it is left alone, and what takes its place. */
import type { Shape } from "../ir/dim.js";
import { consumers, type Graph, type Node, type NodeOf } from "../ir/graph.js";
import { inferShapes } from "../ir/infer.js";
import type { OpName } from "../ir/ops/index.js";
import type { LazyTensor } from "../tensors/tensor.js";
import type { Decline, Pass, PassReport } from "./pass.js";

/** A graph with what rules ask about it, worked out when it is first asked for. */
export class GraphView {
  readonly graph: Graph;
  private knownShapes: ReadonlyMap<string, Shape> | undefined;
  private knownReaders: ReadonlyMap<string, readonly Node[]> | undefined;
  private knownProducers: ReadonlyMap<string, Node> | undefined;
  private knownShown: ReadonlySet<string> | undefined;

  constructor(graph: Graph) {
    this.graph = graph;
  }

  shape(value: string): Shape {
    this.knownShapes ??= inferShapes(this.graph);
    return this.knownShapes.get(value)!;
  }

  readers(value: string): readonly Node[] {
    this.knownReaders ??= consumers(this.graph);
    return this.knownReaders.get(value) ?? [];
  }

  producer(value: string): Node | undefined {
    this.knownProducers ??= new Map(this.graph.nodes.map((node) => [node.name, node]));
    return this.knownProducers.get(value);
  }

  /** Whether the value is an output of the graph. */
  isShown(value: string): boolean {
    this.knownShown ??= new Set(this.graph.outputs.map((output) => output.value));
    return this.knownShown.has(value);
  }

  constant(value: string): LazyTensor | undefined {
    return this.graph.constants.get(value);
  }
}

/** What a rewrite changes. */
export interface Edit {
  /** What takes the place of nodes, by their name; nodes of that name or others, in order; none: the node goes. */
  readonly nodes?: ReadonlyMap<string, readonly Node[]>;
  /** New constants; one may take the name of a node that goes. */
  readonly constants?: ReadonlyMap<string, LazyTensor>;
  /** Nodes that go, or make place for those of `nodes`: whatever reads one of them reads another value instead. */
  readonly bypass?: ReadonlyMap<string, string>;
}

export interface Rule<Op extends OpName, Match> {
  /** A verb phrase in kebab-case. */
  readonly name: string;
  /** What the graph gains. */
  readonly why: string;
  /** The operators that the rule looks at. */
  readonly at: readonly Op[];
  /** What the rule finds at a node; undefined where there is nothing of its kind. */
  match(node: NodeOf<Op>, view: GraphView): Match | undefined;
  /** Why a match is left as it is; undefined where it is rewritten. */
  check(match: Match, view: GraphView): Decline | undefined;
  rewrite(match: Match, view: GraphView): Edit;
}

/** The pass that applies a rule to every node of the graph, in order, once. */
export function passOf<Op extends OpName, Match>(rule: Rule<Op, Match>): Pass {
  const { name, why } = rule;
  return { name, why, run: (graph, report) => applyRule(rule, graph, report) };
}

function applyRule<Op extends OpName, Match>(rule: Rule<Op, Match>, graph: Graph, report: PassReport): Graph {
  const looksAt: ReadonlySet<OpName> = new Set(rule.at);
  const candidates = graph.nodes.filter((node): node is NodeOf<Op> => looksAt.has(node.op));
  let view = new GraphView(graph);
  for (const { name } of candidates) {
    const node = view.producer(name);
    if (node === undefined) continue;
    const match = rule.match(node as NodeOf<Op>, view);
    if (match === undefined) continue;
    const decline = rule.check(match, view);
    report({ pass: rule.name, node: name, ...decline });
    if (decline === undefined) view = new GraphView(edited(view.graph, rule.rewrite(match, view)));
  }
  return view.graph;
}

function edited(graph: Graph, { nodes = new Map(), constants = new Map(), bypass = new Map() }: Edit): Graph {
  const final = (name: string): string => {
    const next = bypass.get(name);
    return next === undefined ? name : final(next);
  };
  const redirected = (node: Node): Node =>
    node.inputs.some((input) => bypass.has(input)) ? { ...node, inputs: node.inputs.map(final) } : node;
  return {
    ...graph,
    constants: constants.size === 0 ? graph.constants : new Map([...graph.constants, ...constants]),
    nodes: graph.nodes.flatMap((node) => nodes.get(node.name) ?? (bypass.has(node.name) ? [] : [node])).map(redirected),
    outputs: graph.outputs.map((output) => ({ ...output, value: final(output.value) })),
  };
}
