/** What a report shows of a picture: the part where there is most to see, and where the errors are. */
import { crop, type Image, largestSample } from "../pictures/image.js";
import type { Compared } from "./evaluate.js";

export interface View {
  readonly title: string;
  readonly image: Image;
}

/** Side of the part that is shown. */
const SIDE = 96;
/** An error of this share of the range is shown as bright as can be. */
const BRIGHTEST = 0.2;

/** The part where the baseline is worst, of all pictures, and the errors of the restored one and of the baseline. */
export function viewsOf({ restored, baseline, truth }: Compared, baselineName: string): readonly View[] {
  const at = worstPart(baseline, truth);
  const cut = (image: Image): Image => crop(image, at.x, at.y, at.width, at.height);
  const [ours, theirs, right] = [cut(restored), cut(baseline), cut(truth)];
  return [
    { title: baselineName, image: theirs },
    { title: "restored", image: ours },
    { title: "truth", image: right },
    { title: `errors of ${baselineName}`, image: errorMap(theirs, right) },
    { title: "errors of restored", image: errorMap(ours, right) },
  ];
}

/** Absolute errors, the largest of the channels, from black to white. */
export function errorMap(a: Image, b: Image): Image {
  const { width, height, channels, bitDepth } = a;
  const bright = 255 / (BRIGHTEST * largestSample(bitDepth));
  const data = new Uint8Array(width * height);
  for (let pixel = 0; pixel < data.length; pixel++) {
    let largest = 0;
    for (let at = pixel * channels; at < (pixel + 1) * channels; at++)
      largest = Math.max(largest, Math.abs(a.data[at]! - b.data[at]!));
    data[pixel] = Math.min(255, Math.round(largest * bright));
  }
  return { width, height, channels: 1, bitDepth: 8, data };
}

/** Of parts half a side apart, the one with the largest squared error. */
function worstPart(
  image: Image,
  truth: Image,
): { readonly x: number; readonly y: number; readonly width: number; readonly height: number } {
  const width = Math.min(SIDE, image.width);
  const height = Math.min(SIDE, image.height);
  let worst = { x: 0, y: 0, width, height };
  let most = -1;
  for (let y = 0; y + height <= image.height; y += SIDE / 2)
    for (let x = 0; x + width <= image.width; x += SIDE / 2) {
      let error = 0;
      for (let row = y; row < y + height; row++) {
        const from = (row * image.width + x) * image.channels;
        for (let at = from; at < from + width * image.channels; at++) error += (image.data[at]! - truth.data[at]!) ** 2;
      }
      if (error > most) {
        most = error;
        worst = { x, y, width, height };
      }
    }
  return worst;
}
