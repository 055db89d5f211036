/** Public networks of every shape: what decides one, and its tensors, which a seed gives. */
import { randomNumbers } from "../../../src/base/random.js";
import type { NamedTensor } from "../../../src/files/safetensors-write.js";
import type { StoredTensor, TensorStore } from "../../../src/tensors/tensor.js";

/** How PyTorch names a weight: folded already, under `weight_norm`, or under its newer parametrization. */
export const SPELLINGS = ["plain", "weight_norm", "parametrization"] as const;

/** `x − mean → body + skip → PixelShuffle → + mean`, see DESIGN in the documents of the project. */
export interface Network {
  readonly units: number;
  readonly blocks: number;
  readonly experts: number;
  readonly cardinals: number;
  /** Channels between the convolutions of a block, per unit. */
  readonly width: number;
  readonly scale: number;
  readonly channels: number;
  readonly frames: number;
  /** Whether the skip path is a convolution; where input and output channels are the same it may be missing. */
  readonly skip: boolean;
  readonly spelling: (typeof SPELLINGS)[number];
  /** Whether DataParallel put `module.` before all names. */
  readonly parallel: boolean;
  /** Of the weights. */
  readonly seed: number;
}

export interface TensorShape {
  readonly name: string;
  readonly shape: readonly number[];
  /** Standard deviation, or the norm of a row where the weight is under weight_norm. */
  readonly spread: number;
}

/** A network's tensors by name, as a checkpoint holds them; values are made when they are read. */
export function networkTensors(network: Network): readonly NamedTensor[] {
  return tensorShapes(network).map(({ name, shape, spread }, index) => {
    const read = async (): Promise<Float32Array> => {
      const next = gaussian(network.seed + index);
      const gain = /(_g|original0)$/.test(name);
      return Float32Array.from({ length: count(shape) }, () => spread * (gain ? 1 + 0.2 * next() : next()));
    };
    return { name, tensor: { shape, read } };
  });
}

/** The same as an opened file. */
export function networkStore(network: Network): TensorStore {
  const tensors = networkTensors(network).map(
    ({ name, tensor }) =>
      [name, { ...tensor, name, dtype: "float32" }] as const satisfies readonly [string, StoredTensor],
  );
  return { tensors: new Map(tensors), others: new Map(), metadata: new Map() };
}

/** Names and shapes of a network's tensors. */
export function tensorShapes(network: Network): readonly TensorShape[] {
  const prefix = network.parallel ? "module." : "";
  return shapesOf(network).map(({ name, ...shape }) => ({ name: prefix + name, ...shape }));
}

function shapesOf(network: Network): readonly TensorShape[] {
  const { units, blocks, experts, cardinals, width, scale, channels, frames, skip } = network;
  const hidden = Math.floor(units * width);
  const [input, output] = [channels * frames, channels * scale ** 2];
  const mixed = (name: string, from: number, to: number): readonly TensorShape[] => [
    ...weightShapes(network, name, [experts * to, from, 3, 3], 1),
    { name: `${name}.bias`, shape: [experts * to], spread: 0.05 },
    // Logits that differ by some units, so that β moves across its whole range.
    { name: `${name}.mlp.0.weight`, shape: [experts * cardinals, from], spread: 4 / Math.sqrt(from) },
    { name: `${name}.mlp.0.bias`, shape: [experts * cardinals], spread: 1 },
  ];
  const plain = (name: string, from: number, to: number, side: number, gain: number): readonly TensorShape[] => [
    ...weightShapes(network, name, [to, from, side, side], gain),
    { name: `${name}.bias`, shape: [to], spread: 0.05 },
  ];
  const indices = Array.from({ length: blocks }, (_, i) => i + 1);
  return [
    ...plain("body.0", input, units, 3, 1),
    ...indices.flatMap((i) => [
      ...mixed(`body.${i}.body.0`, units, hidden),
      ...mixed(`body.${i}.body.2`, hidden, units),
    ]),
    ...plain(`body.${blocks + 1}`, units, output, 3, 0.5),
    ...(skip ? plain("skip.0", input, output, 5, 1) : []),
  ];
}

function weightShapes(
  { spelling }: Network,
  name: string,
  shape: readonly number[],
  gain: number,
): readonly TensorShape[] {
  const row = count(shape.slice(1));
  const gains = [shape[0]!, ...shape.slice(1).map(() => 1)];
  const plain: TensorShape = { name: `${name}.weight`, shape, spread: gain / Math.sqrt(row) };
  return {
    plain: [plain],
    weight_norm: [
      { name: `${name}.weight_g`, shape: gains, spread: gain },
      { ...plain, name: `${name}.weight_v` },
    ],
    parametrization: [
      { name: `${name}.parametrizations.weight.original0`, shape: gains, spread: gain },
      { ...plain, name: `${name}.parametrizations.weight.original1` },
    ],
  }[spelling];
}

/** Sums of four uniform numbers, of mean 0 and variance 1. */
function gaussian(seed: number): () => number {
  const next = randomNumbers(seed);
  return () => (next() + next() + next() + next() - 2) * Math.sqrt(3);
}

function count(shape: readonly number[]): number {
  return shape.reduce((product, dim) => product * dim, 1);
}
