/** SPAN's convolution of three, which is one. */
import { computed } from "../../tensors/derived.js";
import type { LazyTensor, TensorData } from "../../tensors/tensor.js";
import type { TensorReader } from "./tensor-reader.js";

const TAPS = 9;
const CENTRE = 4;

export interface Folded {
  /** [out, in, 3, 3]. */
  readonly weight: LazyTensor;
  /** [out]. */
  readonly bias: LazyTensor;
}

/**
 * Takes the parts of a Conv3XC: 1×1, 3×3 and 1×1 one after the other, `conv.0` to `conv.2`, beside a 1×1, `sk`; and folds
 * them into one 3×3 convolution, in float64. The picture is padded with zeros before the three, which pad no more, so that
 * the 3×3 sees the first bias beyond the border as everywhere else: the whole is a 3×3 convolution of a zero-padded picture,
 * exactly. `eval_conv` is what the public code computed of them when it was last run, perhaps before the last training step.
 */
export function takeConv3xc(tensors: TensorReader, name: string, channels: number, out: number): Folded {
  const widen = tensors.shapeOf(`${name}.conv.0.weight`)?.[0] ?? channels;
  const narrow = tensors.shapeOf(`${name}.conv.2.weight`)?.[1] ?? out;
  const part = (suffix: string, to: number, from: number, side: number) => ({
    weight: tensors.take(`${name}.${suffix}.weight`, [to, from, side, side]),
    bias: tensors.take(`${name}.${suffix}.bias`, [to]),
  });
  const first = part("conv.0", widen, channels, 1);
  const middle = part("conv.1", narrow, widen, 3);
  const last = part("conv.2", out, narrow, 1);
  const skip = part("sk", out, channels, 1);
  for (const each of ["weight", "bias"]) tensors.passOver(`${name}.eval_conv.${each}`);
  const sizes = { channels, widen, narrow, out };
  return {
    weight: computed([out, channels, 3, 3], [first.weight, middle.weight, last.weight, skip.weight], (w1, w2, w3, sk) =>
      foldWeights(sizes, w1, w2, w3, sk),
    ),
    bias: computed(
      [out],
      [first.bias, middle.weight, middle.bias, last.weight, last.bias, skip.bias],
      (b1, w2, b2, w3, b3, sk) => foldBiases(sizes, b1, w2, b2, w3, b3, sk),
    ),
  };
}

interface Sizes {
  readonly channels: number;
  /** Channels before and behind the 3×3. */
  readonly widen: number;
  readonly narrow: number;
  readonly out: number;
}

/** Σ_n Σ_m w3[o,n] · w2[n,m,t] · w1[m,c], and the skip at the centre. */
function foldWeights(
  { channels, widen, narrow, out }: Sizes,
  w1: TensorData,
  w2: TensorData,
  w3: TensorData,
  skip: TensorData,
): TensorData {
  const behind = product(w3, w2, out, narrow, widen * TAPS);
  const weight = new Float64Array(out * channels * TAPS);
  for (let o = 0; o < out; o++) {
    for (let m = 0; m < widen; m++) {
      const from = (o * widen + m) * TAPS;
      for (let c = 0; c < channels; c++) {
        const factor = w1[m * channels + c]!;
        const to = (o * channels + c) * TAPS;
        for (let t = 0; t < TAPS; t++) weight[to + t]! += factor * behind[from + t]!;
      }
    }
    for (let c = 0; c < channels; c++) weight[(o * channels + c) * TAPS + CENTRE]! += skip[o * channels + c]!;
  }
  return weight;
}

/** Σ_n w3[o,n] · (Σ_m Σ_t w2[n,m,t] · b1[m] + b2[n]) + b3[o] + skip[o]. */
function foldBiases(
  { widen, narrow, out }: Sizes,
  b1: TensorData,
  w2: TensorData,
  b2: TensorData,
  w3: TensorData,
  b3: TensorData,
  skip: TensorData,
): TensorData {
  const middle = Float64Array.from(b2);
  for (let n = 0; n < narrow; n++) {
    for (let m = 0; m < widen; m++) {
      for (let t = 0; t < TAPS; t++) middle[n]! += w2[(n * widen + m) * TAPS + t]! * b1[m]!;
    }
  }
  const bias = product(w3, middle, out, narrow, 1);
  for (let o = 0; o < out; o++) bias[o]! += b3[o]! + skip[o]!;
  return bias;
}

/** The matrix product [rows, inner] × [inner, columns] in float64, row by row. */
function product(a: TensorData, b: TensorData, rows: number, inner: number, columns: number): Float64Array {
  const result = new Float64Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    const to = result.subarray(row * columns, (row + 1) * columns);
    for (let i = 0; i < inner; i++) {
      const factor = a[row * inner + i]!;
      const from = i * columns;
      for (let column = 0; column < columns; column++) to[column]! += factor * b[from + column]!;
    }
  }
  return result;
}
