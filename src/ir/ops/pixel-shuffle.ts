import { scaleDim } from "../dim.js";
import { dense } from "./dense-tensor.js";
import { operator, RuleError, requireRank, staticDim } from "./operator.js";

/**
 * What stands first among the channels of a block of pixels: the channel, then row and column in the block (PyTorch,
 * ONNX's mode CRD), or row and column, then the channel (TensorFlow, ONNX's mode DCR).
 */
export type ChannelOrder = "CRD" | "DCR";

/** Depth to space: [N,C·s²,H,W] → [N,C,s·H,s·W]. Shi et al. 2016. */
export interface PixelShuffleAttributes {
  readonly scale: number;
  /** CRD when absent. */
  readonly order?: ChannelOrder;
}

/** The channel of a picture, and the position in the block, that a channel of blocks of pixels stands for. */
export function placeInBlock(
  channel: number,
  channels: number,
  { scale, order = "CRD" }: PixelShuffleAttributes,
): readonly [channel: number, position: number] {
  return order === "CRD"
    ? [Math.floor(channel / scale ** 2), channel % scale ** 2]
    : [channel % channels, Math.floor(channel / channels)];
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
  evaluate(attributes, [x]) {
    const { scale } = attributes;
    const [batch, channels, height, width] = x!.shape as [number, number, number, number];
    const out = channels / scale ** 2;
    const y = dense([batch, out, height * scale, width * scale]);
    for (let n = 0; n < batch; n++)
      for (let c = 0; c < channels; c++) {
        const [channel, position] = placeInBlock(c, out, attributes);
        for (let h = 0; h < height; h++)
          for (let w = 0; w < width; w++) {
            const row = h * scale + Math.floor(position / scale);
            const column = w * scale + (position % scale);
            y.data[((n * out + channel) * height * scale + row) * width * scale + column] =
              x!.data[((n * channels + c) * height + h) * width + w]!;
          }
      }
    return y;
  },
});
