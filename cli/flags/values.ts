/** Parsers of option values. Each throws commander's InvalidArgumentError, whose text names the rule and the form. */
import { InvalidArgumentError } from "commander";
import { FORMAT_ENDINGS, type PictureEnding } from "../pictures/endings.js";
import type { Shard } from "../pictures/shard.js";

/** Dimensions are int64 in ONNX, but no tensor of more elements than this fits a machine. */
const LARGEST_DIMENSION = 2 ** 31 - 1;

/** A dimension that is a number, or known only when the graph runs. */
export type GraphDimension = number | "dynamic" | "keep";

export function filePath(text: string): string {
  if (text === "") throw new InvalidArgumentError("Expected the name of a file or folder, found an empty text.");
  return text;
}

export function name(text: string): string {
  if (text === "") throw new InvalidArgumentError("Expected a name, found an empty text.");
  return text;
}

/** A whole number from `min` to `max`, both included. */
export function integerFrom(min: number, max = LARGEST_DIMENSION): (text: string) => number {
  return (text) => {
    const value = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
    if (!(value >= min && value <= max)) {
      const range = max === LARGEST_DIMENSION ? `of at least ${min}` : `from ${min} to ${max}`;
      throw new InvalidArgumentError(`Expected a whole number ${range}.`);
    }
    return value;
  };
}

export const positiveInteger = integerFrom(1);

/** A finite decimal number of at least `min`. */
export function numberFrom(min: number): (text: string) => number {
  return (text) => {
    const value = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : Number.NaN;
    if (!(Number.isFinite(value) && value >= min)) {
      throw new InvalidArgumentError(`Expected a number of at least ${min}, such as 0.5 or 1e-5.`);
    }
    return value;
  };
}

export function graphDimension(text: string): GraphDimension {
  if (text === "dynamic" || text === "keep") return text;
  try {
    return positiveInteger(text);
  } catch {
    throw new InvalidArgumentError("Expected a whole number of at least 1, dynamic, or keep.");
  }
}

/** A count, or one of a few words. */
export function integerOr<const W extends string>(...words: readonly W[]): (text: string) => number | W {
  return (text) => {
    const word = words.find((candidate) => candidate === text);
    if (word !== undefined) return word;
    try {
      return positiveInteger(text);
    } catch {
      throw new InvalidArgumentError(`Expected a whole number of at least 1, or ${words.join(" or ")}.`);
    }
  };
}

/** `1x3x48x48`: positive dimensions, outermost first. */
export function shape(text: string): readonly number[] {
  const dims = text.split("x").map((part) => (/^\d{1,10}$/.test(part) ? Number(part) : Number.NaN));
  if (dims.length < 1 || dims.length > 8 || !dims.every((dim) => dim >= 1 && dim <= LARGEST_DIMENSION)) {
    throw new InvalidArgumentError(
      "Expected positive sizes with an x between them, such as 1x3x48x64 (N x C x H x W).",
    );
  }
  return dims;
}

/** No fleet has more parts than this. */
const MOST_SHARDS = 1_000_000;

/** `2/8`: the third of eight parts. */
export function shard(text: string): Shard {
  const [, index, count] = (/^(\d{1,7})\/(\d{1,7})$/.exec(text) ?? []).map(Number);
  if (index === undefined || count === undefined || index >= count || count > MOST_SHARDS) {
    throw new InvalidArgumentError("Expected a part and the number of parts; for eight parts: 0/8 to 7/8.");
  }
  return { index, count };
}

/** `key=value`, of which only the first `=` divides. */
export function keyValue(text: string): readonly [key: string, value: string] {
  const at = text.indexOf("=");
  if (at < 1) throw new InvalidArgumentError("Expected key=value, such as mean=0.5.");
  return [text.slice(0, at), text.slice(at + 1)];
}

export function pictureEnding(text: string): PictureEnding {
  const ending = FORMAT_ENDINGS.find((each) => each === text.toLowerCase().replace(/^\./, ""));
  if (ending === undefined) throw new InvalidArgumentError(`Expected one of ${FORMAT_ENDINGS.join(", ")}.`);
  return ending;
}

/** An operator set that is written, or the source's. */
export function opsetOrKeep(text: string): number | "keep" {
  if (text === "keep") return text;
  try {
    return integerFrom(17, 21)(text);
  } catch {
    throw new InvalidArgumentError("Expected a whole number from 17 to 21, or keep.");
  }
}
