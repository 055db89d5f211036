/** Integer arithmetic in ONNX nodes: what a graph of open sizes computes once per run. */
import { type Dim, symbol } from "../../ir/dim.js";
import type { AttributeValue, ElementType, GraphEmitter } from "../emitter.js";

const INT64 = 7;
const FLOAT = 1;

/** An int64 vector in the graph, and its length. */
export interface IntVector {
  readonly value: string;
  readonly length: Dim;
}

/** Emits nodes whose names begin with a prefix. Scalars are int64 vectors of length one. */
export class Integers {
  readonly e: GraphEmitter;
  private readonly prefix: string;

  constructor(e: GraphEmitter, prefix: string) {
    this.e = e;
    this.prefix = prefix;
  }

  op(
    op: string,
    inputs: readonly string[],
    shape: readonly Dim[],
    attributes: Readonly<Record<string, AttributeValue>> = {},
    type: ElementType = "INT64",
  ): string {
    return this.e.op(op, `${this.prefix}/${op.toLowerCase()}`, inputs, shape, attributes, type);
  }

  int(value: number): string {
    return this.e.ints([value]);
  }

  /** Size of one axis of a value. */
  sizeOf(value: string, axis: number): string {
    return this.op("Shape", [value], [1], { start: axis, end: axis + 1 });
  }

  binary(op: "Add" | "Sub" | "Mul" | "Div" | "Min" | "Max", a: string, b: string | number): string {
    return this.op(op, [a, typeof b === "number" ? this.int(b) : b], [1]);
  }

  /** The same arithmetic between a vector and a scalar. */
  each(op: "Add" | "Sub" | "Mul" | "Div" | "Min" | "Max", a: IntVector, b: string | number): IntVector {
    return { value: this.op(op, [a.value, typeof b === "number" ? this.int(b) : b], [a.length]), length: a.length };
  }

  /** 1 where a comparison holds, 0 elsewhere; `b` is a scalar or of the same length. */
  test(op: "Less" | "Equal" | "GreaterOrEqual", a: IntVector, b: string): IntVector {
    const holds = this.op(op, [a.value, b], [a.length], {}, "BOOL");
    return { value: this.op("Cast", [holds], [a.length], { to: INT64 }), length: a.length };
  }

  /** 0, 1, … below a scalar. */
  range(count: string, length: Dim): IntVector {
    const scalar = this.op("Squeeze", [count, this.int(0)], []);
    return { value: this.op("Range", [this.e.int(0), scalar, this.e.int(1)], [length]), length };
  }

  /** A vector of scalars, for Reshape and the like. */
  vector(items: readonly (string | number)[]): string {
    const parts = items.map((item) => (typeof item === "number" ? this.int(item) : item));
    return this.op("Concat", parts, [items.length], { axis: 0 });
  }

  float(input: string, shape: readonly Dim[]): string {
    return this.op("Cast", [input], shape, { to: FLOAT }, "FLOAT");
  }

  /** A size that only the graph knows, under a name of its own. */
  dim(name: string): Dim {
    return symbol(`${this.prefix}.${name}`);
  }
}
