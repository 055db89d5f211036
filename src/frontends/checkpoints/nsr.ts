import { type Diagnostic, error, warning } from "../../base/diagnostics.js";
import { configValue, listed, remedy } from "../../base/remedy.js";
import type { NamedTensor } from "../../files/safetensors-write.js";
import type { ModelDocument } from "../document/document.js";
import type { Config } from "./config.js";
import type { ImportedModel, Importer } from "./importer.js";
import { lastIndex } from "./indexed-names.js";
import { mostCommon } from "./most-common.js";
import { imageOf } from "./network-writer.js";
import type { Signature } from "./signature.js";
import { type TensorReader, WEIGHT_NAMES } from "./tensor-reader.js";

type Layer = ModelDocument["layers"][number];

/** Hyper-parameters of a public network (wdsr_nsr: EDSR and WDSR with neural sparse representation). */
interface NsrShape {
  readonly blocks: number;
  readonly units: number;
  /** Channels between the two convolutions of a block. */
  readonly hidden: number;
  readonly experts: number;
  readonly cardinals: number;
  readonly channels: number;
  readonly frames: number;
  readonly scale: number;
  readonly skip: boolean;
}

/**
 * Whole networks of "Neural Sparse Representation for Image Restoration" (Fan et al., NeurIPS 2020):
 * `x − mean → body(x) + skip(x) → PixelShuffle(scale) → + mean`.
 */
export const nsr: Importer = {
  name: "nsr",
  description: "whole networks with neural sparse representation (the naming of wdsr_nsr)",
  covers: "network",
  signatures: [
    { all: ["body.*.body.0.mlp.0.weight"] },
    { all: ["body.*.body.2.mlp.0.weight"] },
    // Without blocks, there are only the convolutions around them.
    ...WEIGHT_NAMES.map(
      (weight): Signature => ({ all: [`body.0.${weight}`, `body.1.${weight}`], none: ["body.2.weight"] }),
    ),
  ],
  // The second parameter of other networks' bodies is a PReLU's.
  shapesFit: (tensors) => tensors.weightShape("body.1.")?.length !== 1,
  keys: {
    mean: "the mean that is subtracted from the input and added to the output (default 0.5)",
    patch: "side of the training patch in input pixels (default 48, with a warning)",
    frames: "pictures of a burst, if the shapes do not show it",
    scale: "checked against the shapes",
    channels: "checked against the shapes",
    blocks: "checked against the shapes",
    units: "checked against the shapes",
    width: "checked against the shapes",
    experts: "checked against the shapes",
    cardinals: "checked against the shapes",
  },
  read(tensors, config) {
    const warnings: Diagnostic[] = [];
    const shape = shapeOf(tensors, config, warnings);
    if (!config.has("patch")) warnings.push(patchAssumed(config));
    const network = new NsrNetwork(tensors, shape);
    return { document: network.document(config), tensors: network.tensors, warnings };
  },
};

const USUAL_PATCH = 48;
const USUAL_MEAN = 0.5;

const patchAssumed = (config: Config): Diagnostic => {
  const mean = config.has("mean") ? "" : `, and a mean of ${USUAL_MEAN}`;
  return warning(
    "import/patch-assumed",
    `the tensors do not show the side of the training patches; using the usual ${USUAL_PATCH} pixels${mean}`,
    {
      ...config.placeOf("patch"),
      ...remedy`if the network was trained with other values, give them: ${listed(
        [
          remedy`${configValue("patch", USUAL_PATCH)}`,
          ...(mean === "" ? [] : [remedy`${configValue("mean", USUAL_MEAN)}`]),
        ],
        " ",
      )}`,
    },
  );
};

