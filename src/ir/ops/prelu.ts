import { dense } from "./dense-tensor.js";
import { inPlace, operator, RuleError, staticDim } from "./operator.js";

/** x where x ≥ 0, slope · x elsewhere, a slope per channel (He et al. 2015). Inputs: x [N,C,…], slope [C] or [1]. */
export const prelu = operator<Readonly<Record<string, never>>>({
  keepsZeros: () => true,
  reach: inPlace,
  infer(_, [x, slope]) {
    const channels = staticDim("the number of channels", x!, 1);
    if (slope!.length !== 1 || (slope![0] !== channels && slope![0] !== 1)) {
      throw new RuleError(`the slopes must be ${channels} values, or one`);
    }
    return x!;
  },
  evaluate(_, [x, slope]) {
    const [batch, channels, ...rest] = x!.shape as [number, number, ...number[]];
    const plane = rest.reduce((a, b) => a * b, 1);
    const y = dense([batch, channels, ...rest]);
    x!.data.forEach((value, i) => {
      const channel = Math.floor(i / plane) % channels;
      y.data[i] = value < 0 ? value * slope!.data[slope!.data.length === 1 ? 0 : channel]! : value;
    });
    return y;
  },
});
