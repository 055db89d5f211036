/** Multiply-accumulates of a node, by operator: as many as the definition asks for, whatever a runtime does. */
import type { Shape, TypeInfo } from "../infer/type-info.js";
import { plus, times as timesFigures } from "./figures.js";
import type { Site } from "./sites.js";

/** Null where a size is not known. */
type Work = (site: Site) => number | null;

function shapeOf(type: TypeInfo | null | undefined): Shape | null {
  return type?.kind === "tensor" ? type.shape : null;
}

/** The product of sizes; null where one is not known. */
function product(shape: Shape | null): number | null {
  if (shape === null) return null;
  let total = 1;
  for (const dim of shape) {
    if (typeof dim !== "number") return null;
    total = timesFigures(total, dim);
  }
  return total;
}

function times(a: number | null, b: number | null): number | null {
  return a === null || b === null ? null : timesFigures(a, b);
}

/** Every element of the result reads one filter: weights are [out, in / group, kernel...]. */
function convolution(weights: number): Work {
  return ({ inputs, outputs }) =>
    times(product(shapeOf(outputs[0])), product(shapeOf(inputs[weights])?.slice(1) ?? null));
}

/** Every element of the input meets one filter: weights are [in, out / group, kernel...]. */
const transposedConvolution: Work = ({ inputs }) =>
  times(product(shapeOf(inputs[0])), product(shapeOf(inputs[1])?.slice(1) ?? null));

/** Rows of the left input meet columns of the right one. */
const matrices: Work = ({ inputs, outputs }) => {
  const inner = shapeOf(inputs[0])?.at(-1);
  return times(product(shapeOf(outputs[0])), typeof inner === "number" ? inner : null);
};

const gemm: Work = ({ node, inputs, outputs }) => {
  const isTransposed = node.attribute.some(({ name, i }) => name === "transA" && Number(i ?? 0) !== 0);
  const inner = shapeOf(inputs[0])?.at(isTransposed ? 0 : 1);
  return times(product(shapeOf(outputs[0])), typeof inner === "number" ? inner : null);
};

/** One for each combination of subscripts. */
const einsum: Work = ({ node, inputs }) => {
  const bytes = node.attribute.find(({ name }) => name === "equation")?.s?.bytes;
  if (bytes == null) return null;
  const terms = new TextDecoder().decode(bytes).replaceAll(" ", "").split("->")[0]!.split(",");
  const sizes = new Map<string, number | string | null>();
  for (const [i, term] of terms.entries()) {
    const shape = shapeOf(inputs[i]);
    if (shape === null || shape.length !== term.length || /[^A-Za-z]/.test(term)) return null;
    for (const [axis, letter] of [...term].entries()) sizes.set(letter, shape[axis]!);
  }
  return terms.length < 2 ? 0 : product([...sizes.values()]);
};

/** Each step multiplies the input and the state; weights are [directions, gates · hidden, ...]. */
const recurrent: Work = ({ inputs }) => {
  const steps = product(shapeOf(inputs[0])?.slice(0, 2) ?? null);
  const [input, state] = [product(shapeOf(inputs[1])), product(shapeOf(inputs[2]))];
  return input === null || state === null ? null : times(steps, plus(input, state));
};

/** Queries [batch, heads, length, size] meet keys, and the result values. */
const attention: Work = ({ inputs, outputs }) => {
  const [query, key, output] = [shapeOf(inputs[0]), shapeOf(inputs[1]), shapeOf(outputs[0])];
  const length = key?.at(-2);
  const [asked, given] = [product(query), product(output)];
  return asked === null || given === null || typeof length !== "number" ? null : times(plus(asked, given), length);
};

const WORK: ReadonlyMap<string, Work> = new Map([
  ["Conv", convolution(1)],
  ["ConvInteger", convolution(1)],
  ["QLinearConv", convolution(3)],
  ["DeformConv", convolution(1)],
  ["ConvTranspose", transposedConvolution],
  ["MatMul", matrices],
  ["MatMulInteger", matrices],
  ["QLinearMatMul", matrices],
  ["Gemm", gemm],
  ["Einsum", einsum],
  ["RNN", recurrent],
  ["GRU", recurrent],
  ["LSTM", recurrent],
  ["Attention", attention],
]);

/** Multiply-accumulates of one run of the node itself; 0 for operators that have none, null where sizes are unknown. */
export function macsOf(site: Site): number | null {
  return WORK.get(site.schema?.domain === "" ? site.schema.name : "")?.(site) ?? (hasWork(site) ? null : 0);
}

/** Whether the node multiplies and accumulates. */
export function hasWork({ schema }: Site): boolean {
  return schema?.domain === "" && WORK.has(schema.name);
}
