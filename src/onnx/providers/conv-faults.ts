/** Convolutions that ONNX Runtime 1.30's WebGPU provider runs without an error and gets wrong. */

/** The sizes of a Conv that decide which kernel the provider takes. */
export interface ConvSizes {
  /** Channels of the input. */
  readonly channels: number;
  /** Channels of the output. */
  readonly out: number;
  readonly groups: number;
  /** Whether it is a product of matrices: a kernel of one element, stride 1, no zeros around. */
  readonly pointwise: boolean;
}

/**
 * `input`: channels of the input taken in threes, the kernel's elements of one three after the other
 * (microsoft/onnxruntime#29651); a picture's three channels are one three, and right.
 * `output`: channels of the output written in twos or fours, all with the input of the first one's group.
 */
export type ConvFault = "input" | "output";

/**
 * The fault that the WebGPU provider has on a convolution. Seen with onnxruntime-node and onnxruntime-web 1.30.0, on
 * SwiftShader, by comparing convolutions of 1 to 32 channels and 1 to 8 groups with the CPU's: those that are named here
 * are off by as much as the values themselves, all others equal.
 */
export function webgpuConvFault({ channels, out, groups, pointwise }: ConvSizes): ConvFault | undefined {
  if (groups === 1) {
    const inThrees = channels > 3 && channels % 3 === 0 && channels % 4 !== 0 && out % 4 === 0;
    return inThrees && !pointwise ? "input" : undefined;
  }
  const perGroup = out / groups;
  const atOnce = [4, 2, 1].find((width) => out % width === 0)!;
  return perGroup >= 4 && perGroup % atOnce !== 0 ? "output" : undefined;
}
