/** A graph as a comparison sees it: tensors that are in the file are weights, whether initializers or Constant nodes. */
import type { FunctionProto, GraphProto, NodeProto } from "../graph/records.js";
import { type Attributes, attributesOf } from "./attributes.js";
import { denseWeight, sparseWeight, type Weight } from "./weight.js";

export interface GraphView {
  /** Without weights that are inputs too. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** Without those that hold a tensor only. */
  readonly nodes: readonly NodeProto[];
  readonly weights: ReadonlyMap<string, Weight>;
  /** Names of weights that are inputs too: who runs the graph may give others. */
  readonly overridable: readonly string[];
  readonly attributes: ReadonlyMap<NodeProto, Attributes>;
  /** Whether each node comes after those that it reads from, as ONNX demands. */
  readonly isOrdered: boolean;
}

export async function viewOfGraph(graph: GraphProto): Promise<GraphView> {
  const weights = new WeightsByName();
  for (const tensor of graph.initializer) weights.add(tensor.name, denseWeight(tensor));
  for (const sparse of graph.sparse_initializer) weights.add(sparse.values?.name, sparseWeight(sparse));
  const names = (list: GraphProto["input"]): string[] => list.map(({ name = "" }) => name);
  const [inputs, overridable]: [string[], string[]] = [[], []];
  for (const name of names(graph.input)) (weights.all.has(name) ? overridable : inputs).push(name);
  return view({ inputs, outputs: names(graph.output), overridable }, graph.node, weights);
}

export async function viewOfFunction({ input, output, node }: FunctionProto): Promise<GraphView> {
  return view({ inputs: input, outputs: output, overridable: [] }, node, new WeightsByName());
}

async function view(
  names: Pick<GraphView, "inputs" | "outputs" | "overridable">,
  all: readonly NodeProto[],
  weights: WeightsByName,
): Promise<GraphView> {
  const nodes: NodeProto[] = [];
  const attributes = new Map<NodeProto, Attributes>();
  for (const node of all) {
    const held = heldTensor(node);
    if (held !== null) {
      weights.add(node.output[0], held);
    } else {
      nodes.push(node);
      attributes.set(node, await attributesOf(node.attribute));
    }
  }
  return { ...names, nodes, weights: weights.all, attributes, isOrdered: isOrdered(all) };
}

function isOrdered(nodes: readonly NodeProto[]): boolean {
  const waiting = new Set(nodes.flatMap(({ output }) => output));
  waiting.delete("");
  return nodes.every(({ input, output }) => {
    const isReady = !input.some((name) => waiting.has(name));
    for (const name of output) waiting.delete(name);
    return isReady;
  });
}

class WeightsByName {
  readonly all = new Map<string, Weight>();
  private readonly repeats = new Map<string, number>();

  /** Several of one name, which no valid graph has, are all kept. */
  add(name = "", weight: Weight): void {
    const count = (this.repeats.get(name) ?? 0) + 1;
    this.repeats.set(name, count);
    this.all.set(count === 1 ? name : `${name} (${count})`, weight);
  }
}

const TENSOR = 4;

/** The tensor of a Constant that is nothing else. */
function heldTensor(node: NodeProto): Weight | null {
  const { op_type, domain, overload, attribute, input, output, device_configurations, unknown } = node;
  const isPlain = op_type === "Constant" && !domain && !overload && input.length === 0 && output.length === 1;
  const [held, ...more] = attribute;
  if (!isPlain || !output[0] || held === undefined || more.length > 0) return null;
  const isAlone = device_configurations.length === 0 && unknown.length === 0 && held.unknown.length === 0;
  const isTensor = held.name === "value" && held.type === TENSOR && !held.ref_attr_name;
  return isAlone && isTensor && held.t !== undefined ? denseWeight(held.t) : null;
}

export function operatorLabel({
  domain = "",
  op_type = "",
  overload = "",
}: Pick<NodeProto, "domain" | "op_type" | "overload">): string {
  return JSON.stringify([domain === "ai.onnx" ? "" : domain, op_type, overload]);
}
