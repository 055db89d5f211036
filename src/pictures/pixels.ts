/** Pictures as canvases have them: red, green, blue and opacity of 8 bits, one after the other. */
import { type Image, toBitDepth, toRgb } from "./image.js";

export interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8ClampedArray;
}

/** A picture from an `ImageData`; opacity is left out where all of it is opaque. */
export function imageFromPixels({ width, height, data }: Pixels): Image {
  const colours = new Uint8Array(width * height * 3);
  const alpha = new Uint8Array(width * height);
  for (let pixel = 0; pixel < alpha.length; pixel++) {
    for (let channel = 0; channel < 3; channel++) colours[pixel * 3 + channel] = data[pixel * 4 + channel]!;
    alpha[pixel] = data[pixel * 4 + 3]!;
  }
  const opaque = alpha.every((value) => value === 255);
  return { width, height, channels: 3, bitDepth: 8, data: colours, ...(opaque ? {} : { alpha }) };
}

/** What `new ImageData(data, width, height)` takes. */
export function pixelsOf(image: Image): Pixels & { readonly data: Uint8ClampedArray<ArrayBuffer> } {
  const { width, height, data: colours, alpha } = toRgb(toBitDepth(image, 8));
  const data = new Uint8ClampedArray(width * height * 4).fill(255);
  for (let pixel = 0; pixel < width * height; pixel++) {
    for (let channel = 0; channel < 3; channel++) data[pixel * 4 + channel] = colours[pixel * 3 + channel]!;
    if (alpha) data[pixel * 4 + 3] = alpha[pixel]!;
  }
  return { width, height, data };
}
