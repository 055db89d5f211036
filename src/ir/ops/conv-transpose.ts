import { addDims, type Dim, scaleDim } from "../dim.js";
import { perSample } from "./conv.js";
import { type DenseTensor, dense } from "./dense-tensor.js";
import { operator, RuleError, requireRank, staticDim } from "./operator.js";
import { type Pair, taps, type Window } from "./windows.js";

/**
 * Transposed convolution with a constant kernel: each pixel adds its multiple of the kernel to the result, `stride` apart;
 * `pads` of it are cut off. Inputs: x [N,C,H,W], weight [C,O/groups,kh,kw], optional bias [O].
 */
export interface ConvTransposeAttributes extends Window {
  readonly groups: number;
  /** Pixels more at the bottom and on the right, less than the stride. */
  readonly outputPads: Pair;
}

export const convTranspose = operator<ConvTransposeAttributes>({
  reach(attributes, { scale, pixels }) {
    const step = attributes.stride[0];
    const fits = ([0, 1] as const).every((axis) => attributes.stride[axis] === step && restOf(attributes, axis) === 0);
    if (!fits) return undefined;
    const around = ([0, 1] as const).map((axis) => {
      const extent = attributes.dilation[axis] * (attributes.kernel[axis] - 1);
      const pad = attributes.pads[axis];
      return Math.max(Math.floor((step - 1 + pad) / step), Math.floor((extent - pad) / step));
    });
    return { scale: scale * step, pixels: pixels + Math.max(...around) / scale };
  },
  infer(attributes, [x, weight, bias]) {
    requireRank("the input of a transposed convolution", x!, 4);
    requireRank("the kernel", weight!, 4);
    const { groups } = attributes;
    const channels = staticDim("the number of input channels", x!, 1);
    if (weight![0] !== channels)
      throw new RuleError(`the kernel reads ${String(weight![0])} channels, the input has ${channels}`);
    if (channels % groups !== 0) throw new RuleError(`${channels} input channels do not divide into ${groups} groups`);
    const out = staticDim("the kernel's size", weight!, 1) * groups;
    if (bias && bias[0] !== out)
      throw new RuleError(`the bias has ${String(bias[0])} values for ${out} output channels`);
    const sizes = ([0, 1] as const).map((axis) => transposedDim(x![2 + axis]!, attributes, axis));
    if (sizes.some((size) => typeof size === "number" && size < 1))
      throw new RuleError("the pads of a transposed convolution must leave pixels");
    return [x![0]!, out, sizes[0]!, sizes[1]!];
  },
  evaluate: (attributes, [x, weight, bias]) => perSample(x!, (sample) => spread(sample, weight!, bias, attributes)),
  macs(attributes, [x, weight]) {
    const pixels = (x![0] as number) * (x![2] as number) * (x![3] as number);
    return pixels * (weight![0] as number) * (weight![1] as number) * taps(attributes);
  },
});

/** (size − 1)·stride + dilation·(kernel − 1) + 1 − pads + outputPads. */
function transposedDim(size: Dim, attributes: ConvTransposeAttributes, axis: 0 | 1): Dim {
  return addDims(scaleDim(size, attributes.stride[axis]), restOf(attributes, axis));
}

/** Pixels of the result more than `stride` times the input's. */
function restOf({ kernel, stride, dilation, pads, outputPads }: ConvTransposeAttributes, axis: 0 | 1): number {
  const extent = dilation[axis] * (kernel[axis] - 1) + 1;
  return extent - stride[axis] - pads[axis] - pads[axis + 2]! + outputPads[axis];
}

/** One sample: x [C,H,W], weight [C,O/groups,kh,kw], bias [O] or undefined; returns [O,H',W']. */
function spread(
  x: DenseTensor,
  weight: DenseTensor,
  bias: DenseTensor | undefined,
  attributes: ConvTransposeAttributes,
): DenseTensor {
  const { groups, stride, dilation, pads } = attributes;
  const [channels, height, width] = x.shape as [number, number, number];
  const [, perGroup, kh, kw] = weight.shape as [number, number, number, number];
  const out = perGroup * groups;
  const outHeight = transposedDim(height, attributes, 0) as number;
  const outWidth = transposedDim(width, attributes, 1) as number;
  const y = dense([out, outHeight, outWidth]);
  const plane = outHeight * outWidth;
  bias?.data.forEach((value, o) => {
    y.data.fill(value, o * plane, (o + 1) * plane);
  });
  for (let c = 0; c < channels; c++) {
    const firstOutput = Math.floor(c / (channels / groups)) * perGroup;
    for (let o = 0; o < perGroup; o++)
      for (let i = 0; i < kh; i++)
        for (let j = 0; j < kw; j++) {
          const w = weight.data[((c * perGroup + o) * kh + i) * kw + j]!;
          for (let h = 0; h < height; h++) {
            const row = h * stride[0] + i * dilation[0] - pads[0];
            if (row < 0 || row >= outHeight) continue;
            for (let k = 0; k < width; k++) {
              const column = k * stride[1] + j * dilation[1] - pads[1];
              if (column < 0 || column >= outWidth) continue;
              y.data[((firstOutput + o) * outHeight + row) * outWidth + column]! +=
                w * x.data[(c * height + h) * width + k]!;
            }
          }
        }
  }
  return y;
}