/** Reads the hyper-parameters off the shapes; where blocks disagree, the majority holds and the rest is reported later. */
function shapeOf(tensors: TensorReader, config: Config, warnings: Diagnostic[]): NsrShape {
  const blocks = lastIndex(tensors.names(), /^body\.([0-9]+)\.body\./, 0);
  const each = (suffix: string, axis: number, weight = true): number[] =>
    Array.from({ length: blocks }, (_, i) => {
      const prefix = `body.${i + 1}.body.${suffix}`;
      return (weight ? tensors.weightShape(`${prefix}.`) : tensors.shapeOf(prefix))?.[axis];
    }).filter((size) => size !== undefined);

  const head = tensors.weightShape("body.0.");
  const units = mostCommon([head?.[0], ...each("0", 1), ...each("0.mlp.0.weight", 1, false)]) ?? 1;
  const hidden = mostCommon([...each("2", 1), ...each("2.mlp.0.weight", 1, false)]) ?? units;
  const experts =
    mostCommon([...each("2", 0).map((rows) => rows / units), ...each("0", 0).map((rows) => rows / hidden)]) ?? 1;
  const routed = mostCommon([...each("0.mlp.0.weight", 0, false), ...each("2.mlp.0.weight", 0, false)]) ?? experts;
  const input = head?.[1] ?? 3;
  const skipShape = tensors.weightShape("skip.0.");
  const output = tensors.weightShape(`body.${blocks + 1}.`)?.[0] ?? skipShape?.[0] ?? input;
  const reading = readingOf(input, output, config, warnings);
  const shape = {
    blocks,
    units,
    hidden,
    experts,
    cardinals: routed / experts,
    ...reading,
    skip: skipShape !== undefined || input !== output,
  };
  for (const key of ["blocks", "units", "experts", "cardinals", "scale", "channels", "frames"] as const)
    config.confirm(key, shape[key]);
  // The public code rounds units · width down.
  const width = config.number("width", hidden / units);
  if (Math.floor(units * width) !== hidden) config.confirm("width", hidden / units);
  return shape;
}

interface Reading {
  readonly channels: number;
  readonly frames: number;
  readonly scale: number;
}

/** As many readings as a hint names. */
const NAMED_READINGS = 4;

/** Splits input channels·frames and output channels·scale²; several readings may fit, fewer frames come first. */
function readingOf(input: number, output: number, config: Config, warnings: Diagnostic[]): Reading {
  const readings: Reading[] = [];
  for (let frames = 1; frames <= input; frames++) {
    const channels = input / frames;
    const scale = Math.sqrt(output / channels);
    if (Number.isInteger(channels) && Number.isInteger(scale)) readings.push({ channels, frames, scale });
  }
  const asked = readings.filter((reading) =>
    (["channels", "frames", "scale"] as const).every(
      (key) => !config.has(key) || config.number(key, reading[key]) === reading[key],
    ),
  );
  const [taken, ...rest] = asked.length > 0 ? asked : readings;
  if (!taken) {
    config.found.push(
      error(
        "import/no-reading",
        `no scale and number of frames fit ${input} input channels and ${output} output channels`,
        {
          hint: "check the checkpoint; the network needs channels · scale² output channels and channels · frames input channels",
        },
      ),
    );
    return { channels: input, frames: 1, scale: 1 };
  }
  const text = ({ channels, frames, scale }: Reading): string =>
    `channels ${channels}, frames ${frames}, scale ${scale}`;
  if (rest.length > 0) {
    warnings.push(
      warning("import/two-readings", `the shapes fit more than one network; using ${text(taken)}`, {
        ...remedy`for another, give ${listed(
          rest
            .slice(0, NAMED_READINGS)
            .map((reading) => remedy`${configValue("frames", reading.frames)} (${text(reading)})`),
          ", or ",
        )}`,
      }),
    );
  }
  return taken;
}

/** Builds document and tensors side by side, so that every layer takes its tensors where it is written. */
class NsrNetwork {
  readonly tensors: NamedTensor[] = [];
  private readonly layers: Layer[] = [];
  private readonly reader: TensorReader;
  private readonly shape: NsrShape;

  constructor(reader: TensorReader, shape: NsrShape) {
    this.reader = reader;
    this.shape = shape;
  }

