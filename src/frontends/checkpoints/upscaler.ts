/**
 * What EDSR and RCAN have in common: the mean is taken off, a convolution, a body with a skip around it, an enlargement by
 * pixel shuffles, a convolution, and the mean is added.
 */
import type { Diagnostic } from "../../base/diagnostics.js";
import { type Assumption, assumed } from "./assumed.js";
import type { Config } from "./config.js";
import type { ImportedModel } from "./importer.js";
import { lastIndex } from "./indexed-names.js";
import { meanOf, USUAL_MEAN } from "./mean-shift.js";
import { mostCommon } from "./most-common.js";
import { NetworkWriter, pictureDocument } from "./network-writer.js";
import type { TensorReader } from "./tensor-reader.js";

/** Names of the tensors outside the blocks. */
export interface UpscalerNaming {
  readonly first: string;
  readonly afterBody: string;
  /** The convolutions that enlarge are its children 0, 2, 4, …, each with a pixel shuffle behind it. */
  readonly upsample: string;
  readonly last: string;
  /** The values of pictures: those that the convolutions see, or 0 to 1, which the network multiplies by the range. */
  readonly pictures: "range" | "unit";
}

/** What stands between the first convolution and the one behind the body. */
export interface Body {
  /** Writes the blocks. @returns the name of the last value */
  write(network: NetworkWriter, units: number, input: string): string;
  /** What the blocks take that no tensor shows. */
  readonly assumptions: readonly Assumption[];
  readonly warnings: readonly Diagnostic[];
}

/** Keys of the configuration that both have. */
export const UPSCALER_KEYS = {
  range: "the value of white inside the network (default 255)",
  mean: `the mean colour, as a fraction of white: one number, or one per colour with commas between (default ${USUAL_MEAN})`,
  scale: "checked against the shapes",
  units: "checked against the shapes",
  channels: "checked against the shapes",
} as const;

const USUAL_RANGE = 255;

export function unitsOf(tensors: TensorReader, { first, afterBody, last }: UpscalerNaming): number {
  const of = (name: string, axis: number) => tensors.weightShape(`${name}.`)?.[axis];
  return mostCommon([of(first, 0), of(afterBody, 0), of(afterBody, 1), of(last, 1)]) ?? 1;
}

export function readUpscaler(
  arch: string,
  tensors: TensorReader,
  config: Config,
  naming: UpscalerNaming,
  body: Body,
): ImportedModel {
  const network = new NetworkWriter(tensors);
  const units = unitsOf(tensors, naming);
  const channels = colours(tensors, naming);
  const range = config.positive("range", USUAL_RANGE);
  const white = naming.pictures === "range" ? range : 1;
  const mean = meanOf(tensors, config, { channels, white, gain: range / white });
  const first = network.conv({
    name: naming.first,
    in: mean?.takeOff(network, "x") ?? "x",
    channels,
    out: units,
    kernel: 3,
  });
  const end = body.write(network, units, first);
  const afterBody = network.conv({ name: naming.afterBody, in: end, channels: units, out: units, kernel: 3 });
  const features = network.add({ name: "features", op: "add", in: [afterBody, first] });
  const { scale, value } = enlarged(network, tensors, naming, units, features);
  const last = { in: value, channels: units, out: channels, kernel: 3 };
  if (mean === undefined) network.conv({ name: "y", from: naming.last, ...last });
  else mean.add(network, network.conv({ name: naming.last, ...last }));
  config.confirm("scale", scale);
  config.confirm("units", units);
  config.confirm("channels", channels);
  return {
    document: pictureDocument(`${arch}-x${scale}`, network.layers, {
      channels,
      out: channels,
      scale,
      range: [0, white],
    }),
    tensors: network.tensors,
    warnings: [
      ...assumed(config, [...body.assumptions, ...(mean?.assumptions ?? []), { key: "range", value: USUAL_RANGE }]),
      ...(mean?.warnings ?? []),
      ...body.warnings,
    ],
  };
}

function colours(tensors: TensorReader, { first, last }: UpscalerNaming): number {
  return (
    mostCommon([
      tensors.weightShape(`${first}.`)?.[1],
      tensors.weightShape(`${last}.`)?.[0],
      tensors.shapeOf("sub_mean.bias")?.[0],
    ]) ?? 3
  );
}

/** Writes the enlargement: by 2 as often as there are convolutions, or once by 3. */
function enlarged(
  network: NetworkWriter,
  tensors: TensorReader,
  { upsample }: UpscalerNaming,
  units: number,
  input: string,
): { readonly scale: number; readonly value: string } {
  const child = new RegExp(`^${upsample.replace(/\./g, "\\.")}\\.([0-9]+)\\.`);
  let [scale, value] = [1, input];
  for (let index = 0; index <= lastIndex(tensors.names(), child); index += 2) {
    const name = `${upsample}.${index}`;
    const by = tensors.weightShape(`${name}.`)?.[0] === 9 * units ? 3 : 2;
    const conv = network.conv({ name, in: value, channels: units, out: units * by * by, kernel: 3 });
    value = network.add({ name: `${upsample}.${index + 1}`, op: "pixel_shuffle", in: conv, scale: by });
    scale *= by;
  }
  return { scale, value };
}
