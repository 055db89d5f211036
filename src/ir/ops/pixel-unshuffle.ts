import { type Dim, floorDivDim } from "../dim.js";
import { dense } from "./dense-tensor.js";
import { operator, RuleError, requireRank, staticDim } from "./operator.js";
import { type PixelShuffleAttributes, placeInBlock } from "./pixel-shuffle.js";

/** Space to depth: [N,C,s·H,s·W] → [N,C·s²,H,W], the inverse of a pixel shuffle of the same attributes. */
export type PixelUnshuffleAttributes = PixelShuffleAttributes;

export const pixelUnshuffle = operator<PixelUnshuffleAttributes>({
  keepsZeros: () => true,
  reach: (attributes, { scale, pixels }) => ({ scale: scale / attributes.scale, pixels }),
  infer({ scale }, [x]) {
    requireRank("the input of a pixel unshuffle", x!, 4);
    const reduced = (size: Dim): Dim => {
      if (typeof size === "number" && size % scale !== 0)
        throw new RuleError(`${size} is not a multiple of ${scale}, as a pixel unshuffle needs`);
      return floorDivDim(size, scale);
    };
    return [x![0]!, staticDim("the number of channels", x!, 1) * scale ** 2, reduced(x![2]!), reduced(x![3]!)];
  },
  evaluate(attributes, [x]) {
    const { scale } = attributes;
    const [batch, channels, height, width] = x!.shape as [number, number, number, number];
    const [outHeight, outWidth] = [height / scale, width / scale];
    const y = dense([batch, channels * scale ** 2, outHeight, outWidth]);
    for (let n = 0; n < batch; n++)
      for (let c = 0; c < channels * scale ** 2; c++) {
        const [channel, position] = placeInBlock(c, channels, attributes);
        for (let h = 0; h < outHeight; h++)
          for (let w = 0; w < outWidth; w++) {
            const row = h * scale + Math.floor(position / scale);
            const column = w * scale + (position % scale);
            y.data[((n * channels * scale ** 2 + c) * outHeight + h) * outWidth + w] =
              x!.data[((n * channels + channel) * height + row) * width + column]!;
          }
      }
    return y;
  },
});
