/** Small tensors of sizes, and of what a graph computes of sizes. */
import type { Dim, Shape } from "../../ir/dim.js";
import type { SmallTensor } from "../../onnx/infer/fold/small-tensor.js";

export type SizeType = "INT64" | "FLOAT" | "BOOL";

/** All of it is known when the graph is compiled; no part of the graph until a node reads it. */
export type KnownTensor = SmallTensor<number>;

/** A value in the graph. */
export interface OpenTensor {
  readonly value: string;
  readonly type: SizeType;
  readonly shape: Shape;
}

/** A single size is a vector of length one. */
export type SizeTensor = KnownTensor | OpenTensor;

const CODES: Readonly<Record<SizeType, number>> = { FLOAT: 1, INT64: 7, BOOL: 9 };
const TYPES = new Map(Object.entries(CODES).map(([type, code]) => [code, type as SizeType]));

export function codeOf(type: SizeType): number {
  return CODES[type];
}

export function isKnown(tensor: SizeTensor): tensor is KnownTensor {
  return "data" in tensor;
}

export function knownTensor(
  data: readonly number[],
  type: SizeType = "INT64",
  dims: readonly number[] = [data.length],
): KnownTensor {
  return { dataType: CODES[type], dims, data };
}

export function typeOf(tensor: SizeTensor): SizeType {
  return isKnown(tensor) ? TYPES.get(tensor.dataType)! : tensor.type;
}

export function shapeOf(tensor: SizeTensor): Shape {
  return isKnown(tensor) ? tensor.dims : tensor.shape;
}

/** The size as a number, where it is one. */
export function numberOf(tensor: SizeTensor): number | undefined {
  return isKnown(tensor) && tensor.data.length === 1 ? tensor.data[0] : undefined;
}

/** Of shapes that fit: an axis of size 1 takes the other's size. */
export function broadcastShape(a: Shape, b: Shape): Shape {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, i): Dim => {
    const [left, right] = [a[i - rank + a.length] ?? 1, b[i - rank + b.length] ?? 1];
    return left === 1 ? right : left;
  });
}
