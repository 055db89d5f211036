import type { Config } from "./config.js";
import type { Importer } from "./importer.js";
import { mostCommon } from "./most-common.js";
import { NetworkWriter, pictureDocument } from "./network-writer.js";
import { RRDB_SIGNATURES, type RrdbNames, rrdbNamesOf } from "./rrdb-names.js";
import type { TensorReader } from "./tensor-reader.js";

/** Hyper-parameters of RRDBNet. */
interface RrdbShape {
  readonly names: RrdbNames;
  readonly blocks: number;
  readonly units: number;
  /** Channels that each convolution of a dense block adds. */
  readonly growth: number;
  /** Whether dense blocks have the 1×1 convolution of ESRGAN+. */
  readonly plus: boolean;
  /** Channels of the picture, before and after. */
  readonly channels: number;
  readonly out: number;
  /** Side of the square of pixels that the first convolution sees as one; 1 where the picture is not unshuffled. */
  readonly unshuffle: number;
  /** How often the feature map is enlarged, and how much each time. */
  readonly enlargings: number;
  readonly factor: number;
}

/**
 * RRDBNet, the network of ESRGAN (Wang et al., ECCV workshops 2018) and Real-ESRGAN, and with `conv1x1` of ESRGAN+
 * (Rakotonirina & Rasoanaivo, ICASSP 2020): `first → blocks → trunk, + first → for each enlarging nearest ×2 and a
 * convolution → two convolutions`.
 */
export const rrdb: Importer = {
  name: "rrdb",
  description: "RRDBNet, the network of ESRGAN, Real-ESRGAN, BSRGAN and ESRGAN+",
  covers: "network",
  signatures: RRDB_SIGNATURES,
  keys: {
    scale: "3 for a network that enlarges once, by 3 (default 2); checked against the tensors otherwise",
    blocks: "checked against the names",
    units: "checked against the shapes",
    growth: "checked against the shapes",
    channels: "checked against the shapes",
  },
  read(tensors, config) {
    const shape = shapeOf(tensors, config);
    const network = new RrdbNetwork(tensors, shape);
    const { channels, out, unshuffle } = shape;
    const scale = scaleOf(shape);
    return {
      document: pictureDocument(`rrdb-x${scale}`, network.layers(), {
        channels,
        out,
        scale,
        range: [0, 1],
        multiple: unshuffle,
      }),
      tensors: network.writer.tensors,
      warnings: [],
    };
  },
};

/** Dense blocks of a block, and convolutions of a dense block. */
const PARTS = [1, 2, 3] as const;
const DENSE = 5;
const KERNEL = 3;
const SLOPE = 0.2;
const RESIDUAL = 0.2;

/** More have no picture that is small enough. */
const MOST_ENLARGINGS = 8;

const densePrefix = ({ names }: Pick<RrdbShape, "names">, block: number, part: number): string =>
  `${names.body}.${block}.${names.part}${part}`;

/** Reads the hyper-parameters off names and shapes; where tensors disagree, the majority holds and the rest is reported later. */
function shapeOf(tensors: TensorReader, config: Config): RrdbShape {
  const { names, blocks } = rrdbNamesOf(tensors);
  const parts = Array.from({ length: blocks }, (_, block) =>
    PARTS.map((part) => densePrefix({ names }, block, part)),
  ).flat();
  const each = (conv: number, axis: number) =>
    parts.map((part) => tensors.weightShape(`${part}.conv${conv}${names.inner}.`)?.[axis]);
  const head = tensors.weightShape(`${names.first}.`);
  const enlargings = Math.min(names.enlargings(tensors.names()), MOST_ENLARGINGS);
  const out = tensors.weightShape(`${names.last(enlargings)}.`)?.[0] ?? 3;
  const input = head?.[1] ?? out;
  const unshuffle = unshuffleOf(input / out, 2 ** enlargings);
  const thrice = enlargings === 1 && unshuffle === 1 && config.number("scale", 2) === 3;
  const shape = {
    names,
    blocks,
    units: mostCommon([head?.[0], ...each(1, 1), ...each(DENSE, 0)]) ?? 1,
    growth: mostCommon([1, 2, 3, 4].flatMap((conv) => each(conv, 0))) ?? 1,
    plus: parts.some((part) => tensors.has(`${part}.conv1x1.weight`)),
    channels: input / unshuffle ** 2,
    out,
    unshuffle,
    enlargings,
    factor: thrice ? 3 : 2,
  };
  for (const key of ["blocks", "units", "growth", "channels"] as const) config.confirm(key, shape[key]);
  config.confirm("scale", scaleOf(shape));
  return shape;
}

