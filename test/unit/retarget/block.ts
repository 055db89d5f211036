/** The paper's two-layer block (Fan et al. 2020), written out as its formulas stand, in float64. */
import { type DenseTensor, dense } from "../../../src/ir/ops/dense-tensor.js";
import type { TensorValues } from "../layers/model.js";

/** One sample: channels of rows. */
type Picture = readonly (readonly (readonly number[])[])[];

interface Sizes {
  readonly experts: number;
  readonly hidden: number;
  readonly out: number;
}

/** Kernel 3x3, one zero around, F = relu, biases. */
export class Block {
  private readonly sizes: Sizes;
  private readonly tensors: TensorValues;
  private readonly beta: (mean: readonly number[]) => readonly number[];

  constructor(sizes: Sizes, tensors: TensorValues, beta: (mean: readonly number[]) => readonly number[]) {
    this.sizes = sizes;
    this.tensors = tensors;
    this.beta = beta;
  }

  /** Σ_i W2_i F(W1_i X). */
  dense(x: DenseTensor): DenseTensor {
    return each(x, (picture) => this.weighed(picture, new Array(this.sizes.experts).fill(1)));
  }

  /** W2_i F(W1_i X), i = argmax β. */
  hard(x: DenseTensor): DenseTensor {
    return each(x, (picture) => this.weighed(picture, this.choice(picture)));
  }

  /** Σ_i β_i W2_i F(W1_i X). */
  exact(x: DenseTensor): DenseTensor {
    return each(x, (picture) => this.weighed(picture, this.beta(picture.map(meanOf))));
  }

  /** (Σ √β_i W2_i) F((Σ √β_i W1_i) X). */
  merged(x: DenseTensor): DenseTensor {
    const { hidden, out } = this.sizes;
    return each(x, (picture) => {
      const roots = this.beta(picture.map(meanOf)).map(Math.sqrt);
      const features = convolve(picture, this.mixed("w1", hidden, roots), this.mixed("b1", hidden, roots));
      return convolve(relu(features), this.mixed("w2", out, roots), this.mixed("b2", out, roots));
    });
  }

  /** W1_i X of the chosen group, without bias. */
  firstOfChosen(x: DenseTensor): DenseTensor {
    const { hidden } = this.sizes;
    const none = new Array<number>(hidden).fill(0);
    return each(x, (picture) => convolve(picture, this.mixed("w1", hidden, this.choice(picture)), none));
  }

  private choice(picture: Picture): readonly number[] {
    const beta = this.beta(picture.map(meanOf));
    return beta.map((_, e) => (e === beta.indexOf(Math.max(...beta)) ? 1 : 0));
  }

  private weighed(picture: Picture, weights: readonly number[]): Picture {
    const { hidden, out } = this.sizes;
    const parts = weights.map((weight, group) => {
      const one = weights.map((_, e) => (e === group ? 1 : 0));
      const features = convolve(picture, this.mixed("w1", hidden, one), this.mixed("b1", hidden, one));
      return scaled(convolve(relu(features), this.mixed("w2", out, one), this.mixed("b2", out, one)), weight);
    });
    return parts.reduce(sum);
  }

  /** Σ_e weights_e · bank_e of an expert-major bank. */
  private mixed(name: string, rows: number, weights: readonly number[]): readonly number[] {
    const { data } = this.tensors[name]!;
    const size = data.length / weights.length;
    if (size % rows !== 0) throw new RangeError(`${name} does not divide into ${rows} rows`);
    return Array.from({ length: size }, (_, i) => weights.reduce((total, w, e) => total + w * data[e * size + i]!, 0));
  }
}

function each(x: DenseTensor, apply: (picture: Picture) => Picture): DenseTensor {
  const [batch, channels, height, width] = x.shape as [number, number, number, number];
  const pictures = Array.from({ length: batch }, (_, n) =>
    apply(
      Array.from({ length: channels }, (_c, c) =>
        Array.from({ length: height }, (_h, h) => {
          const start = ((n * channels + c) * height + h) * width;
          return [...x.data.slice(start, start + width)];
        }),
      ),
    ),
  );
  return dense([batch, pictures[0]!.length, height, width], pictures.flat(3));
}

/** A 3x3 convolution with one zero around. */
function convolve(x: Picture, kernel: readonly number[], bias: readonly number[]): Picture {
  const at = (c: number, row: number, column: number): number => x[c]![row]?.[column] ?? 0;
  return bias.map((b, o) =>
    x[0]!.map((columns, row) =>
      columns.map((_, column) => {
        let total = b;
        for (let c = 0; c < x.length; c++)
          for (let tap = 0; tap < 9; tap++)
            total +=
              kernel[(o * x.length + c) * 9 + tap]! * at(c, row + Math.floor(tap / 3) - 1, column + (tap % 3) - 1);
        return total;
      }),
    ),
  );
}

const meanOf = (plane: readonly (readonly number[])[]): number =>
  plane.flat().reduce((a, b) => a + b) / plane.flat().length;

const relu = (x: Picture): Picture => x.map((plane) => plane.map((row) => row.map((value) => Math.max(value, 0))));

const scaled = (x: Picture, by: number): Picture =>
  x.map((plane) => plane.map((row) => row.map((value) => value * by)));

const sum = (a: Picture, b: Picture): Picture =>
  a.map((plane, c) => plane.map((row, h) => row.map((value, w) => value + b[c]![h]![w]!)));
