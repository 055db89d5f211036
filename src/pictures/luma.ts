/** Luma and chroma of BT.601 in studio range: what the field trains and measures networks of luma on. */
import { type Image, largestSample, newSamples, type Samples } from "./image.js";
import { inverted, type Matrix } from "./primaries.js";

/** Y′ of red, green and blue in [0, 1]: 16 is black, 235 is white. */
export const LUMA = { offset: 16, red: 65.481, green: 128.553, blue: 24.966 } as const;

const CHROMA_OFFSET = 128;
/** Rows: luma, blue and red difference; columns: red, green, blue in [0, 1]. */
const FROM_RGB: Matrix = [
  [LUMA.red, LUMA.green, LUMA.blue],
  [-37.797, -74.203, 112],
  [112, -93.786, -18.214],
];
const TO_RGB = inverted(FROM_RGB)!;
const OFFSETS = [LUMA.offset, CHROMA_OFFSET, CHROMA_OFFSET] as const;
/** Luma from black to white. */
const LUMA_SPAN = LUMA.red + LUMA.green + LUMA.blue;

/** Planes are kept in 16 bits, 65535 for 255, whatever the picture's depth. */
const PLANE_DEPTH = 16;
const PLANE_SCALE = largestSample(PLANE_DEPTH) / 255;

/** The luma of a picture, a grey picture of 16 bits; opacity is left out. */
export function lumaOf(image: Image): Image {
  return planesOf(image, 1)[0]!;
}

/** Blue and red difference of a picture in colours. */
export function chromaOf(image: Image): readonly Image[] {
  return planesOf(image, 3).slice(1);
}

function planesOf(image: Image, count: number): readonly Image[] {
  const { width, height, channels, data } = image;
  const largest = largestSample(image.bitDepth);
  const second = channels === 3 ? 1 : 0;
  return FROM_RGB.slice(0, count).map(([red, green, blue], plane) => {
    const samples = newSamples(PLANE_DEPTH, width * height);
    for (let pixel = 0, at = 0; pixel < samples.length; pixel++, at += channels) {
      const sum = red * data[at]! + green * data[at + second]! + blue * data[at + 2 * second]!;
      samples[pixel] = Math.round((OFFSETS[plane]! + sum / largest) * PLANE_SCALE);
    }
    return { width, height, channels: 1, bitDepth: PLANE_DEPTH, data: samples };
  });
}

/** The grey that luma alone stands for, written as samples of some depth. */
export function writeGrey(luma: Samples, target: Samples, bitDepth: Image["bitDepth"]): void {
  const largest = largestSample(bitDepth);
  for (const [pixel, value] of luma.entries()) {
    target[pixel] = rounded((value / PLANE_SCALE - LUMA.offset) / LUMA_SPAN, largest);
  }
}

/** Red, green and blue of luma and chroma, written side by side as samples of some depth. */
export function writeColours(
  luma: Samples,
  [blueDifference, redDifference]: readonly Samples[],
  target: Samples,
  bitDepth: Image["bitDepth"],
): void {
  const largest = largestSample(bitDepth);
  for (const [pixel, value] of luma.entries()) {
    const y = value / PLANE_SCALE - LUMA.offset;
    const cb = blueDifference![pixel]! / PLANE_SCALE - CHROMA_OFFSET;
    const cr = redDifference![pixel]! / PLANE_SCALE - CHROMA_OFFSET;
    for (const [channel, [ofY, ofCb, ofCr]] of TO_RGB.entries()) {
      target[pixel * 3 + channel] = rounded(ofY * y + ofCb * cb + ofCr * cr, largest);
    }
  }
}

/** A value of [0, 1], clamped, rounded half up. */
function rounded(value: number, largest: number): number {
  return Math.floor(Math.min(1, Math.max(0, value)) * largest + 0.5);
}
