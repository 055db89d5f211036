import type { Node, NodeOf } from "../ir/graph.js";
import type { RouteAttributes, RouterStage } from "../ir/ops/router.js";
import { reshaped } from "../tensors/derived.js";
import { elementCount, type LazyTensor } from "../tensors/tensor.js";
import { type GraphView, passOf, type Rule } from "./rule.js";

interface Match {
  /** What gives the weights. */
  readonly last: Node;
  readonly attributes: RouteAttributes;
  /** A picture or a vector. */
  readonly x: string;
  readonly tensors: readonly Weight[];
  /** What goes besides the last node, and the reshapes behind it. */
  readonly inner: readonly Node[];
  readonly behind: readonly Node[];
}

/** A constant of a linear stage; a kernel of one pixel is a matrix. */
interface Weight {
  readonly name: string;
  readonly matrix: LazyTensor | undefined;
}

const rule: Rule<"softmax" | "activation" | "one_hot", Match> = {
  name: "recognise-route",
  why: "a pooled feature map and linear layers that compute the weights of experts become a router, whose β can be shown, folded and fused",
  at: ["softmax", "activation", "one_hot"],
  match(node, view) {
    const found = node.op === "one_hot" ? weightsBefore(node, view) : weightsBehind(node, view);
    const chain = found && chainBefore(found.last.inputs[0]!, found.normalise, view);
    if (!found || !chain) return undefined;
    const { experts, cardinals, normalise } = found;
    const attributes = { experts, cardinals, stages: chain.stages, temperature: chain.temperature, normalise };
    return { ...found, attributes, x: chain.x, tensors: chain.tensors, inner: chain.nodes };
  },
  check: ({ last: { name } }, view) =>
    view.isShown(name) ? { declined: "other nodes read its weights in another shape", because: [name] } : undefined,
  rewrite({ last: { name, origin }, attributes, x, tensors, inner, behind }) {
    const matrices = tensors.flatMap(({ name: weight, matrix }) =>
      matrix === undefined ? [] : [[`${weight}/matrix`, matrix] as const],
    );
    const inputs = tensors.map(({ name: weight, matrix }) => (matrix === undefined ? weight : `${weight}/matrix`));
    return {
      nodes: new Map<string, readonly Node[]>([
        ...inner.map((node): [string, readonly Node[]] => [node.name, []]),
        [name, [{ op: "route", name, inputs: [x, ...inputs], attributes, origin }]],
      ]),
      constants: new Map(matrices),
      bypass: new Map(behind.map((node) => [node.name, name])),
    };
  },
};

export const recogniseRoute = passOf(rule);

interface Weights {
  readonly last: Node;
  readonly experts: number;
  readonly cardinals: number;
  readonly normalise: "softmax" | "sigmoid";
  readonly behind: readonly Node[];
}

/** The weights that a normalisation gives, as its readers have them: [experts, cardinals]. */
function weightsBehind(last: NodeOf<"softmax" | "activation">, view: GraphView): Weights | undefined {
  const behind = view.readers(last.name);
  const [first] = behind;
  if (first?.op !== "reshape" || !behind.every((node) => isWeights(node, first, view))) return undefined;
  const [experts, cardinals] = first.attributes.shape as readonly [number, number];
  if (!normalisesExperts(last, experts, cardinals, view)) return undefined;
  return { last, experts, cardinals, normalise: last.op === "softmax" ? "softmax" : "sigmoid", behind };
}

/** The scores that a hard choice reads: the largest are those of the largest softmax. */
function weightsBefore({ inputs }: NodeOf<"one_hot">, view: GraphView): Weights | undefined {
  const last = view.producer(inputs[0]!);
  if (last?.op !== "reshape" || last.attributes.shape.length !== 2) return undefined;
  if (view.readers(last.name).length !== 1) return undefined;
  const [experts, cardinals] = last.attributes.shape as readonly [number, number];
  return { last, experts, cardinals, normalise: "softmax", behind: [] };
}

