import { dense } from "./dense-tensor.js";
import { inPlace, operator, RuleError, requireRank, staticDim } from "./operator.js";

/**
 * Each channel of each sample times a weight. Inputs: x [N,C,H,W]; weights [N or 1, C], or a factor [N or 1, 1, blocks]
 * whose blocks divide the channels.
 */
export const channelScale = operator<Readonly<Record<string, never>>>({
  keepsZeros: () => true,
  reach: inPlace,
  infer(_, [x, weights]) {
    requireRank("the input of a channel scale", x!, 4);
    const channels = staticDim("the number of channels", x!, 1);
    const blocks = staticDim("the number of weights", weights!, weights!.length - 1);
    const flat = weights!.length === 2 || (weights!.length === 3 && weights![1] === 1);
    if (!flat || channels % blocks !== 0) throw new RuleError(`${blocks} weights do not fit ${channels} channels`);
    return x!;
  },
  evaluate(_, [x, weights]) {
    const [batch, channels, height, width] = x!.shape as [number, number, number, number];
    const blocks = weights!.shape.at(-1)!;
    const samples = weights!.shape[0]!;
    const y = dense([batch, channels, height, width]);
    x!.data.forEach((value, i) => {
      const plane = Math.floor(i / (height * width));
      const n = samples === 1 ? 0 : Math.floor(plane / channels);
      y.data[i] = value * weights!.data[n * blocks + Math.floor(((plane % channels) * blocks) / channels)]!;
    });
    return y;
  },
});
