/** Feature maps of a whole picture, of which parts are read and written: channel by channel, in each row by row. */
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
export async function readMap(scratch: Scratch, slot: Slot, rect: Rect, data: Float32Array): Promise<Tensor> {
  const { channels, width } = slot;
  const area = rect.height * rect.width;
  const lines = rect.width === width ? undefined : new Float32Array(rect.height * width);
  for (let channel = 0; channel < channels; channel++) {
    const filled = data.subarray(channel * area, (channel + 1) * area);
    await scratch.read(lines ?? filled, placeOf(slot, channel, rect.top));
    if (lines) copyColumns(lines, width, filled, rect);
  }
  return { data, shape: [1, channels, rect.height, rect.width] };
}

function copyColumns(lines: Float32Array, width: number, filled: Float32Array, rect: Rect): void {
  for (let row = 0; row < rect.height; row++) {
    const from = row * width + rect.left;
    filled.set(lines.subarray(from, from + rect.width), row * rect.width);
  }
}

/**
 * Writes the part of a tile's values that is the map's.
 *
 * @param tile values of `outer`, [1, channels, height, width]
 * @param inner what is written, in the map's own pixels as `outer` is
 */
export async function writeMap(
  scratch: Scratch,
  slot: Slot,
  { data }: Tensor,
  outer: Rect,
  inner: Rect,
): Promise<void> {
  const isWide = inner.width === slot.width;
  const [pieces, rows] = isWide ? [1, inner.height] : [inner.height, 1];
  for (let channel = 0; channel < slot.channels; channel++)
    for (let piece = 0; piece < pieces; piece++) {
      const from = (channel * outer.height + inner.top - outer.top + piece) * outer.width + inner.left - outer.left;
      const place = placeOf(slot, channel, inner.top + piece) + inner.left;
      await scratch.write(data.subarray(from, from + rows * inner.width), place);
    }
}

/** Where a row of a channel begins. */
function placeOf({ at, height, width }: Slot, channel: number, row: number): number {
  return at + (channel * height + row) * width;
}
