/** Whether a network may compute in float16. */
import { crop, type Image } from "../../../src/pictures/image.js";
import { picturePsnr } from "../../../src/pictures/metrics.js";

/** What the results of good networks are away from the truth, at least; decibels. */
const BEST_RESULT = 40;
/** What float16 may cost such a result. */
const MOST_LOSS = 0.1;
/**
 * How near a result in float16 must be to that in float32. Errors of rounding do not follow those of the network, so that
 * their squares add up: a loss of `MOST_LOSS` means that they are 10^(0.1/10) - 1 = 0.023 of the network's, 16.3 dB below.
 */
const LEAST_PSNR = BEST_RESULT - 10 * Math.log10(10 ** (MOST_LOSS / 10) - 1);
/** Side of what is compared, in pixels of the picture. */
const PROBE = 96;

/** The middle of a picture, small enough to be run twice in a moment. */
export function probeOf(image: Image): Image {
  const [width, height] = [Math.min(PROBE, image.width), Math.min(PROBE, image.height)];
  return crop(image, Math.floor((image.width - width) / 2), Math.floor((image.height - height) / 2), width, height);
}

/** Whether what float16 gave for a picture is as good as what float32 gave. */
export function isGoodEnough(half: Image, full: Image): boolean {
  return picturePsnr(half, full, { shave: 0, color: "rgb" }) >= LEAST_PSNR;
}

/** Whether the browser's adapter computes in float16 at all. */
export async function hasHalf(): Promise<boolean> {
  const gpu: GPU | undefined = navigator.gpu;
  const adapter = await gpu?.requestAdapter().catch(() => null);
  return adapter?.features.has("shader-f16") ?? false;
}
