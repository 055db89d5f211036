/** Pictures as samples in memory, and as the tensors that networks see. */
import { SmxcError } from "../base/diagnostics.js";
import type { Tensor } from "../sessions/session.js";
import { channelsMismatch, notFinite } from "./errors.js";

export interface Image {
  readonly width: number;
  readonly height: number;
  /** Grey, or red, green and blue in sRGB. */
  readonly channels: 1 | 3;
  /** Samples run from 0 to 2^bitDepth − 1. */
  readonly bitDepth: 8 | 16;
  /** The samples row by row, with the channels of each pixel together; width · height · channels values. */
  readonly data: Samples;
  /** Opacity, one sample per pixel, not multiplied into the colours. */
  readonly alpha?: Samples;
}

export type Samples = Uint8Array | Uint16Array;

/** The values that black and white have in a network, e.g. [0, 1] or [0, 255]. */
export type ValueRange = readonly [black: number, white: number];

export function largestSample(bitDepth: Image["bitDepth"]): number {
  return 2 ** bitDepth - 1;
}

export function newSamples(bitDepth: Image["bitDepth"], length: number): Samples {
  return bitDepth === 8 ? new Uint8Array(length) : new Uint16Array(length);
}

/** @returns [1, channels, height, width], NCHW */
export function imageToTensor(image: Image, [black, white]: ValueRange = [0, 1]): Tensor {
  const { width, height, channels, data } = image;
  const pixels = width * height;
  const values = new Float32Array(pixels * channels);
  const scale = (white - black) / largestSample(image.bitDepth);
  for (let channel = 0; channel < channels; channel++) {
    for (let pixel = 0; pixel < pixels; pixel++) {
      values[channel * pixels + pixel] = black + data[pixel * channels + channel]! * scale;
    }
  }
  return { data: values, shape: [1, channels, height, width] };
}

/**
 * Clamps values to the range and rounds half up, as evaluations in papers do before they compare.
 *
 * @param tensor [1, 1 or 3, height, width]; further axes of length 1 are allowed before height
 * @throws SmxcError `image/not-finite` when a value is NaN, `image/channels` for another number of channels
 */
export function tensorToImage(
  tensor: Tensor,
  [black, white]: ValueRange = [0, 1],
  bitDepth: Image["bitDepth"] = 8,
): Image {
  const [height = 1, width = 1] = tensor.shape.slice(-2);
  const channels = tensor.shape.slice(0, -2).reduce((product, dim) => product * dim, 1);
  if (channels !== 1 && channels !== 3) throw new SmxcError([channelsMismatch(tensor.shape)]);
  const pixels = width * height;
  const data = newSamples(bitDepth, pixels * channels);
  const largest = largestSample(bitDepth);
  for (let channel = 0; channel < channels; channel++) {
    for (let pixel = 0; pixel < pixels; pixel++) {
      const value = (tensor.data[channel * pixels + pixel]! - black) / (white - black);
      if (Number.isNaN(value)) throw new SmxcError([notFinite(channel, pixel % width, Math.floor(pixel / width))]);
      // In float32, so that a half is a half to smxc where it is one to PyTorch.
      data[pixel * channels + channel] = Math.floor(Math.fround(Math.min(1, Math.max(0, value)) * largest) + 0.5);
    }
  }
  return { width, height, channels, bitDepth, data };
}

/** Grey becomes three equal channels; colours stay as they are. */
export function toRgb(image: Image): Image {
  if (image.channels === 3) return image;
  const data = newSamples(image.bitDepth, image.data.length * 3);
  for (const [pixel, sample] of image.data.entries()) data.fill(sample, pixel * 3, pixel * 3 + 3);
  return { ...image, channels: 3, data };
}

/** The same samples in another depth, rounded to the nearest. */
export function toBitDepth(image: Image, bitDepth: Image["bitDepth"]): Image {
  if (image.bitDepth === bitDepth) return image;
  const convert = (samples: Samples): Samples =>
    bitDepth === 16 ? Uint16Array.from(samples, (v) => v * 257) : Uint8Array.from(samples, (v) => Math.round(v / 257));
  return {
    ...image,
    bitDepth,
    data: convert(image.data),
    ...(image.alpha === undefined ? {} : { alpha: convert(image.alpha) }),
  };
}

/** The part of `width` × `height` pixels whose upper left corner is at (`x`, `y`). */
export function crop(image: Image, x: number, y: number, width: number, height: number): Image {
  const cut = (samples: Samples, channels: number): Samples => {
    const out = newSamples(image.bitDepth, width * height * channels);
    for (let row = 0; row < height; row++) {
      const from = ((y + row) * image.width + x) * channels;
      out.set(samples.subarray(from, from + width * channels), row * width * channels);
    }
    return out;
  };
  return {
    ...image,
    width,
    height,
    data: cut(image.data, image.channels),
    ...(image.alpha === undefined ? {} : { alpha: cut(image.alpha, 1) }),
  };
}
