/** The mean colour that a network takes off pictures and adds to its result. */
import type { Diagnostic } from "../../base/diagnostics.js";
import { constantTensor } from "../../tensors/derived.js";
import { type Assumption, unused } from "./assumed.js";
import type { Config } from "./config.js";
import type { NetworkWriter } from "./network-writer.js";
import type { TensorReader } from "./tensor-reader.js";

/** Of DIV2K: red, green and blue, in parts of white. */
export const USUAL_MEAN: readonly number[] = [0.4488, 0.4371, 0.404];

export interface MeanSpec {
  readonly channels: number;
  /** The value of white in pictures. */
  readonly white: number;
  /** What the network multiplies by once the mean is off, and divides by before it is added. */
  readonly gain: number;
}

export interface MeanShift {
  /** @returns the name of the value without the mean */
  takeOff(network: NetworkWriter, input: string): string;
  /** Writes the value with the mean as `y`. */
  add(network: NetworkWriter, input: string): void;
  readonly assumptions: readonly Assumption[];
  readonly warnings: readonly Diagnostic[];
}

/**
 * The checkpoint's own 1×1 convolutions `sub_mean` and `add_mean`; else such convolutions made from the configuration's
 * `mean`, or from the usual one. None where they would change nothing.
 */
export function meanOf(tensors: TensorReader, config: Config, spec: MeanSpec): MeanShift | undefined {
  const { channels } = spec;
  const taken = tensors.names().some((name) => /^(?:sub|add)_mean\./.test(name));
  if (!taken) return fromNumbers(config, spec);
  const kernel = { channels, out: channels, kernel: 1 };
  return {
    takeOff: (network, input) => network.conv({ name: "sub_mean", in: input, ...kernel }),
    add: (network, input) => network.conv({ name: "y", from: "add_mean", in: input, ...kernel }),
    assumptions: [],
    warnings: unused(config, "mean", 'the checkpoint already holds it, in "sub_mean" and "add_mean"'),
  };
}

function fromNumbers(config: Config, { channels, white, gain }: MeanSpec): MeanShift | undefined {
  const usual = channels === USUAL_MEAN.length ? USUAL_MEAN : undefined;
  if (usual === undefined) config.require("mean", `${USUAL_MEAN} for three colours; for one, 0 is usual`);
  const mean = config.numbers("mean", usual ?? Array.from({ length: channels }, () => 0));
  if (gain === 1 && mean.every((value) => value === 0)) return undefined;
  const layer = { op: "conv", out: channels, kernel: 1 } as const;
  return {
    takeOff(network, input) {
      keepDiagonal(
        network,
        "sub_mean",
        gain,
        mean.map((value) => -value * white * gain),
      );
      return network.add({ name: "sub_mean", in: input, ...layer });
    },
    add(network, input) {
      keepDiagonal(
        network,
        "add_mean",
        1 / gain,
        mean.map((value) => value * white),
      );
      const weights = { weight: "add_mean.weight", bias: "add_mean.bias" };
      network.add({ name: "y", in: input, weights, ...layer });
    },
    assumptions: usual ? [{ key: "mean", value: usual.join(",") }] : [],
    warnings: [],
  };
}

/** Keeps a 1×1 convolution that multiplies each channel by the same number and adds one of its own. */
function keepDiagonal(network: NetworkWriter, name: string, factor: number, offsets: readonly number[]): void {
  const count = offsets.length;
  const weight = new Float32Array(count * count);
  for (let c = 0; c < count; c++) weight[c * count + c] = factor;
  network.keep(`${name}.weight`, constantTensor([count, count, 1, 1], weight));
  network.keep(`${name}.bias`, constantTensor([count], Float32Array.from(offsets)));
}
