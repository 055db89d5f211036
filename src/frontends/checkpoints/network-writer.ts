/** A network's document and its tensors, written side by side, so that every layer takes its tensors where it is written. */
import type { NamedTensor } from "../../files/safetensors-write.js";
import type { ModelDocument } from "../document/document.js";
import type { TensorReader } from "./tensor-reader.js";

export type Layer = ModelDocument["layers"][number];

export interface ConvSpec {
  /** Of the layer, and what stands before the names of its tensors in the checkpoint. */
  readonly name: string;
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
  conv({ name, in: input, channels, out, kernel, bias = true }: ConvSpec): string {
    this.keep(`${name}.weight`, this.reader.takeWeight(`${name}.`, [out, channels, kernel, kernel]));
    if (bias) this.keep(`${name}.bias`, this.reader.take(`${name}.bias`, [out]));
    const without = bias ? {} : ({ bias: false } as const);
    return this.add({ name, op: "conv", in: input, out, kernel, pad: Math.floor(kernel / 2), ...without } as Layer);
  }

  /** Takes a tensor along under a name that a layer reads. */
  keep(name: string, tensor: NamedTensor["tensor"]): void {
    this.tensors.push({ name, tensor });
  }
}
