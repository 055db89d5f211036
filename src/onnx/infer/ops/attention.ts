import { add, divide, multiply } from "../arithmetic.js";
import { refuse } from "../fault.js";
import type { NodeInference } from "../node-inference.js";
import type { Dim, Shape } from "../type-info.js";
import { alike, type OperatorTable } from "./operator.js";

const INPUTS = ["query", "key", "value"] as const;
const HEADS = ["q_num_heads", "kv_num_heads"] as const;

/** Outputs: Y, present key and value, and the product of queries and keys. Shapes as in AttentionPropagateElemType…. */
function attention(node: NodeInference): void {
  node.copyElem(0, 0);
  const window = node.int("local_window_size", -1);
  if (window !== -1 && window <= 0) refuse(`the local window has ${window} elements`);
  const [query, key, value] = INPUTS.map((name, i) => projected(node, i, name));
  if (query?.length === 3) for (const name of HEADS) heads(node, name);
  if (query?.length === 4 && node.version >= 25 && HEADS.some((name) => node.attribute(name) !== undefined)) {
    refuse("numbers of heads are given for a query of rank 4, which has them as its second dimension");
  }
  const whole = query && key !== undefined && value?.length === query.length ? attended(node, query, value) : null;
  if (whole !== null) node.setShape(0, whole.output);
  if (node.hasOutput(3)) {
    node.copyElem(0, 3);
    if (whole !== null) node.setShape(3, whole.product);
  }
  if (node.hasOutput(1) && node.hasOutput(2)) present(node, whole);
}

/** Null where the shape is not known. */
function projected(node: NodeInference, i: number, name: string): Shape | null {
  if (!node.knowsShape(i)) return null;
  const shape = node.denseShape(i);
  return shape.length === 3 || shape.length === 4 ? shape : refuse(`the ${name} is neither of rank 3 nor of rank 4`);
}

function heads(node: NodeInference, name: string): number {
  return node.attribute(name) === undefined ? refuse(`${name} is missing for a query of rank 3`) : node.int(name, 0);
}

interface Attended {
  readonly output: Shape;
  readonly product: Shape;
  /** Keys and values without those of the past. */
  readonly length: Dim;
}

function attended(node: NodeInference, query: Shape, value: Shape): Attended {
  const known = (dim: Dim | undefined): Dim => (typeof dim === "number" ? dim : null);
  if (query.length === 4) {
    const [batch, count, rows] = query as readonly [Dim, Dim, Dim];
    const length = known(value[2]);
    return { output: [batch, count, rows, value[3]!], product: [batch, count, rows, length], length };
  }
  const [batch, rows] = query as readonly [Dim, Dim];
  const [count, shared] = HEADS.map((name) => heads(node, name)) as [number, number];
  if (count <= 0 || shared <= 0) refuse(`there are ${count} heads of queries and ${shared} of keys`);
  const width = typeof value[2] === "number" ? multiply(divide(value[2], shared), count) : null;
  const length = known(value[1]);
  return { output: [batch, rows, width], product: [batch, count, rows, length], length };
}

/** Keys and values of the past, followed by those of this call. */
function present(node: NodeInference, whole: Attended | null): void {
  if (!node.hasInput(4) || !node.hasInput(5)) return;
  node.copyElem(4, 1);
  node.copyElem(5, 2);
  if (!node.knowsShape(4) || !node.knowsShape(5)) return;
  const [key, value] = [node.denseShape(4), node.denseShape(5)];
  if (key.length !== 4) refuse("the past key is not of rank 4");
  if (value.length !== 4) refuse("the past value is not of rank 4");
  const [length, past] = [whole?.length, key[2]];
  if (typeof length !== "number" || length <= 0 || typeof past !== "number") return;
  const total = add(length, past);
  for (const [o, shape] of [
    [1, key],
    [2, value],
  ] as const) {
    node.setShape(o, [shape[0]!, shape[1]!, total, shape[3]!]);
  }
  if (node.hasOutput(3)) node.setShape(3, [...whole!.product.slice(0, 3), total]);
}

function rotaryEmbedding(node: NodeInference): void {
  node.copyFirst();
  const rank = node.denseShape(0).length;
  if (rank !== 3 && rank !== 4) refuse("the input is neither of rank 3 nor of rank 4");
  if (rank === 3 && node.attribute("num_heads") === undefined) refuse("num_heads is missing for an input of rank 3");
}

export const ATTENTION: OperatorTable = {
  ...alike("Attention", 23, attention),
  ...alike("RotaryEmbedding", 23, rotaryEmbedding),
};
