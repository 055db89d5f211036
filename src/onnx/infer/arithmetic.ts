import { refuse } from "./fault.js";
import type { Dim, Shape } from "./type-info.js";

const INT64_LIMIT = 2 ** 63;

/** A result that fits into 64 bits; sizes above 2^53 are approximate, which only their limit asks about. */
function checked(value: number): number {
  if (value >= INT64_LIMIT || value < -INT64_LIMIT) refuse("a dimension overflows 64 bits");
  return value + 0;
}

export function add(a: number, b: number): number {
  return checked(a + b);
}

export function multiply(a: number, b: number): number {
  return checked(a * b);
}

/** Rounds towards zero, as C++ does. */
export function divide(a: number, b: number): number {
  if (b === 0) refuse("a dimension is divided by zero");
  return Math.trunc(a / b) + 0;
}

/** A size times a factor that need not be an integer, rounded down. */
export function scaled(size: number, factor: number): number {
  return checked(Math.floor(size * factor));
}

export function multiplyDims(a: Dim, b: Dim): Dim {
  if (typeof a === "number" && typeof b === "number") return multiply(a, b);
  if (a === 1) return b;
  return b === 1 ? a : null;
}

export function divideDim(a: Dim, b: number): Dim {
  if (typeof a === "number") return divide(a, b);
  return b === 1 ? a : null;
}

/** The product of some dimensions, 1 of none. */
export function productOf(dims: Shape): Dim {
  return dims.reduce<Dim>(multiplyDims, 1);
}

/** NumPy's broadcasting of several shapes (ONNX Broadcasting.md). */
export function broadcast(all: readonly Shape[]): Shape {
  const shapes = [...new Set(all)];
  const rank = shapes.reduce((most, shape) => Math.max(most, shape.length), 0);
  return Array.from({ length: rank }, (_, i) =>
    broadcastDims(shapes.filter((s) => i >= rank - s.length).map((s) => s[i - rank + s.length]!)),
  );
}

function broadcastDims(dims: readonly Dim[]): Dim {
  const sizes = [...new Set(dims.filter((dim) => typeof dim === "number" && dim !== 1))];
  if (sizes.length > 1) refuse(`dimensions of ${sizes.join(" and ")} cannot be broadcast to each other`);
  if (sizes.length === 1) return sizes[0]!;
  const symbols = new Set(dims.filter((dim) => typeof dim !== "number"));
  if (symbols.size === 0) return 1;
  return symbols.size === 1 ? [...symbols][0]! : null;
}
