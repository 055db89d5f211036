/** A model document in the making: what it holds so far, and the sizes of everything. */

import type { ModelDocument } from "../../../src/frontends/document/document.js";
import { type Dim, type Shape, symbol } from "../../../src/ir/dim.js";
import { sizeOf } from "../../../src/ir/ops/dense-tensor.js";
import type { Tape } from "./tape.js";

export type Layer = ModelDocument["layers"][number];

/** Sizes as the document tells them, and as they are for the inputs that the model is run on. */
export interface Sizes {
  readonly shape: Shape;
  readonly size: readonly number[];
}

/** The result of an input or a layer. */
export interface Value extends Sizes {
  readonly name: string;
  /** Whether it is a router's hard choice. */
  readonly hard: boolean;
}

/** Values larger than this are not read on: the networks stay tiny. */
const LARGEST_VALUE = 6000;

/** How many of a draft's layers another layer was made for. */
export class Draft {
  readonly inputs: ModelDocument["inputs"] = [];
  readonly layers: Layer[] = [];
  /** Shapes of the tensors that the layers read, by name. */
  readonly tensors = new Map<string, readonly number[]>();
  readonly values: Value[] = [];
  private readonly read = new Set<string>();

  /** Adds a graph input; sizes that the document leaves open have a name. */
  input(name: string, declared: readonly (number | string)[], size: readonly number[]): Value {
    this.inputs.push({ name, dtype: "float32", shape: [...declared] });
    return this.define(name, { shape: declared.map((dim) => (typeof dim === "number" ? dim : symbol(dim))), size });
  }

  /** Adds a layer with the sizes of its result. */
  layer(layer: Layer, sizes: Sizes, reads: readonly Value[], hard = false): Value {
    this.layers.push(layer);
    for (const { name } of reads) this.read.add(name);
    return this.define(layer.name, sizes, hard);
  }

  private define(name: string, { shape, size }: Sizes, hard = false): Value {
    const value = { name, shape, size, hard };
    this.values.push(value);
    return value;
  }

  /** Names a tensor of a layer: usually its own, at times one that another layer reads. */
  tensor(tape: Tape, name: string, shape: readonly number[]): string {
    const alike = [...this.tensors].filter(([, other]) => other.join() === shape.join()).map(([other]) => other);
    if (alike.length > 0 && tape.chance(12)) return tape.pick(alike);
    this.tensors.set(name, shape);
    return name;
  }

  /** A name that no value has. Now and then it is one that the compiler could want for a value of its own. */
  fresh(tape: Tape): string {
    const plain = `l${this.layers.length}`;
    const last = this.layers.at(-1)?.name ?? "x";
    const suffixes = [
      "/kernel",
      "/mixed",
      ".input0",
      ".output0",
      ".demodulation",
      ".merged_weight",
      "/per_sample",
      ":nhwc",
    ];
    const wanted = tape.chance(10)
      ? tape.pick([...suffixes.map((suffix) => last + suffix), "const.1", "ints.0"])
      : plain;
    return this.values.some(({ name }) => name === wanted) ? plain : wanted;
  }

  /** Values of some ranks that are small enough to go on with, the latest first. */
  ofRank(...ranks: readonly number[]): readonly Value[] {
    return this.values.filter(({ size }) => ranks.includes(size.length) && sizeOf(size) <= LARGEST_VALUE).toReversed();
  }

  /** Values that nothing reads. */
  unread(): readonly string[] {
    return this.values.filter(({ name }) => !this.read.has(name)).map(({ name }) => name);
  }
}

/** The latest of some values more often than the others. */
export function pickValue(tape: Tape, values: readonly Value[]): Value | undefined {
  if (values.length === 0) return undefined;
  return tape.chance(3) ? tape.pick(values) : values[0];
}

/** Sizes changed by a law that holds for numbers and symbols alike. */
export function resized({ shape, size }: Sizes, law: (dims: Shape) => readonly Dim[]): Sizes {
  return { shape: law(shape), size: law(size) as readonly number[] };
}

/** Sizes with another number of channels. */
export function withChannels(value: Sizes, channels: number): Sizes {
  return resized(value, ([batch, , ...rest]) => [batch!, channels, ...rest]);
}

export function channelsOf({ size }: Sizes): number {
  return size[1]!;
}

export function divisorsOf(count: number): readonly [number, ...number[]] {
  return Array.from({ length: count }, (_, i) => i + 1).filter((d) => count % d === 0) as [number, ...number[]];
}
