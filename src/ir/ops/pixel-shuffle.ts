import { scaleDim } from "../dim.js";
import { dense } from "./dense-tensor.js";
import { operator, RuleError, requireRank, staticDim } from "./operator.js";

/** Depth to space in PyTorch's order (ONNX mode CRD): [N,C·s²,H,W] → [N,C,s·H,s·W]. Shi et al. 2016. */
export interface PixelShuffleAttributes {
  readonly scale: number;
}

export const pixelShuffle = operator<PixelShuffleAttributes>({
  keepsZeros: () => true,
  rearranges: true,
  reach: (attributes, { scale, pixels }) => ({ scale: scale * attributes.scale, pixels }),
  infer({ scale }, [x]) {
    requireRank("the input of a pixel shuffle", x!, 4);
    const channels = staticDim("the number of channels", x!, 1);
    if (channels % scale ** 2 !== 0)
      throw new RuleError(`${channels} channels do not divide by ${scale}² for a pixel shuffle`);
    return [x![0]!, channels / scale ** 2, scaleDim(x![2]!, scale), scaleDim(x![3]!, scale)];
  },
  evaluate({ scale }, [x]) {
    const [batch, channels, height, width] = x!.shape as [number, number, number, number];
    const out = channels / scale ** 2;
    const y = dense([batch, out, height * scale, width * scale]);
    for (let n = 0; n < batch; n++)
      for (let c = 0; c < channels; c++)
        for (let h = 0; h < height; h++)
          for (let w = 0; w < width; w++) {
            const row = h * scale + (Math.floor(c / scale) % scale);
            const column = w * scale + (c % scale);
            const channel = Math.floor(c / scale ** 2);
            y.data[((n * out + channel) * height * scale + row) * width * scale + column] =
              x!.data[((n * channels + c) * height + h) * width + w]!;
          }
    return y;
  },
});
