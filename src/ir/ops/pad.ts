import { addDims } from "../dim.js";
import { dense } from "./dense-tensor.js";
import { operator, RuleError, requireRank } from "./operator.js";

export type PadMode = "zeros" | "reflect" | "replicate";

/** Pixels added around [N,C,H,W]: top, left, bottom, right; a pad below zero takes pixels away. */
export interface PadAttributes {
  readonly mode: PadMode;
  readonly pads: readonly [top: number, left: number, bottom: number, right: number];
}

/** The source coordinate of a padded one; undefined is zero. */
const SOURCES: Readonly<Record<PadMode, (position: number, size: number) => number | undefined>> = {
  zeros: (position, size) => (position < 0 || position >= size ? undefined : position),
  reflect: (position, size) => (position < 0 ? -position : position >= size ? 2 * (size - 1) - position : position),
  replicate: (position, size) => Math.min(Math.max(position, 0), size - 1),
};

export const pad = operator<PadAttributes>({
  infer({ mode, pads: [top, left, bottom, right] }, [x]) {
    requireRank("the input of a pad", x!, 4);
    const [, , height, width] = x!;
    if (mode !== "zeros" && Math.min(top, left, bottom, right) < 0)
      throw new RuleError("only a pad of zeros takes pixels away");
    const small = (size: unknown, most: number): boolean => typeof size === "number" && size <= most;
    if (mode === "reflect" && (small(height, Math.max(top, bottom)) || small(width, Math.max(left, right)))) {
      throw new RuleError("a reflecting pad must be smaller than the picture");
    }
    const sizes = [addDims(height!, top + bottom), addDims(width!, left + right)] as const;
    if (sizes.some((size) => typeof size === "number" && size < 1))
      throw new RuleError("a pad that takes pixels away must leave some");
    return [x![0]!, x![1]!, ...sizes];
  },
  evaluate({ mode, pads: [top, left, bottom, right] }, [x]) {
    const [batch, channels, height, width] = x!.shape as [number, number, number, number];
    const y = dense([batch, channels, height + top + bottom, width + left + right]);
    const [, , outHeight, outWidth] = y.shape as [number, number, number, number];
    for (let plane = 0; plane < batch * channels; plane++) {
      for (let row = 0; row < outHeight; row++) {
        for (let column = 0; column < outWidth; column++) {
          const fromRow = SOURCES[mode](row - top, height);
          const fromColumn = SOURCES[mode](column - left, width);
          if (fromRow === undefined || fromColumn === undefined) continue;
          y.data[(plane * outHeight + row) * outWidth + column] =
            x!.data[(plane * height + fromRow) * width + fromColumn]!;
        }
      }
    }
    return y;
  },
});
