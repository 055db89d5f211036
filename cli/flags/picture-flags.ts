/** The flags that say how an ONNX graph takes pictures. */
import { InvalidArgumentError } from "commander";
import type { PictureColor } from "../../src/frontends/document/document.js";
import type { ValueRange } from "../../src/pictures/image.js";
import type { PictureOptions } from "../../src/restore/graph-format.js";
import { grouped, type OptionSpec, option } from "./command.js";
import { integerFrom } from "./values.js";

const HEADING = "Pictures of an ONNX graph:";

/** What the flag calls them, and what metadata and documents call them. */
const COLORS: Readonly<Record<string, PictureColor>> = { rgb: "rgb", bgr: "bgr", grey: "gray", y: "y" };

/** More would make of one pixel a picture. */
const LARGEST_SCALE = 64;

const NUMBER = String.raw`[+-]?\d+(?:\.\d+)?`;
const RANGE = new RegExp(`^(${NUMBER}?)\\.\\.(${NUMBER})$`);

/** `0..255`: the values of black and white. */
export function valueRange(text: string): ValueRange {
  const [, black, white] = RANGE.exec(text) ?? [];
  const range = [Number(black || Number.NaN), Number(white)] as const;
  if (!range.every(Number.isFinite) || range[0] === range[1]) {
    throw new InvalidArgumentError("Expected the values of black and white, such as 0..1, 0..255 or -1..1.");
  }
  return range;
}

function pictureColor(text: string): PictureColor {
  const color = Object.hasOwn(COLORS, text) ? COLORS[text] : undefined;
  if (color === undefined) throw new InvalidArgumentError(`Allowed choices are ${Object.keys(COLORS).join(", ")}.`);
  return color;
}

export const pictureFlags = {
  range: grouped(
    HEADING,
    option(
      "--range <lo..hi>",
      "the values of black and white in the network, such as 0..255 or -1..1 (default: 0..1)",
      valueRange,
    ),
  ),
  color: grouped(
    HEADING,
    option(
      "--color <colours>",
      "the channels of the network: rgb or bgr; grey: each colour runs by itself; y: only the luma runs, the chroma is resized bicubically (default: rgb for three channels, grey for one)",
      pictureColor,
    ),
  ),
  scale: grouped(
    HEADING,
    option(
      "--scale <n>",
      "the factor by which each side of the result is larger (default: from the shapes of the graph)",
      integerFrom(1, LARGEST_SCALE),
    ),
  ),
} as const;

/** What the flags say; empty where none is given. */
export function pictureOptionsOf(
  options: {
    readonly [Key in keyof typeof pictureFlags]: (typeof pictureFlags)[Key] extends OptionSpec<infer T> ? T : never;
  },
): PictureOptions {
  const { range, color, scale } = options;
  return {
    ...(range === undefined ? {} : { range }),
    ...(color === undefined ? {} : { color }),
    ...(scale === undefined ? {} : { scale }),
  };
}
