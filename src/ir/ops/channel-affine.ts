import { dense } from "./dense-tensor.js";
import { inPlace, operator, RuleError, staticDim } from "./operator.js";

/** scale[c] · x + shift[c]: a BatchNorm in evaluation. Inputs: x [N,C,…], scale [C], shift [C]. */
export const channelAffine = operator<Readonly<Record<string, never>>>({
  reach: inPlace,
  infer(_, [x, scale, shift]) {
    const channels = staticDim("the number of channels", x!, 1);
    if (scale![0] !== channels || shift![0] !== channels)
      throw new RuleError(`scale and shift must have ${channels} values`);
    return x!;
  },
  evaluate(_, [x, scale, shift]) {
    const channels = x!.shape[1]!;
    const plane = x!.shape.slice(2).reduce((a, b) => a * b, 1);
    const y = dense(x!.shape);
    x!.data.forEach((value, i) => {
      const channel = Math.floor(i / plane) % channels;
      y.data[i] = value * scale!.data[channel]! + shift!.data[channel]!;
    });
    return y;
  },
});
