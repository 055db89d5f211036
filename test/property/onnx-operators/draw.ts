/** Random choices of a case, with what cases have in common. */
import fc, { type GeneratorValue } from "fast-check";
import type { AttributeValue } from "../../../src/onnx/graph/build.js";
import { type Input, opened } from "./node-case.js";

export const NEWEST_OPSET = 22;

export class Draw {
  private readonly g: GeneratorValue;

  constructor(g: GeneratorValue) {
    this.g = g;
  }

  int(min: number, max: number): number {
    return this.g(() => fc.integer({ min, max }));
  }

  pick<T>(options: readonly T[]): T {
    return options[this.int(0, options.length - 1)]!;
  }

  yes(): boolean {
    return this.int(0, 1) === 1;
  }

  /** From the one that has the operator. */
  opset(since = 7, until = NEWEST_OPSET): number {
    return this.int(Math.max(since, 7), until);
  }

  seed(): number {
    return this.int(0, 2 ** 20);
  }

  /** An input of the graph; half of them have sizes without numbers. */
  value(size: readonly number[], mayOpen = true): Input {
    return { kind: "value", size, ...(mayOpen && this.yes() ? { shape: opened(size) } : {}) };
  }

  pictureSize(channels = this.int(1, 4), least = 1): readonly [number, number, number, number] {
    return [this.int(1, 2), channels, this.int(least, 6), this.int(least, 6)];
  }

  picture(channels?: number, least?: number): Input {
    return this.value(this.pictureSize(channels, least));
  }

  /** A picture, a sequence or a vector. */
  anySize(): readonly number[] {
    return this.pictureSize().slice(0, this.int(2, 4));
  }
}

export const int = (value: number): AttributeValue => ({ i: value });
export const ints = (value: readonly number[]): AttributeValue => ({ ints: value });
export const float = (value: number): AttributeValue => ({ f: Math.fround(value) });
export const floats = (value: readonly number[]): AttributeValue => ({ floats: value });
export const text = (value: string): AttributeValue => ({ s: value });

export const constant = (size: readonly number[], data?: readonly number[]): Input => ({
  kind: "constant",
  size,
  ...(data === undefined ? {} : { data }),
});
export const integers = (data: readonly number[]): Input => ({ kind: "integers", data });
export const ABSENT: Input = { kind: "absent" };
