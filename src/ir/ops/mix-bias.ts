import { dense } from "./dense-tensor.js";
import { operator, RuleError, staticDim } from "./operator.js";

/** x + Σ_e β_e · bias_e per sample. Inputs: x [N,C,H,W], bias bank [k·C], β [N or 1, k, 1]. */
export interface MixBiasAttributes {
  readonly experts: number;
}

export const mixBias = operator<MixBiasAttributes>({
  infer({ experts }, [x, bank, beta]) {
    const channels = staticDim("the number of channels", x!, 1);
    if (bank![0] !== experts * channels) throw new RuleError(`the bias bank must hold ${experts * channels} values`);
    if (beta!.length !== 3 || beta![1] !== experts || beta![2] !== 1)
      throw new RuleError(`β must have ${experts} experts and one cardinal`);
    return x!;
  },
  evaluate({ experts }, [x, bank, beta]) {
    const [, channels, height, width] = x!.shape as [number, number, number, number];
    const y = dense(x!.shape);
    x!.data.forEach((value, i) => {
      const plane = Math.floor(i / (height * width));
      const n = beta!.shape[0] === 1 ? 0 : Math.floor(plane / channels);
      let sum = value;
      for (let e = 0; e < experts; e++)
        sum += beta!.data[n * experts + e]! * bank!.data[e * channels + (plane % channels)]!;
      y.data[i] = sum;
    });
    return y;
  },
});
