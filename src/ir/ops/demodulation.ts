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
});
