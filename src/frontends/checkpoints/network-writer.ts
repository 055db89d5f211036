/** A network's document and its tensors, written side by side, so that every layer takes its tensors where it is written. */
import type { NamedTensor } from "../../files/safetensors-write.js";
import type { ModelDocument } from "../document/document.js";
import type { TensorReader } from "./tensor-reader.js";

export type Layer = ModelDocument["layers"][number];

export interface ConvSpec {
  /** Of the layer, and what stands before the names of its tensors in the checkpoint. */
  readonly name: string;
  /** What stands before the names of the tensors, where it is not the layer's name. */
  readonly from?: string;
  readonly in: string;
  readonly channels: number;
  readonly out: number;
  /** Side of the square kernel; odd, and the padding keeps the size. */
  readonly kernel: number;
  /** Whether there is a bias (default: yes). */
  readonly bias?: boolean;
}

export class NetworkWriter {
  readonly tensors: NamedTensor[] = [];
  readonly layers: Layer[] = [];
  private readonly reader: TensorReader;

  constructor(reader: TensorReader) {
    this.reader = reader;
  }

  /** Adds a layer. @returns its name, for its readers */
  add(layer: Layer): string {
    this.layers.push(layer);
    return layer.name;
  }

  /** Adds a convolution of stride 1 that keeps the size of the picture. @returns its name */
  conv({ name, from = name, in: input, channels, out, kernel, bias = true }: ConvSpec): string {
    const [weight, offset] = [`${from}.weight`, `${from}.bias`];
    this.keep(weight, this.reader.takeWeight(`${from}.`, [out, channels, kernel, kernel]));
    if (bias) this.keep(offset, this.reader.take(offset, [out]));
    return this.add({
      name,
      op: "conv",
      in: input,
      out,
      kernel,
      pad: Math.floor(kernel / 2),
      ...(bias ? {} : { bias: false }),
      ...(from === name ? {} : { weights: { weight, ...(bias ? { bias: offset } : {}) } }),
    });
  }

  /** Adds a linear layer whose weight is that of a 1×1 convolution. @returns its name */
  linear({ name, in: input, channels, out }: Pick<ConvSpec, "name" | "in" | "channels" | "out">): string {
    this.keep(`${name}.weight`, this.reader.take(`${name}.weight`, [out, channels, 1, 1]));
    this.keep(`${name}.bias`, this.reader.take(`${name}.bias`, [out]));
    return this.add({ name, op: "linear", in: input, out });
  }

  /** Takes a tensor along under a name that a layer reads. */
  keep(name: string, tensor: NamedTensor["tensor"]): void {
    this.tensors.push({ name, tensor });
  }
}

/** What a network makes of pictures. */
export interface PictureSpec {
  /** Channels of the input and of the output. */
  readonly channels: number;
  readonly out: number;
  /** Output pixels per input pixel along one side. */
  readonly scale: number;
  /** Values of black and white. */
  readonly range: readonly [number, number];
  /** Sides of pictures are multiples of it (default 1). */
  readonly multiple?: number;
}

const COLORS: Readonly<Record<number, "gray" | "rgb">> = { 1: "gray", 3: "rgb" };

/** The document's entry on pictures; none where the channels are not those of a picture before and after. */
export function imageOf({
  channels,
  out,
  scale,
  range: [black, white],
  multiple = 1,
}: PictureSpec): ModelDocument["image"] {
  const color = channels === out ? COLORS[channels] : undefined;
  return color ? { range: [black, white], color, scale, ...(multiple > 1 ? { multiple } : {}) } : undefined;
}

/** The document of a network that makes one picture `y` of one picture `x`. */
export function pictureDocument(
  name: string,
  layers: readonly Layer[],
  picture: PictureSpec,
): Omit<ModelDocument, "weights" | "source" | "version"> {
  const image = imageOf(picture);
  return {
    name,
    ...(image ? { image } : {}),
    inputs: [{ name: "x", dtype: "float32", shape: ["N", picture.channels, "H", "W"] }],
    layers: [...layers],
    outputs: ["y"],
  };
}
