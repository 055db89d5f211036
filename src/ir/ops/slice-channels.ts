import { dense, sizeOf } from "./dense-tensor.js";
import { inPlace, operator, RuleError, staticDim } from "./operator.js";

/** Channels from `start` up to `end`. Inputs: x [N,C,…]; result [N,end−start,…]. */
export interface SliceChannelsAttributes {
  readonly start: number;
  readonly end: number;
}

export const sliceChannels = operator<SliceChannelsAttributes>({
  keepsZeros: () => true,
  rearranges: true,
  reach: inPlace,
  infer({ start, end }, [x]) {
    const channels = staticDim("the number of channels", x!, 1);
    if (start < 0 || end <= start || end > channels)
      throw new RuleError(`there are no channels from ${start} up to ${end} among ${channels}`);
    return [x![0]!, end - start, ...x!.slice(2)];
  },
  evaluate({ start, end }, [x]) {
    const [batch, channels, ...rest] = x!.shape as [number, number, ...number[]];
    const plane = sizeOf(rest);
    const y = dense([batch, end - start, ...rest]);
    for (let n = 0; n < batch; n++) {
      const from = n * channels * plane;
      y.data.set(x!.data.subarray(from + start * plane, from + end * plane), n * (end - start) * plane);
    }
    return y;
  },
});
