/** Integer vectors and scalars that hold sizes, followed from Shape through the arithmetic that exporters do on them. */
import type { AttributeProto, NodeProto } from "../proto/records.js";
import { multiplyDims } from "./arithmetic.js";
import type { Dim, Shape, TypeInfo } from "./type-info.js";

export interface SizeSource {
  type(name: string): TypeInfo | null;
  /** The sizes that a value holds; null where they are not known. */
  sizes(name: string): Shape | null;
}

/** More are not shapes, and would only cost time. */
const MOST_SIZES = 1024;

type Step = (node: NodeProto, source: SizeSource) => Shape | null;

function attribute(node: NodeProto, name: string): AttributeProto | undefined {
  return node.attribute.find((a) => a.name === name);
}

function int(node: NodeProto, name: string, otherwise: number): number {
  const given = attribute(node, name);
  return given === undefined ? otherwise : Number(given.i ?? 0);
}

function input(node: NodeProto, i: number, source: SizeSource): Shape | null {
  const name = node.input[i];
  return name ? source.sizes(name) : null;
}

const shape: Step = (node, source) => {
  const type = source.type(node.input[0] ?? "");
  if (type?.kind !== "tensor" || type.shape === null) return null;
  const rank = type.shape.length;
  const at = (index: number) => Math.min(Math.max(index < 0 ? index + rank : index, 0), rank);
  return type.shape.slice(at(int(node, "start", 0)), at(int(node, "end", rank)));
};

const same: Step = (node, source) => input(node, 0, source);

const gather: Step = (node, source) => {
  const [data, indices] = [input(node, 0, source), input(node, 1, source)];
  if (data === null || indices === null || int(node, "axis", 0) !== 0) return null;
  const picked = indices.map((i) => (typeof i === "number" ? data[i < 0 ? i + data.length : i] : undefined));
  return picked.every((dim) => dim !== undefined) ? picked : null;
};

const concat: Step = (node, source) => {
  const sizes: Dim[] = [];
  for (const i of node.input.keys()) {
    const part = input(node, i, source);
    if (part === null || sizes.length > MOST_SIZES) return null;
    for (const size of part) sizes.push(size);
  }
  return sizes;
};

const slice: Step = (node, source) => {
  const [data, starts, ends] = [0, 1, 2].map((i) => input(node, i, source));
  const [axes, steps] = [3, 4].map((i) => (node.input[i] ? input(node, i, source) : []));
  if (data == null || starts?.length !== 1 || ends?.length !== 1 || axes == null || steps == null) return null;
  const [from, to, axis, step] = [starts[0], ends[0], axes[0] ?? 0, steps[0] ?? 1];
  if (typeof from !== "number" || typeof to !== "number" || step !== 1 || (axis !== 0 && axis !== -1)) return null;
  return data.slice(from, to);
};

/** Both operands have one length, or one of them is a single size. */
function pairwise(combine: (a: Dim, b: Dim) => Dim): Step {
  return (node, source) => {
    const [a, b] = [input(node, 0, source), input(node, 1, source)];
    if (a === null || b === null || (a.length !== b.length && a.length !== 1 && b.length !== 1)) return null;
    const long = a.length >= b.length ? a : b;
    return long.map((_, i) => combine(a[a.length === 1 ? 0 : i]!, b[b.length === 1 ? 0 : i]!));
  };
}

function numbers(combine: (a: number, b: number) => number, neutral: number): Step {
  return pairwise((a, b) => {
    if (typeof a === "number" && typeof b === "number") return finite(combine(a, b));
    return b === neutral ? a : null;
  });
}

function finite(value: number): Dim {
  return Number.isSafeInteger(value) ? value : null;
}

const STEPS: ReadonlyMap<string, Step> = new Map([
  ["Shape", shape],
  ["Identity", same],
  ["Cast", same],
  ["Squeeze", same],
  ["Unsqueeze", same],
  ["Reshape", same],
  ["Gather", gather],
  ["Concat", concat],
  ["Slice", slice],
  ["Add", numbers((a, b) => a + b, 0)],
  ["Sub", numbers((a, b) => a - b, 0)],
  ["Div", numbers((a, b) => Math.trunc(a / b), 1)],
  ["Mul", pairwise((a, b) => (typeof a === "number" && typeof b === "number" ? finite(a * b) : multiplyDims(a, b)))],
]);

const INT64 = 7;

/** The sizes in the node's first output; null where it holds none, or they cannot be followed. */
export function propagateSizes(node: NodeProto, source: SizeSource): Shape | null {
  const step = node.domain ? undefined : STEPS.get(node.op_type ?? "");
  const output = source.type(node.output[0] ?? "");
  if (step === undefined || output?.kind !== "tensor" || output.elem !== INT64) return null;
  const sizes = step(node, source);
  return sizes !== null && sizes.length <= MOST_SIZES ? sizes : null;
}
