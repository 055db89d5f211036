/**
 * Pictures that are enlarged by repeating pixels, in front of a layer that runs in strips: each strip repeats what it reads, while it
 * is hot, and the enlarged picture is never stored.
 */
import { type Dim, dimText, productDim, type Shape, symbol } from "../../ir/dim.js";
import type { GraphEmitter } from "../emitter.js";
import type { Canvas } from "./canvas.js";
import { once } from "./lazily.js";
import type { StripScan } from "./strip-scan.js";
import type { CanvasValue, RepeatedPicture } from "./value.js";

/** Strips begin between blocks of pixels. */
export function repeatsInStrips({ isCut, form }: Canvas, scale: number): boolean {
  return isCut && form.rows.m % scale === 0;
}

/**
 * @param source the picture before it is enlarged, [1,H/s,W/s,C]
 * @param whole the same as a canvas that is stored, for those who read it otherwise
 */
export function repeatedValue(
  e: GraphEmitter,
  source: { readonly name: string; readonly nhwc: string; readonly shape: Shape; readonly scale: number },
  whole: () => CanvasValue,
): CanvasValue {
  const stored = once(whole);
  const picture = once(() =>
    e.op("Unsqueeze", `${source.name}/small`, [source.nhwc, e.ints([0])], [1, ...source.shape]),
  );
  return {
    raw: () => stored().raw(),
    value: () => stored().value(),
    sums: () => stored().sums(),
    repeated: { scale: source.scale, picture },
  };
}

/** What a strip reads of it, [1,1,rows,W,C]. */
export function emitRepeatedWindow(
  scan: StripScan,
  name: string,
  canvas: Canvas,
  { scale, picture }: RepeatedPicture,
  { pads, channels, rows }: { readonly pads: string; readonly channels: number; readonly rows: Dim },
): string {
  const { e } = scan;
  const { size, vectors } = canvas;
  const { smallRows, smallWidth, line } = smallSizes(canvas, scale, channels);
  const small = [1, 1, smallRows, smallWidth, channels];
  const read = e.op("Pad", `${name}/small_window`, [picture(), pads], small);
  const apart = [1, 1, smallRows, smallWidth, 1, channels];
  const pixels = e.op("Unsqueeze", `${name}/small_pixels`, [read, e.ints([4])], apart);
  const wide = e.op("Expand", `${name}/columns`, [pixels, e.ints([1, 1, 1, 1, scale, 1])], apart.with(4, scale));
  const lines = e.op("Reshape", `${name}/lines`, [wide, e.ints([1, 1, 0, -1])], [1, 1, smallRows, line]);
  const all = e.op("Gather", `${name}/rows`, [lines, vectors.repeatedRows(scale)], [1, 1, rows, line], { axis: 2 });
  const shape = [1, 1, rows, size.width, channels];
  return e.op("Reshape", `${name}/window`, [all, e.ints([1, 1, 0, -1, channels])], shape);
}

function smallSizes(
  { size, form }: Canvas,
  scale: number,
  channels: number,
): { readonly smallRows: Dim; readonly smallWidth: Dim; readonly line: Dim } {
  const name = `${form.name}.repeated${scale}`;
  const part = (dim: Dim, suffix: string, extra: number): Dim =>
    typeof dim === "number" ? dim / scale + extra : symbol(`${dimText(dim)}.${name}.${suffix}`);
  return {
    smallRows: part(size.stripHeight, "rows", 2),
    smallWidth: part(size.width, "columns", 0),
    line: productDim([size.width, channels], `${dimText(size.width)}.${name}.line${channels}`),
  };
}
