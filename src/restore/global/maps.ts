/** Feature maps of a whole picture, of which parts are read and written: row by row, in each row channel by channel. */
import type { Tensor } from "../../sessions/session.js";
import type { Rect, Size } from "../tiles.js";
import type { Scratch } from "./scratch.js";

/** A map's place in the room. */
export interface Slot extends Size {
  readonly at: number;
  readonly channels: number;
}

/** Numbers in a part of a map. */
export function mapNumbers({ channels }: Slot, { height, width }: Size): number {
  return channels * height * width;
}

/**
 * @param rect in the map's own pixels
 * @param data what is filled, of `mapNumbers` numbers
 * @returns a part of a map, [1, channels, height, width]
 */
export async function readMap(
  scratch: Scratch,
  { at, channels, width }: Slot,
  rect: Rect,
  data: Float32Array,
): Promise<Tensor> {
  const line = channels * width;
  if (rect.width === width) {
    const all = { top: 0, left: 0, height: rect.height, width };
    await scratch.read(rowsOf(data, channels, rect, all), at + rect.top * line);
  } else {
    const whole = new Float32Array(line);
    for (let row = 0; row < rect.height; row++) {
      await scratch.read([whole], at + (rect.top + row) * line);
      for (let channel = 0; channel < channels; channel++) {
        const from = channel * width + rect.left;
        data.set(whole.subarray(from, from + rect.width), (channel * rect.height + row) * rect.width);
      }
    }
  }
  return { data, shape: [1, channels, rect.height, rect.width] };
}

/**
 * Writes the part of a tile's values that is the map's.
 *
 * @param tile values of `outer`, [1, channels, height, width]
 * @param inner what is written, in the map's own pixels as `outer` is
 */
export async function writeMap(
  scratch: Scratch,
  { at, channels, width }: Slot,
  { data }: Tensor,
  outer: Rect,
  inner: Rect,
): Promise<void> {
  const place = { ...inner, top: inner.top - outer.top, left: inner.left - outer.left };
  const rows = rowsOf(data, channels, outer, place);
  const first = at + inner.top * channels * width + inner.left;
  if (inner.width === width) await scratch.write(rows, first);
  else for (const [index, row] of rows.entries()) await scratch.write([row], first + index * width);
}

/** The rows of a part of a tensor of some size, each channel by channel, as views. */
function rowsOf(data: Float32Array, channels: number, size: Size, { top, left, height, width }: Rect): Float32Array[] {
  const rows: Float32Array[] = [];
  for (let row = top; row < top + height; row++)
    for (let channel = 0; channel < channels; channel++) {
      const from = (channel * size.height + row) * size.width + left;
      rows.push(data.subarray(from, from + width));
    }
  return rows;
}
