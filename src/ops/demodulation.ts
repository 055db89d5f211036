import { type DenseTensor, dense } from "./dense-tensor.js";
import { operator, RuleError } from "./operator.js";

/**
 * What StyleGAN2's demodulation multiplies each output channel with: 1 / √(Σ_{c,t} (s_o · a_c · w[o,c,t])² + ε).
 * Inputs: kernel [O,C,kh,kw]; `inputs` factors over input channels, then factors over output channels, each
 * [N or 1, 1, blocks]. Result [N,O].
 */
export interface DemodulationAttributes {
  readonly epsilon: number;
  /** How many of the factors are over input channels. */
  readonly inputs: number;
}

export const demodulation = operator<DemodulationAttributes>({
  // Squares of weights, which half precision loses.
  exact: true,
  infer(_, [kernel, ...factors]) {
    if (factors.length === 0) return [1, kernel![0]!];
    if (factors.some((factor) => factor.length !== 3 || factor[1] !== 1))
      throw new RuleError("a demodulated kernel has no experts");
    return [factors.find((factor) => factor[0] !== 1)?.[0] ?? 1, kernel![0]!];
  },
  evaluate({ epsilon, inputs }, [kernel, ...factors]) {
    const [out, channels, kh, kw] = kernel!.shape as [number, number, number, number];
    const batch = Math.max(1, ...factors.map((factor) => factor.shape[0]!));
    const y = dense([batch, out]);
    const weigh = (list: readonly DenseTensor[], n: number, index: number, extent: number): number =>
      list.reduce((product, { shape, data }) => {
        const blocks = shape[2]!;
        return product * data[(shape[0] === 1 ? 0 : n) * blocks + Math.floor((index * blocks) / extent)]!;
      }, 1);
    for (let n = 0; n < batch; n++) {
      for (let o = 0; o < out; o++) {
        let sum = epsilon;
        const row = weigh(factors.slice(inputs), n, o, out);
        for (let c = 0; c < channels; c++) {
          const weight = row * weigh(factors.slice(0, inputs), n, c, channels);
          for (let t = 0; t < kh * kw; t++) sum += (weight * kernel!.data[(o * channels + c) * kh * kw + t]!) ** 2;
        }
        y.data[n * out + o] = 1 / Math.sqrt(sum);
      }
    }
    return y;
  },
  lower({ epsilon, inputs }, site) {
    const { e, name, shape } = site;
    const batch = shape[0]!;
    const [out, channels] = site.inputShapes[0]! as readonly [number, number];
    const squares = e.weight(`${site.inputNames[0]}/row_squares`, rowSquares(site.constant(0)!, out, channels));
    const factor = (index: number, extent: number): string => {
      const [samples, , blocks] = site.inputShapes[index]! as [typeof batch, number, number];
      const flat = e.reshape(`${name}/factor${index}`, site.read(index), site.inputShapes[index]!, [samples, blocks]);
      const whole =
        blocks === extent
          ? flat
          : e.op(
              "Gather",
              `${name}/repeated${index}`,
              [flat, e.ints(Array.from({ length: extent }, (_, i) => Math.floor((i * blocks) / extent)))],
              [samples, extent],
              { axis: 1 },
            );
      return e.op("Mul", `${name}/square${index}`, [whole, whole], [samples, extent]);
    };
    const product = (from: number, to: number, extent: number, label: string): string | undefined => {
      const list = Array.from({ length: to - from }, (_, i) => factor(from + i, extent));
      return list.length === 0
        ? undefined
        : list.reduce((a, b, i) => e.op("Mul", `${name}/${label}${i}`, [a, b], [batch, extent]));
    };
    const columns =
      product(1, 1 + inputs, channels, "inputs") ?? e.floats(new Array<number>(channels).fill(1), [1, channels]);
    const rows = product(1 + inputs, site.inputNames.length, out, "outputs");
    const sums = e.op("MatMul", `${name}/sums`, [columns, squares], [batch, out]);
    const weighed = rows === undefined ? sums : e.op("Mul", `${name}/weighed_sums`, [sums, rows], [batch, out]);
    const raised = e.op("Add", `${name}/raised`, [weighed, e.floats([epsilon], [])], [batch, out]);
    site.result("Reciprocal", [e.op("Sqrt", `${name}/norms`, [raised], [batch, out])]);
  },
});

/** Σ_t w[o,c,t]² as [C,O]. */
function rowSquares(
  kernel: { readonly shape: readonly number[]; read(): Promise<ArrayLike<number>> },
  out: number,
  channels: number,
) {
  return {
    shape: [channels, out],
    async read() {
      const values = await kernel.read();
      const taps = values.length / (out * channels);
      const sums = new Float64Array(channels * out);
      for (let i = 0; i < values.length; i++) {
        const row = Math.floor(i / taps);
        sums[(row % channels) * out + Math.floor(row / channels)]! += values[i]! ** 2;
      }
      return sums;
    },
  };
}
