/** The eight flips and rotations of a picture. */
import { type Image, newSamples } from "../pictures/image.js";

export interface Orientation {
  readonly transpose: boolean;
  readonly flipRows: boolean;
  readonly flipColumns: boolean;
}

const AS_IT_IS: Orientation = { transpose: false, flipRows: false, flipColumns: false };

/** All eight, or only the picture as it is. */
export function orientationsOf(all: boolean): readonly Orientation[] {
  if (!all) return [AS_IT_IS];
  const both = [false, true];
  return both.flatMap((transpose) =>
    both.flatMap((flipRows) => both.map((flipColumns) => ({ transpose, flipRows, flipColumns }))),
  );
}

/** The pixel of a picture of a size that lies at a row and column of the turned one. */
export function sourceOf(
  { transpose, flipRows, flipColumns }: Orientation,
  height: number,
  width: number,
): (row: number, column: number) => number {
  return (row, column) => {
    const [y, x] = transpose ? [column, row] : [row, column];
    return (flipRows ? height - 1 - y : y) * width + (flipColumns ? width - 1 - x : x);
  };
}

/** The colours of a picture, turned. */
export function oriented(image: Image, orientation: Orientation): Image {
  if (orientation === AS_IT_IS) return image;
  const { channels, bitDepth } = image;
  const [height, width] = orientation.transpose ? [image.width, image.height] : [image.height, image.width];
  const source = sourceOf(orientation, image.height, image.width);
  const data = newSamples(bitDepth, image.data.length);
  for (let row = 0, to = 0; row < height; row++)
    for (let column = 0; column < width; column++) {
      const from = source(row, column) * channels;
      for (let channel = 0; channel < channels; channel++) data[to++] = image.data[from + channel]!;
    }
  return { width, height, channels, bitDepth, data };
}