  document(config: Config): ImportedModel["document"] {
    const { blocks, units, channels, frames, scale, skip } = this.shape;
    const mean = config.number("mean", USUAL_MEAN);
    const burst = frames > 1;
    const tail = `body.${blocks + 1}`;
    const entry = burst ? "frames" : "centre";
    this.layers.push({ name: "centre", op: "affine", in: "x", shift: -mean });
    if (burst) this.layers.push({ name: "frames", op: "fold_frames", in: "centre" });
    this.conv("body.0", entry, channels * frames, units);
    for (let block = 1; block <= blocks; block++) this.block(`body.${block}`, `body.${block - 1}`);
    this.conv(tail, `body.${blocks}`, units, channels * scale ** 2);
    if (skip) this.conv("skip.0", entry, channels * frames, channels * scale ** 2);
    this.layers.push({ name: "sum", op: "add", in: [tail, skip ? "skip.0" : entry] });
    if (scale > 1) this.layers.push({ name: "shuffle", op: "pixel_shuffle", in: "sum", scale });
    this.layers.push({ name: burst ? "uncentre" : "y", op: "affine", in: scale > 1 ? "shuffle" : "sum", shift: mean });
    if (burst) this.layers.push({ name: "y", op: "unfold_frames", in: "uncentre" });
    const image = burst ? undefined : imageOf({ channels, out: channels, scale, range: [0, 1] });
    return {
      name: `nsr-x${scale}`,
      ...(image ? { image } : {}),
      context: patchContext(config, entry, tail),
      inputs: [
        { name: "x", dtype: "float32", shape: burst ? ["N", channels, frames, "H", "W"] : ["N", channels, "H", "W"] },
      ],
      layers: this.layers,
      outputs: ["y"],
    };
  }

  private block(name: string, input: string): void {
    const { units, hidden } = this.shape;
    this.mixed(`${name}.body.0`, input, units, hidden);
    this.layers.push({ name: `${name}.body.1`, op: "relu", in: `${name}.body.0` });
    this.mixed(`${name}.body.2`, `${name}.body.1`, hidden, units);
    this.layers.push({ name, op: "add", in: [`${name}.body.2`, input] });
  }

  private mixed(name: string, input: string, channels: number, out: number): void {
    const { experts, cardinals } = this.shape;
    const beta = `${name}.beta`;
    const router = `${name}.mlp.0`;
    this.keep(`${router}.weight`, this.reader.take(`${router}.weight`, [experts * cardinals, channels]));
    this.keep(`${router}.bias`, this.reader.take(`${router}.bias`, [experts * cardinals]));
    this.layers.push({
      name: beta,
      op: "route",
      in: input,
      mlp: ["linear"],
      weights: { "mlp.0": router },
      experts,
      cardinals,
    });
    const { kernel, pad } = this.kernel(name, experts * out, channels);
    this.keep(`${name}.bias`, this.reader.take(`${name}.bias`, [experts * out]));
    this.layers.push({ name, op: "mix_conv", in: input, beta, out, kernel, pad });
  }

  private conv(name: string, input: string, channels: number, out: number): void {
    const { kernel, pad } = this.kernel(name, out, channels);
    this.keep(`${name}.bias`, this.reader.take(`${name}.bias`, [out]));
    this.layers.push({ name, op: "conv", in: input, out, kernel, pad });
  }

  /** Takes a weight of any odd square kernel. */
  private kernel(name: string, rows: number, channels: number): { readonly kernel: number; readonly pad: number } {
    const side = this.reader.weightShape(`${name}.`)?.[2] ?? (name === "skip.0" ? 5 : 3);
    this.keep(`${name}.weight`, this.reader.takeWeight(`${name}.`, [rows, channels, side, side]));
    return { kernel: side, pad: Math.floor(side / 2) };
  }

  private keep(name: string, tensor: NamedTensor["tensor"]): void {
    this.tensors.push({ name, tensor });
  }
}

/** The published patch evaluation of the public networks: frame 4, stride patch − 2·frame − 8, whole below 4 patches. */
function patchContext(config: Config, from: string, to: string): NonNullable<ImportedModel["document"]["context"]> {
  const frame = 4;
  const patch = config.integer("patch", USUAL_PATCH, 2 * frame + 9);
  return {
    kind: "patch",
    patch,
    frame,
    stride: patch - 2 * frame - 8,
    borderWeight: 0.3,
    wholeBelow: 4 * patch,
    region: { from, to },
  };
}
