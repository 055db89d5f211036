/** What a 3×3 convolution on a canvas is made from. */
import type { ChannelOrder } from "../../ir/ops/pixel-shuffle.js";
import type { LazyTensor } from "../../tensors/tensor.js";
import type { Canvas } from "./canvas.js";
import type { CanvasValue, RepeatedPicture } from "./value.js";

export type LayerKernel =
  /** ONNX value [1, O, C·9] of a batch of one. */
  { readonly mixed: string } | ConstantKernel;

export type LayerActivation =
  | { readonly kind: "relu" }
  /** One slope below zero. */
  | { readonly kind: "leaky_relu"; readonly slope: number }
  /** A slope for each channel: ONNX value [1, O]. */
  | { readonly kind: "prelu"; readonly slopes: string };

export interface ConstantKernel {
  /** [O, C, 3, 3] */
  readonly constant: LazyTensor;
  /** Of the constant in the graph. */
  readonly name: string;
}

/** A convolution of few outputs that alone reads a layer's result. */
export interface Closing {
  readonly name: string;
  /** [O, C/s², 3, 3] */
  readonly kernel: LazyTensor;
  /** Of the kernel in the graph. */
  readonly kernelName: string;
  /** How the layer's pixels are shuffled before it; absent: not at all. */
  readonly shuffle: { readonly scale: number; readonly order: ChannelOrder } | undefined;
}

/** A value on the canvas that a layer reads. */
export interface LayerInput {
  readonly channels: number;
  /** ONNX value [1,1,Hc,Wc,C]. */
  value(): string;
  /** ONNX value [1,1,H,W,C], where there is one without padding. */
  readonly picture: string | undefined;
  /** Where its pixels are those of a smaller picture, repeated. */
  readonly repeated: RepeatedPicture | undefined;
  /** The same in the points, where another layer took it there: ONNX value of `inPointsShape`, with the strips before it where the canvas is cut. */
  readonly points: string | undefined;
  /** Whether this layer takes it to the points for others too; its kernel is constant then and not in chunks. */
  readonly keepsPoints: boolean;
}

export interface CanvasLayer {
  readonly name: string;
  readonly canvas: Canvas;
  /** The values whose channels, side by side, are the input. */
  readonly inputs: readonly LayerInput[];
  /** Of all of them. */
  readonly channels: number;
  readonly out: number;
  readonly kernel: LayerKernel;
  /** Points of the width that are worked on together, a divisor of their number; 0 for all. */
  readonly chunk: number;
  /** ONNX value [1, O]. */
  readonly bias: string;
  /** Behind the convolution. */
  readonly activation: LayerActivation | undefined;
  /** The canvases that are added to the result, one after the other. */
  readonly residuals: readonly CanvasValue[];
  /** Whether a router reads the result, and with it the sums of its rows. */
  readonly sums: boolean;
  /** What alone reads the result, and is computed in its place. */
  readonly closing: Closing | undefined;
}
