import { scaleDim } from "../dim.js";
import { operator, requireRank, staticDim } from "./operator.js";

/** No attributes. */
type None = Readonly<Record<string, never>>;

/** Burst pictures [N,C,T,H,W] folded channel-major to [N,C·T,H,W]. */
export const foldFrames = operator<None>({
  keepsZeros: () => true,
  rearranges: true,
  infer(_, [x]) {
    requireRank("a burst", x!, 5);
    const channels = staticDim("the number of channels", x!, 1);
    return [x![0]!, scaleDim(channels, staticDim("the number of frames", x!, 2)), x![3]!, x![4]!];
  },
  evaluate(_, [x]) {
    const [batch, channels, frames, height, width] = x!.shape as [number, number, number, number, number];
    return { shape: [batch, channels * frames, height, width], data: x!.data };
  },
});

/** A picture [N,C,H,W] as a burst of one frame [N,C,1,H,W]. */
export const unfoldFrames = operator<None>({
  keepsZeros: () => true,
  rearranges: true,
  infer(_, [x]) {
    requireRank("a picture", x!, 4);
    return [x![0]!, x![1]!, 1, x![2]!, x![3]!];
  },
  evaluate(_, [x]) {
    const [batch, channels, height, width] = x!.shape as [number, number, number, number];
    return { shape: [batch, channels, 1, height, width], data: x!.data };
  },
});
