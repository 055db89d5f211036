/** Pairs the nodes and initializers of two graphs: by what they compute from, and by name where that is not enough. */
import type { GraphProto, NodeProto, TensorProto } from "../proto/records.js";
import { attributesOf } from "./attributes.js";

export interface NodePair {
  readonly a: NodeProto;
  readonly b: NodeProto;
}

export interface GraphMatch {
  readonly nodes: readonly NodePair[];
  readonly onlyA: readonly NodeProto[];
  readonly onlyB: readonly NodeProto[];
  /** Initializers that pairs of nodes read at the same input. */
  readonly weights: readonly { readonly a: TensorProto; readonly b: TensorProto }[];
  readonly weightsOnlyA: readonly TensorProto[];
  readonly weightsOnlyB: readonly TensorProto[];
  /** Names of a's values in b. */
  readonly values: ReadonlyMap<string, string>;
}

/** @param outer names of a's values in b that are seen from an enclosing graph */
export function matchGraphs(a: GraphProto, b: GraphProto, outer: ReadonlyMap<string, string>): GraphMatch {
  const values = new Map(outer);
  const weightsA = new Map(a.initializer.map((tensor) => [tensor.name ?? "", tensor]));
  const weightsB = new Map(b.initializer.map((tensor) => [tensor.name ?? "", tensor]));
  a.input.forEach((input, index) => {
    const twin = b.input.find((other) => other.name === input.name) ?? b.input[index];
    if (input.name !== undefined && twin?.name !== undefined) values.set(input.name, twin.name);
  });
  const waiting = new Candidates(b.node, (name) => weightsB.get(name));
  const pairs: NodePair[] = [];
  const onlyA: NodeProto[] = [];
  const weights = new Map<string, { readonly a: TensorProto; readonly b: TensorProto }>();
  for (const node of a.node) {
    const key = nodeKey(
      node,
      (name) => values.get(name) ?? name,
      (name) => weightsA.get(name),
    );
    const twin = waiting.take(node, key);
    if (!twin) {
      onlyA.push(node);
      continue;
    }
    pairs.push({ a: node, b: twin });
    node.output.forEach((output, index) => {
      const other = twin.output[index];
      if (output !== "" && other !== undefined) values.set(output, other);
    });
    node.input.forEach((input, index) => {
      const own = weightsA.get(input);
      const other = weightsB.get(twin.input[index] ?? "");
      if (own && other && !weights.has(input)) weights.set(input, { a: own, b: other });
    });
  }
  for (const [name, tensor] of weightsA) {
    const other = weightsB.get(name);
    if (!weights.has(name) && other) weights.set(name, { a: tensor, b: other });
  }
  const matchedB = new Set([...weights.values()].map(({ b: tensor }) => tensor));
  return {
    nodes: pairs,
    onlyA,
    onlyB: waiting.left(),
    weights: [...weights.values()],
    weightsOnlyA: a.initializer.filter((tensor) => !weights.has(tensor.name ?? "")),
    weightsOnlyB: b.initializer.filter((tensor) => !matchedB.has(tensor)),
    values,
  };
}

/** What a node computes from: operator, attributes, and its inputs; an initializer counts by its type and shape. */
function nodeKey(
  node: NodeProto,
  rename: (name: string) => string,
  weight: (name: string) => TensorProto | undefined,
): string {
  const inputs = node.input.map((name) => {
    const tensor = weight(name);
    return tensor ? `#${tensor.data_type}:${tensor.dims.join("x")}` : rename(name);
  });
  const attributes = [...attributesOf(node)].sort().map(([name, text]) => `${name}=${text}`);
  return JSON.stringify([node.domain ?? "", node.op_type, inputs, attributes]);
}

/** The nodes of b that have no twin yet. */
class Candidates {
  private readonly byKey = new Map<string, NodeProto[]>();
  private readonly byName = new Map<string, NodeProto>();
  private readonly free: Set<NodeProto>;

  constructor(nodes: readonly NodeProto[], weight: (name: string) => TensorProto | undefined) {
    this.free = new Set(nodes);
    for (const node of nodes) {
      const key = nodeKey(node, (name) => name, weight);
      this.byKey.set(key, [...(this.byKey.get(key) ?? []), node]);
      for (const output of node.output) if (output !== "") this.byName.set(output, node);
    }
  }

  /** The twin: same structure, of several the one of the same name; else the same name and operator. */
  take(node: NodeProto, key: string): NodeProto | undefined {
    const named = this.byName.get(node.output.find((output) => output !== "") ?? "");
    const alike = (this.byKey.get(key) ?? []).filter((candidate) => this.free.has(candidate));
    const sameName = named !== undefined && this.free.has(named) && named.op_type === node.op_type ? named : undefined;
    const twin = sameName !== undefined && (alike.length === 0 || alike.includes(sameName)) ? sameName : alike[0];
    if (twin) this.free.delete(twin);
    return twin;
  }

  left(): readonly NodeProto[] {
    return [...this.free];
  }
}
