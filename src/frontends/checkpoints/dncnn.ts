import { error } from "../../base/diagnostics.js";
import { option, remedy } from "../../base/remedy.js";
import { constantTensor } from "../../tensors/derived.js";
import type { ModelDocument } from "../document/document.js";
import { assumed, unused } from "./assumed.js";
import type { Importer } from "./importer.js";
import { lastIndex } from "./indexed-names.js";
import { mostCommon } from "./most-common.js";
import { NetworkWriter, pictureDocument } from "./network-writer.js";
import type { TensorReader } from "./tensor-reader.js";

type Input = ModelDocument["inputs"][number];

/** A chain of 3×3 convolutions as an nn.Sequential numbers it, activations included. */
interface Chain {
  /** `model` in KAIR, `dncnn` in the first code. */
  readonly root: string;
  /** Numbers of the convolutions. */
  readonly convs: readonly number[];
  /** Whether a BatchNorm follows each convolution but the first and the last, one number further. */
  readonly normalised: boolean;
}

/** Convolutions of IRCNN, which are dilated; no tensor shows dilation. */
const CONVS_OF_IRCNN = 7;

/** Channels of pictures to which FDnCNN appends a noise map. FFDNet has the same names on pictures cut into 2×2 pixels. */
const CHANNELS_BESIDE_A_MAP: readonly number[] = [1, 3];

/**
 * Whole networks of "Beyond a Gaussian Denoiser" (Zhang et al., TIP 2017), which predict the noise, and FDnCNN ("FFDNet",
 * Zhang et al., TIP 2018), which takes a map of the noise level and gives the picture.
 */
export const dncnn: Importer = {
  name: "dncnn",
  description: "whole networks that remove noise from pictures (DnCNN, with BatchNorm or merged, and FDnCNN)",
  covers: "network",
  signatures: [{ all: ["model.0.weight", "model.2.weight"] }, { all: ["dncnn.0.weight", "dncnn.2.weight"] }],
  shapesFit(tensors) {
    const chain = chainOf(tensors);
    return chain !== undefined && picturesOf(tensors, chain) !== undefined;
  },
  doubt(tensors) {
    const chain = chainOf(tensors);
    if (chain?.root !== "model" || chain.normalised || chain.convs.length !== CONVS_OF_IRCNN) return undefined;
    if (picturesOf(tensors, chain)?.map) return undefined;
    return error(
      "import/ambiguous",
      "seven convolutions in a row are either a small DnCNN or an IRCNN, whose kernels are dilated; the tensors do not show which",
      remedy`if it is a DnCNN, give ${option("arch", "dncnn")}; if it is an IRCNN, export it to ONNX with torch.onnx.export`,
    );
  },
  keys: {
    epsilon: "added to the variances of BatchNorm (default 1e-4; 1e-5 for networks without any bias)",
    noise: "of FDnCNN: the standard deviation of the noise, for values of 0 to 255, in place of the second input",
    depth: "checked against the shapes",
    units: "checked against the shapes",
    channels: "checked against the shapes",
  },
  read(tensors, config) {
    const chain = chainOf(tensors) ?? SMALLEST;
    const { channels, map } = picturesOf(tensors, chain) ?? { channels: 1, map: false };
    const usual = usualEpsilon(tensors, chain);
    const network = new NetworkWriter(tensors);
    const open = map && !config.has("noise");
    if (map && !open) writeMap(network, channels, config.number("noise", 0));
    const units = writeChain(network, tensors, chain, { channels, map, epsilon: config.positive("epsilon", usual) });
    config.confirm("depth", chain.convs.length);
    config.confirm("units", units);
    config.confirm("channels", channels);
    const name = map ? "fdncnn" : "dncnn";
    const document = pictureDocument(name, network.layers, { channels, out: channels, scale: 1, range: [0, 1] });
    return {
      document: open ? { ...document, inputs: [...document.inputs, MAP] } : document,
      tensors: network.tensors,
      warnings: [
        ...(chain.normalised ? assumed(config, [{ key: "epsilon", value: usual }]) : []),
        ...(chain.normalised ? [] : unused(config, "epsilon", "the network has no BatchNorm")),
        ...(map ? [] : unused(config, "noise", "the network has no input for the noise level")),
      ],
    };
  },
};

/** What a checkpoint is read as that `--arch` names and that is no chain: what is missing is said then. */
const SMALLEST: Chain = { root: "model", convs: [0, 2, 4], normalised: false };

/** The noise level of each pixel, as the standard deviation of values of 0 to 1. */
const MAP = { name: "noise_map", dtype: "float32", shape: ["N", 1, "H", "W"] } satisfies Input;

