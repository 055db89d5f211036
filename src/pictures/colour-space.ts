/** What the samples of a picture mean, where a curve and a matrix can say it, and the way to sRGB. */
import { largestSample, newSamples, type Samples } from "./image.js";
import { inverted, type Matrix, matrixOf, type Primaries, product, SRGB_PRIMARIES, type Vector } from "./primaries.js";
import { type Curve, encodeSrgb } from "./transfer-curves.js";

export type ColourSpace =
  | { readonly kind: "rgb"; readonly curves: readonly [Curve, Curve, Curve]; readonly toXyz: Matrix }
  | { readonly kind: "grey"; readonly curve: Curve };

/** Spaces that move no sample by more than this many of 255 levels are sRGB under another name. */
export const SRGB_TOLERANCE = 2;

const XYZ_TO_SRGB = inverted(matrixOf(SRGB_PRIMARIES)!)!;
/** Entries of the table that encodes light; between two the error is below 1e-7. */
const ENCODER_STEPS = 65_536;

/** Undefined where the primaries span no colours. */
export function rgbSpace(primaries: Primaries, curve: Curve): ColourSpace | undefined {
  const toXyz = matrixOf(primaries);
  return toXyz && { kind: "rgb", curves: [curve, curve, curve], toXyz };
}

export function isSrgb(space: ColourSpace): boolean {
  const channels = space.kind === "grey" ? 1 : 3;
  const tests = channels === 1 ? RAMP : COLOURS;
  const moved = converted(tests, channels, 8, space);
  return moved.every((sample, index) => Math.abs(sample - tests[index]!) <= SRGB_TOLERANCE);
}

/** Every grey; and all greys and colours of a grid, three samples each. */
const RAMP = Uint8Array.from({ length: 256 }, (_, level) => level);
const GRID = Array.from({ length: 6 }, (_, step) => step * 51);
const COLOURS = Uint8Array.from([
  ...Array.from(RAMP).flatMap((level) => [level, level, level]),
  ...GRID.flatMap((red) => GRID.flatMap((green) => GRID.flatMap((blue) => [red, green, blue]))),
]);

/**
 * Samples of a colour space as those of sRGB; colours that sRGB has not are clipped channel by channel, as lcms does.
 *
 * @param channels a grey picture in a space of colours is one whose red, green and blue are equal, and stays grey
 */
export function converted(samples: Samples, channels: 1 | 3, bitDepth: 8 | 16, space: ColourSpace): Samples {
  const largest = largestSample(bitDepth);
  const lights = (curve: Curve) => Float64Array.from({ length: largest + 1 }, (_, sample) => curve(sample / largest));
  const encode = encoder(largest);
  const out = newSamples(bitDepth, samples.length);
  if (space.kind === "grey" || channels === 1) {
    const light = lights(space.kind === "grey" ? space.curve : greyCurve(space));
    const table = Array.from(light, encode);
    for (let i = 0; i < samples.length; i++) out[i] = table[samples[i]!]!;
    return out;
  }
  const [red, green, blue] = space.curves.map(lights) as [Float64Array, Float64Array, Float64Array];
  const [[rr, rg, rb], [gr, gg, gb], [br, bg, bb]] = product(XYZ_TO_SRGB, space.toXyz);
  for (let i = 0; i < samples.length; i += 3) {
    const r = red[samples[i]!]!;
    const g = green[samples[i + 1]!]!;
    const b = blue[samples[i + 2]!]!;
    out[i] = encode(rr * r + rg * g + rb * b);
    out[i + 1] = encode(gr * r + gg * g + gb * b);
    out[i + 2] = encode(br * r + bg * g + bb * b);
  }
  return out;
}

/** The luminance of equal samples, that of white being 1. */
function greyCurve({ curves, toXyz }: ColourSpace & { readonly kind: "rgb" }): Curve {
  const luminance: Vector = toXyz[1];
  const white = luminance[0] + luminance[1] + luminance[2];
  return (sample) => curves.reduce((sum, curve, channel) => sum + curve(sample) * luminance[channel]!, 0) / white;
}

function encoder(largest: number): (light: number) => number {
  return (light) => {
    if (!(light > 0)) return 0;
    if (light >= 1) return largest;
    const at = light * ENCODER_STEPS;
    const below = at | 0;
    const low = ENCODED[below]!;
    return Math.floor((low + (ENCODED[below + 1]! - low) * (at - below)) * largest + 0.5);
  };
}

const ENCODED = Float64Array.from({ length: ENCODER_STEPS + 1 }, (_, step) => encodeSrgb(step / ENCODER_STEPS));
