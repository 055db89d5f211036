/**
 * What rules about sizes compute with, so that each rule is stated once: for numbers, and for sizes of which some are known
 * only when a graph runs. Sizes are integers and not negative; a `Size` may also be many sizes that go through a rule at once.
 */
export interface Arithmetic<Size> {
  add(a: Size | number, b: Size | number): Size;
  sub(a: Size | number, b: Size | number): Size;
  mul(a: Size | number, b: Size | number): Size;
  /** Rounded down. */
  div(a: Size | number, b: Size | number): Size;
  ceilDiv(a: Size | number, b: Size | number): Size;
  min(a: Size | number, b: Size | number): Size;
  max(a: Size | number, b: Size | number): Size;
  /** 1 where a ≥ b, 0 elsewhere. */
  atLeast(a: Size | number, b: Size | number): Size;
}

export const NUMBERS: Arithmetic<number> = {
  add: (a, b) => a + b,
  sub: (a, b) => a - b,
  mul: (a, b) => a * b,
  div: (a, b) => Math.floor(a / b),
  ceilDiv: (a, b) => Math.ceil(a / b),
  min: Math.min,
  max: Math.max,
  atLeast: (a, b) => Number(a >= b),
};
