/** Parts of pictures. */
import type { Image } from "../pictures/image.js";
import { largestSample, type ValueRange } from "../pictures/image.js";
import type { Tensor } from "../sessions/session.js";

/** A part of a picture, in pixels. */
export interface Rect {
  readonly top: number;
  readonly left: number;
  readonly height: number;
  readonly width: number;
}

export interface Size {
  readonly height: number;
  readonly width: number;
}

/** Values of a whole picture, [channels, height, width]. */
export interface FeatureMap extends Size {
  readonly channels: number;
  readonly data: Float32Array;
  /** Pixels per pixel of the picture, along one side. */
  readonly scale: number;
}

/** The tiles of a picture, row by row; those at the right and at the bottom are what is left. */
export function tilesOf({ height, width }: Size, side: number): readonly Rect[] {
  const tiles: Rect[] = [];
  for (let top = 0; top < height; top += side)
    for (let left = 0; left < width; left += side) {
      tiles.push({ top, left, height: Math.min(side, height - top), width: Math.min(side, width - left) });
    }
  return tiles;
}

/** A part with what lies within some pixels around it, as far as there is a picture. */
export function grown({ top, left, height, width }: Rect, by: number, size: Size): Rect {
  const [above, before] = [Math.max(0, top - by), Math.max(0, left - by)];
  return {
    top: above,
    left: before,
    height: Math.min(size.height, top + height + by) - above,
    width: Math.min(size.width, left + width + by) - before,
  };
}

export function scaled({ top, left, height, width }: Rect, scale: number): Rect {
  return { top: top * scale, left: left * scale, height: height * scale, width: width * scale };
}

/** A part of a picture as a network sees it, [1, channels, height, width]. */
export function imageTile(image: Image, rect: Rect, [black, white]: ValueRange): Tensor {
  const { channels, data, width } = image;
  const values = new Float32Array(channels * rect.height * rect.width);
  const scale = (white - black) / largestSample(image.bitDepth);
  let to = 0;
  for (let channel = 0; channel < channels; channel++)
    for (let row = 0; row < rect.height; row++) {
      let from = ((rect.top + row) * width + rect.left) * channels + channel;
      for (let column = 0; column < rect.width; column++, from += channels) {
        values[to++] = black + data[from]! * scale;
      }
    }
  return { data: values, shape: [1, channels, rect.height, rect.width] };
}

/** A part of a feature map, [1, channels, height, width]; `rect` in the map's own pixels. */
export function mapTile(map: FeatureMap, rect: Rect): Tensor {
  return { data: cropped(map.data, map.channels, map, rect), shape: [1, map.channels, rect.height, rect.width] };
}

/** The part of a tile's values that lies in `inner`; both in the pixels of the values. */
export function innerOf(tile: Tensor, outer: Rect, inner: Rect): Tensor {
  const channels = tile.shape.at(-3)!;
  const rect = { ...inner, top: inner.top - outer.top, left: inner.left - outer.left };
  return { data: cropped(tile.data, channels, outer, rect), shape: [1, channels, inner.height, inner.width] };
}

export function writeTile(map: FeatureMap, rect: Rect, { data }: Tensor): void {
  for (let channel = 0, from = 0; channel < map.channels; channel++)
    for (let row = 0; row < rect.height; row++, from += rect.width) {
      const to = (channel * map.height + rect.top + row) * map.width + rect.left;
      map.data.set(data.subarray(from, from + rect.width), to);
    }
}

function cropped(data: Float32Array, channels: number, { height, width }: Size, rect: Rect): Float32Array {
  if (rect.height === height && rect.width === width) return data;
  const out = new Float32Array(channels * rect.height * rect.width);
  for (let channel = 0, to = 0; channel < channels; channel++)
    for (let row = 0; row < rect.height; row++, to += rect.width) {
      const from = (channel * height + rect.top + row) * width + rect.left;
      out.set(data.subarray(from, from + rect.width), to);
    }
  return out;
}
