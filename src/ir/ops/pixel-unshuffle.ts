import { type Dim, floorDivDim } from "../dim.js";
import { dense } from "./dense-tensor.js";
import { operator, RuleError, requireRank, staticDim } from "./operator.js";

/** Space to depth in PyTorch's order: [N,C,s·H,s·W] → [N,C·s²,H,W], the inverse of a pixel shuffle. */
export interface PixelUnshuffleAttributes {
  readonly scale: number;
}

export const pixelUnshuffle = operator<PixelUnshuffleAttributes>({
  keepsZeros: () => true,
  infer({ scale }, [x]) {
    requireRank("the input of a pixel unshuffle", x!, 4);
    const reduced = (size: Dim): Dim => {
      if (typeof size === "number" && size % scale !== 0)
        throw new RuleError(`${size} is not a multiple of ${scale}, as a pixel unshuffle needs`);
      return floorDivDim(size, scale);
    };
    return [x![0]!, staticDim("the number of channels", x!, 1) * scale ** 2, reduced(x![2]!), reduced(x![3]!)];
  },
  evaluate({ scale }, [x]) {
    const [batch, channels, height, width] = x!.shape as [number, number, number, number];
    const [outHeight, outWidth] = [height / scale, width / scale];
    const y = dense([batch, channels * scale ** 2, outHeight, outWidth]);
    x!.data.forEach((value, i) => {
      const column = i % width;
      const row = Math.floor(i / width) % height;
      const plane = Math.floor(i / (width * height));
      const channel = plane * scale ** 2 + (row % scale) * scale + (column % scale);
      y.data[(channel * outHeight + Math.floor(row / scale)) * outWidth + Math.floor(column / scale)] = value;
    });
    return y;
  },
});
