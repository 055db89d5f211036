import { type Diagnostic, error, warning } from "../../base/diagnostics.js";
import { configValue, remedy } from "../../base/remedy.js";
import type { Config } from "./config.js";
import type { Importer } from "./importer.js";
import { lastIndex } from "./indexed-names.js";
import { mostCommon } from "./most-common.js";
import { type Layer, NetworkWriter, pictureDocument } from "./network-writer.js";
import type { TensorReader } from "./tensor-reader.js";

const ACTIVATIONS = ["prelu", "relu", "leakyrelu"] as const;
type Activation = (typeof ACTIVATIONS)[number];

/** Hyper-parameters of SRVGGNetCompact. */
interface CompactShape {
  /** Index of the last convolution; before it, convolutions have even indices, activations odd ones. */
  readonly last: number;
  readonly units: number;
  readonly channels: number;
  readonly scale: number;
  readonly act: Activation;
}

/**
 * SRVGGNetCompact, the small networks of Real-ESRGAN (Wang et al., ICCV workshops 2021):
 * `body (convolutions and activations in turn) → PixelShuffle(scale), + nearest(x, scale)`.
 */
export const compact: Importer = {
  name: "compact",
  description: "SRVGGNetCompact, the small networks of Real-ESRGAN",
  covers: "network",
  signatures: [{ all: ["body.0.weight", "body.0.bias", "body.2.weight", "body.2.bias"], none: ["body.1.bias"] }],
  shapesFit: isWhole,
  keys: {
    act: "relu or leakyrelu for a network without slopes of PReLU (default relu, with a warning)",
    scale: "checked against the shapes",
    units: "checked against the shapes",
    convs: "convolutions between the first and the last, checked against the names",
    channels: "checked against the shapes",
  },
  read(tensors, config) {
    const warnings: Diagnostic[] = [];
    const shape = shapeOf(tensors, config, warnings);
    const writer = writeNetwork(tensors, shape);
    const { channels, scale } = shape;
    return {
      document: pictureDocument(`compact-x${scale}`, writer.layers, { channels, out: channels, scale, range: [0, 1] }),
      tensors: writer.tensors,
      warnings,
    };
  },
};

const KERNEL = 3;
/** Of LeakyReLU. */
const SLOPE = 0.1;

/** More are the channels of a feature map: many networks have parts that are built like this one. */
const MOST_COLORS = 4;

function isWhole(tensors: TensorReader): boolean {
  const [, channels, ...kernel] = tensors.weightShape("body.0.") ?? [];
  return kernel.length === 2 && channels! <= MOST_COLORS;
}

/** Reads the hyper-parameters off names and shapes; where tensors disagree, the majority holds and the rest is reported later. */
function shapeOf(tensors: TensorReader, config: Config, warnings: Diagnostic[]): CompactShape {
  const last = lastIndex(tensors.names(), /^body\.([0-9]+)\./);
  const indices = Array.from({ length: Math.max(0, last) }, (_, index) => index);
  const shapes = indices.map((index) => tensors.weightShape(`body.${index}.`));
  const units = mostCommon(shapes.map((shape) => shape?.[0])) ?? 1;
  const channels = tensors.weightShape("body.0.")?.[1] ?? 3;
  const slopes = shapes.some((shape) => shape?.length === 1);
  const shape = {
    last,
    units,
    channels,
    scale: scaleOf(tensors.weightShape(`body.${last}.`)?.[0] ?? channels, channels, config),
    act: activationOf(slopes, config, warnings),
  };
  for (const key of ["units", "channels", "scale"] as const) config.confirm(key, shape[key]);
  config.confirm("convs", Math.floor(last / 2) - 1);
  return shape;
}

/** The last convolution gives each pixel a square of `scale²` pixels. */
function scaleOf(out: number, channels: number, config: Config): number {
  const scale = Math.sqrt(out / channels);
  if (Number.isInteger(scale)) return scale;
  config.found.push(
    error("import/no-reading", `no scale fits ${channels} input channels and ${out} channels of the last convolution`, {
      hint: "check the checkpoint; in this architecture the last convolution has channels · scale² output channels",
    }),
  );
  return 1;
}

function activationOf(slopes: boolean, config: Config, warnings: Diagnostic[]): Activation {
  const given = config.text("act", ACTIVATIONS) as Activation | undefined;
  if (slopes) config.confirm("act", "prelu");
  if (slopes) return "prelu";
  if (!config.has("act")) warnings.push(reluAssumed(config));
  return given ?? "relu";
}

const reluAssumed = (config: Config): Diagnostic =>
  warning(
    "import/activation-assumed",
    "the tensors do not show the activation, because there are no slopes of PReLU; using ReLU",
    { ...config.placeOf("act"), ...remedy`if the network has LeakyReLU, give ${configValue("act", "leakyrelu")}` },
  );

function writeNetwork(reader: TensorReader, { last, units, channels, scale, act }: CompactShape): NetworkWriter {
  const writer = new NetworkWriter(reader);
  const conv = (index: number, input: string, from: number, out: number): string =>
    writer.conv({ name: `body.${index}`, in: input, channels: from, out, kernel: KERNEL });
  let value = "x";
  for (let index = 0; index < last; index += 2) {
    const convolved = conv(index, value, index === 0 ? channels : units, units);
    value = writer.add(activation(writer, reader, `body.${index + 1}`, convolved, units, act));
  }
  value = conv(last, value, units, channels * scale ** 2);
  if (scale > 1) value = writer.add({ name: "shuffle", op: "pixel_shuffle", in: value, scale });
  const base = scale > 1 ? writer.add({ name: "base", op: "resize", in: "x", mode: "nearest", scale }) : "x";
  writer.add({ name: "y", op: "add", in: [value, base] });
  return writer;
}

function activation(
  writer: NetworkWriter,
  reader: TensorReader,
  name: string,
  input: string,
  units: number,
  act: Activation,
): Layer {
  if (act === "relu") return { name, op: "relu", in: input };
  if (act === "leakyrelu") return { name, op: "leaky_relu", in: input, slope: SLOPE };
  const slopes = reader.take(`${name}.weight`, [units], [1]);
  writer.keep(`${name}.weight`, slopes);
  return { name, op: "prelu", in: input, ...(slopes.shape[0] === units ? {} : { slopes: 1 }) };
}