const scaleOf = ({ factor, enlargings, unshuffle }: RrdbShape): number => factor ** enlargings / unshuffle;

/**
 * Real-ESRGAN's networks for scale 2 and 1 enlarge by 4 as the others do, and see the picture at a half or a quarter of its
 * size, with 4 or 16 times the channels.
 */
function unshuffleOf(ratio: number, enlarged: number): number {
  const side = ratio === 4 ? 2 : ratio === 16 ? 4 : 1;
  return enlarged >= side ? side : 1;
}

class RrdbNetwork {
  readonly writer: NetworkWriter;
  private readonly reader: TensorReader;
  private readonly shape: RrdbShape;

  constructor(reader: TensorReader, shape: RrdbShape) {
    this.reader = reader;
    this.writer = new NetworkWriter(reader);
    this.shape = shape;
  }

  layers(): NetworkWriter["layers"] {
    const { writer } = this;
    const { names, blocks, units, channels, out, unshuffle, enlargings, factor } = this.shape;
    const entry =
      unshuffle === 1 ? "x" : writer.add({ name: "unshuffle", op: "pixel_unshuffle", in: "x", scale: unshuffle });
    const first = this.conv(names.first, entry, channels * unshuffle ** 2, units);
    let value = first;
    for (let block = 0; block < blocks; block++) value = this.block(block, value);
    value = this.sum("trunk", this.conv(names.trunk(blocks), value, units, units), first);
    for (let i = 1; i <= enlargings; i++) {
      const larger = writer.add({ name: `enlarged.${i}`, op: "resize", in: value, mode: "nearest", scale: factor });
      value = this.activated(this.conv(names.up(i), larger, units, units));
    }
    value = this.activated(this.conv(names.hr(enlargings), value, units, units));
    writer.conv({ name: "y", from: names.last(enlargings), in: value, channels: units, out, kernel: KERNEL });
    return writer.layers;
  }

  private block(block: number, input: string): string {
    const name = `${this.shape.names.body}.${block}`;
    const parts = PARTS.map((part) => densePrefix(this.shape, block, part));
    // What ESRGAN+ makes noise of in training.
    if (this.shape.plus) for (const each of [name, ...parts]) this.reader.passOver(`${each}.noise.noise`);
    return this.residual(
      name,
      parts.reduce((value, part) => this.dense(part, value), input),
      input,
    );
  }

  /** Each convolution sees the input and what all before it gave. */
  private dense(name: string, input: string): string {
    const { units, growth, plus } = this.shape;
    const values = [input];
    for (let i = 1; i < DENSE; i++) {
      values.push(this.activated(this.seeing(name, i, values, growth)));
      if (plus && i === 2) values[2] = this.sum(`${name}.plus2`, values[2]!, this.beside(name, input));
      if (plus && i === 4) values[4] = this.sum(`${name}.plus4`, values[4]!, values[2]!);
    }
    return this.residual(name, this.seeing(name, DENSE, values, units), input);
  }

  private seeing(name: string, index: number, values: readonly string[], out: number): string {
    const { names, units, growth } = this.shape;
    const [only, ...more] = values;
    const seen =
      more.length === 0 ? only! : this.writer.add({ name: `${name}.seen${index}`, op: "concat", in: [...values] });
    return this.conv(`${name}.conv${index}${names.inner}`, seen, units + more.length * growth, out);
  }

  /** What ESRGAN+ adds to the second convolution of a dense block. */
  private beside(name: string, input: string): string {
    const { units: channels, growth: out } = this.shape;
    return this.writer.conv({ name: `${name}.conv1x1`, in: input, channels, out, kernel: 1, bias: false });
  }

  private conv(name: string, input: string, channels: number, out: number): string {
    return this.writer.conv({ name, in: input, channels, out, kernel: KERNEL });
  }

  private activated(input: string): string {
    return this.writer.add({ name: `${input}.act`, op: "leaky_relu", in: input, slope: SLOPE });
  }

  private sum(name: string, value: string, other: string): string {
    return this.writer.add({ name, op: "add", in: [value, other] });
  }

  private residual(name: string, value: string, input: string): string {
    return this.sum(name, this.writer.add({ name: `${name}.scaled`, op: "affine", in: value, scale: RESIDUAL }), input);
  }
}
