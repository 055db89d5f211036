/** Pictures for networks that take sizes of a multiple alone, as those that begin with a pixel unshuffle. */
import { type Image, newSamples } from "../pictures/image.js";
import type { Emit } from "./restorer.js";
import { innerOf, type Size } from "./tiles.js";

/**
 * The picture with more rows at the bottom and more columns at the right, mirrored at its last pixel, so that both sides are
 * multiples; the picture itself where they are. As the public code of Real-ESRGAN does.
 */
export function paddedTo(multiple: number, image: Image): Image {
  const [width, height] = [image.width, image.height].map((side) => Math.ceil(side / multiple) * multiple) as [
    number,
    number,
  ];
  if (width === image.width && height === image.height) return image;
  const { channels, bitDepth } = image;
  const data = newSamples(bitDepth, width * height * channels);
  for (let row = 0, to = 0; row < height; row++) {
    const line = mirrored(row, image.height) * image.width;
    for (let column = 0; column < width; column++) {
      const from = (line + mirrored(column, image.width)) * channels;
      for (let channel = 0; channel < channels; channel++) data[to++] = image.data[from + channel]!;
    }
  }
  return { width, height, channels, bitDepth, data };
}

/** The pixel behind one that may lie beyond the end: mirrored at the last pixel, and at the first again. */
function mirrored(position: number, size: number): number {
  const period = Math.max(1, 2 * (size - 1));
  const place = position % period;
  return Math.min(place, period - place, size - 1);
}

/** Hands on what lies within a size of the result. */
export function within({ width, height }: Size, emit: Emit): Emit {
  return (rect, values) => {
    const inner = {
      ...rect,
      width: Math.min(rect.width, width - rect.left),
      height: Math.min(rect.height, height - rect.top),
    };
    if (inner.width > 0 && inner.height > 0) emit(inner, innerOf(values, rect, inner));
  };
}