/** Whether a node gives the same [experts, cardinals] as another, and only mixtures read it. */
function isWeights(node: Node, first: NodeOf<"reshape">, view: GraphView): boolean {
  if (node.op !== "reshape" || node.attributes.shape.join() !== first.attributes.shape.join()) return false;
  if (node.attributes.shape.length !== 2 || view.isShown(node.name)) return false;
  const readers = view.readers(node.name);
  return readers.length > 0 && readers.every(({ op, inputs }) => op === "mix_conv" && inputs[0] !== node.name);
}

/** Whether weights of experts are what a normalisation gives: it may be taken over no other axis. */
function normalisesExperts(
  last: NodeOf<"softmax" | "activation">,
  experts: number,
  cardinals: number,
  view: GraphView,
): boolean {
  if (last.op === "activation") return last.attributes.fn === "sigmoid" && experts > 1;
  const { axis } = last.attributes;
  const shape = view.shape(last.name);
  const blocks = shape
    .slice(axis + 1)
    .reduce((size: number, dim) => size * (typeof dim === "number" ? dim : Number.NaN), 1);
  return shape.slice(1, axis).every((size) => size === 1) && shape[axis] === experts && blocks === cardinals;
}

interface Chain {
  readonly x: string;
  readonly stages: readonly RouterStage[];
  readonly temperature: number;
  readonly tensors: readonly Weight[];
  readonly nodes: readonly Node[];
}

/** The stages between the pooled picture and the normalisation; each node is read once. */
function chainBefore(from: string, normalise: Weights["normalise"], view: GraphView): Chain | undefined {
  const stages: RouterStage[] = [];
  const tensors: Weight[] = [];
  const nodes: Node[] = [];
  let temperature = 1;
  for (let value = from; ; ) {
    const node = view.producer(value);
    const isOurs = node !== undefined && view.readers(value).length === 1 && !view.isShown(value);
    if (isOurs && node.op === "global_pool") {
      if (stages.length === 0) return undefined;
      return { x: node.inputs[0]!, stages, temperature, tensors, nodes: [...nodes, node] };
    }
    const found = isOurs ? stageOf(node, view) : undefined;
    if (isOurs && found !== undefined) {
      if (found.stage) stages.unshift(found.stage);
      tensors.unshift(...found.tensors);
    } else if (isOurs && node.op === "affine" && stages.length === 0 && isTemperature(node, normalise)) {
      temperature /= node.attributes.scale;
    } else {
      const [, , ...area] = view.shape(value);
      const isVector = area.length === 0 || (area.length === 2 && area.every((size) => size === 1));
      return isVector && stages.length > 0 ? { x: value, stages, temperature, tensors, nodes } : undefined;
    }
    nodes.push(node);
    value = node.inputs[0]!;
  }
}

function isTemperature({ attributes }: NodeOf<"affine">, normalise: Weights["normalise"]): boolean {
  return normalise === "softmax" && attributes.shift === 0 && attributes.scale > 0;
}

interface Stage {
  /** None for a node that only changes the shape. */
  readonly stage?: RouterStage;
  readonly tensors: readonly Weight[];
}

function stageOf(node: Node, view: GraphView): Stage | undefined {
  if (node.op === "reshape") return { tensors: [] };
  if (node.op === "activation") return { stage: { kind: "activation", activation: node.attributes }, tensors: [] };
  const isLinear = node.op === "linear" || (node.op === "conv" && isOfOnePixel(node, view));
  const tensors = node.inputs.slice(1).map((name) => ({ name, tensor: view.constant(name) }));
  if (!isLinear || tensors.some(({ tensor }) => tensor === undefined)) return undefined;
  return {
    stage: { kind: "linear", bias: tensors.length > 1 },
    tensors: tensors.map(({ name, tensor }) => ({ name, matrix: matrixOf(tensor!) })),
  };
}

function isOfOnePixel({ attributes, inputs }: NodeOf<"conv">, view: GraphView): boolean {
  const { kernel, groups, pads } = attributes;
  const [, , height, width] = view.shape(inputs[0]!);
  return height === 1 && width === 1 && kernel.join() === "1,1" && groups === 1 && pads.every((pad) => pad === 0);
}

function matrixOf(tensor: LazyTensor): LazyTensor | undefined {
  const [rows] = tensor.shape;
  return tensor.shape.length <= 2 ? undefined : reshaped(tensor, [rows!, elementCount(tensor.shape) / rows!]);
}