/** Writes the map of a noise level that is the same for all pixels and pictures. */
function writeMap(network: NetworkWriter, channels: number, noise: number): void {
  network.keep(`${MAP.name}.weight`, constantTensor([1, channels, 1, 1], new Float32Array(channels)));
  network.keep(`${MAP.name}.bias`, constantTensor([1], Float32Array.of(noise / 255)));
  network.add({ name: MAP.name, op: "conv", in: "x", out: 1, kernel: 1 });
}

function chainOf(tensors: TensorReader): Chain | undefined {
  const root = ["dncnn", "model"].find((name) => tensors.has(`${name}.0.weight`));
  if (root === undefined) return undefined;
  const inside = tensors.names().filter((name) => name.startsWith(`${root}.`));
  const plain = new RegExp(`^${root}\\.([0-9]+)\\.(?:weight|bias|running_mean|running_var)$`);
  if (!inside.every((name) => plain.test(name))) return undefined;
  const normalised = inside.some((name) => name.endsWith(".running_mean"));
  // A BatchNorm that was merged may leave its number.
  const step = normalised || !tensors.has(`${root}.4.weight`) ? 3 : 2;
  const last = lastIndex(inside, plain);
  const convs = [0];
  for (let index = 2; index <= last; index += step) convs.push(index);
  const norms = normalised ? convs.slice(1, -1).map((index) => index + 1) : [];
  const numbers = new Set([...convs, ...norms]);
  const known = inside.every((name) => numbers.has(Number(plain.exec(name)![1])));
  return known && convs.length > 2 && convs.at(-1) === last ? { root, convs, normalised } : undefined;
}

interface Pictures {
  readonly channels: number;
  /** Whether a noise map is appended to the picture, and the result is the picture itself. */
  readonly map: boolean;
}

function picturesOf(tensors: TensorReader, { root, convs }: Chain): Pictures | undefined {
  const first = tensors.shapeOf(`${root}.0.weight`);
  const last = tensors.shapeOf(`${root}.${convs.at(-1)}.weight`);
  if (first?.length !== 4 || last?.length !== 4) return undefined;
  const [input, channels] = [first[1]!, last[0]!];
  if (input === channels) return { channels, map: false };
  return input === channels + 1 && CHANNELS_BESIDE_A_MAP.includes(channels) ? { channels, map: true } : undefined;
}

/** The paper's code and KAIR's; the second PyTorch code, whose convolutions have no biases, has PyTorch's default. */
function usualEpsilon(tensors: TensorReader, { root }: Chain): number {
  return root === "dncnn" && !tensors.has("dncnn.0.bias") ? 1e-5 : 1e-4;
}

/** Writes the convolutions; without a map, what they predict is taken off the picture. @returns the units between them */
function writeChain(
  network: NetworkWriter,
  tensors: TensorReader,
  { root, convs, normalised }: Chain,
  { channels, map, epsilon }: Pictures & { readonly epsilon: number },
): number {
  const middle = convs.slice(1, -1);
  const has = (index: number): boolean => root === "model" || tensors.has(`${root}.${index}.bias`);
  const biases = middle.some(has);
  const units = mostCommon(convs.map((index) => tensors.shapeOf(`${root}.${index}.weight`)?.[0])) ?? 1;
  const add = (index: number, input: string, end = `${root}.${index}`): string =>
    network.conv({
      name: end,
      from: `${root}.${index}`,
      in: input,
      channels: index === 0 ? channels + Number(map) : units,
      out: index === convs.at(-1) ? channels : units,
      kernel: 3,
      bias: middle.includes(index) ? biases : has(index),
    });
  const relu = (index: number, input: string): string =>
    network.add({ name: `${root}.${index}`, op: "relu", in: input });
  const x = map ? network.add({ name: "x.with_map", op: "concat", in: ["x", MAP.name] }) : "x";
  let value = relu(1, add(0, x));
  for (const index of middle) {
    const conv = add(index, value);
    const norm = normalised ? batchNorm(network, tensors, `${root}.${index + 1}`, { in: conv, units, epsilon }) : conv;
    value = relu(index + (normalised ? 2 : 1), norm);
  }
  if (map) add(convs.at(-1)!, value, "y");
  else {
    const minus = network.add({ name: "minus", op: "affine", in: add(convs.at(-1)!, value), scale: -1 });
    network.add({ name: "y", op: "add", in: ["x", minus] });
  }
  return units;
}

interface NormSpec {
  readonly in: string;
  readonly units: number;
  readonly epsilon: number;
}

const NORM_TENSORS = ["weight", "bias", "running_mean", "running_var"] as const;

function batchNorm(network: NetworkWriter, tensors: TensorReader, name: string, spec: NormSpec): string {
  for (const part of NORM_TENSORS) network.keep(`${name}.${part}`, tensors.take(`${name}.${part}`, [spec.units]));
  return network.add({ name, op: "batch_norm", in: spec.in, epsilon: spec.epsilon });
}
