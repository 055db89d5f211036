/** Parts of pictures: a graph that takes one size, beside one that takes any, on parts of a larger picture. */
import type { Tensor } from "../sessions/session.js";

/** A part along height or width, in pixels. */
export interface Span {
  readonly from: number;
  readonly size: number;
}

export interface Part {
  readonly rows: Span;
  readonly columns: Span;
}

/** A part of a tensor's last two axes. */
export function cropped({ shape, data }: Tensor, { rows, columns }: Part): Tensor {
  const [height, width] = [shape.at(-2)!, shape.at(-1)!];
  const planes = data.length / (height * width);
  const result = new Float32Array(planes * rows.size * columns.size);
  let at = 0;
  for (let plane = 0; plane < planes; plane++) {
    for (let row = rows.from; row < rows.from + rows.size; row++) {
      const from = (plane * height + row) * width + columns.from;
      result.set(data.subarray(from, from + columns.size), at);
      at += columns.size;
    }
  }
  return { shape: [...shape.slice(0, -2), rows.size, columns.size], data: result };
}

/** Where a crop lies along an axis of a larger picture, and what of it sees no border that the picture does not have. */
export interface Place {
  readonly crop: Span;
  /** Within the crop. */
  readonly inner: Span;
}

/** Crops at both ends of an axis. @param reach pixels that the graph looks around */
export function placesAlong(size: number, crop: number, reach: number): readonly Place[] {
  if (size === crop) return [{ crop: { from: 0, size }, inner: { from: 0, size } }];
  return [
    { crop: { from: 0, size: crop }, inner: { from: 0, size: crop - reach } },
    { crop: { from: size - crop, size: crop }, inner: { from: reach, size: crop - reach } },
  ];
}

/** The span in a result of so many pixels per pixel, where both of its ends are whole. */
export function scaledSpan({ from, size }: Span, scale: number): Span {
  const first = Math.ceil(from * scale);
  return { from: first, size: Math.floor((from + size) * scale) - first };
}

/** Whether crops at both ends of a larger axis have whole pixels of a result of so many per pixel that see no border of their own. */
export function seesInner(crop: number, reach: number, scale: number): boolean {
  return placesAlong(crop + 1, crop, reach).every(({ inner }) => scaledSpan(inner, scale).size > 0);
}

export function shifted({ from, size }: Span, by: number): Span {
  return { from: from + by, size };
}
