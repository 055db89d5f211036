import { type DenseTensor, dense } from "./dense-tensor.js";
import type { Window } from "./windows.js";

/**
 * Grouped cross-correlation of one sample, the definition written out (ONNX Conv).
 * x [C,H,W], weight [O,C/groups,kh,kw], bias [O] or undefined; returns [O,H',W'].
 */
export function convolve(
  x: DenseTensor,
  weight: DenseTensor,
  bias: DenseTensor | undefined,
  window: Window,
  groups: number,
): DenseTensor {
  const [channels, height, width] = x.shape as [number, number, number];
  const [out, perGroup, kh, kw] = weight.shape as [number, number, number, number];
  const [top, left, bottom, right] = window.pads;
  const extent = (size: number, pads: number, kernel: number, stride: number, dilation: number): number =>
    Math.floor((size + pads - (dilation * (kernel - 1) + 1)) / stride) + 1;
  const outHeight = extent(height, top + bottom, kh, window.stride[0], window.dilation[0]);
  const outWidth = extent(width, left + right, kw, window.stride[1], window.dilation[1]);
  const y = dense([out, outHeight, outWidth]);
  const { data } = x;
  const stride = window.stride[1];
  const columns = Array.from({ length: kw }, (_, j) => {
    const shift = j * window.dilation[1] - left;
    return { shift, ...inside(outWidth, width, stride, shift) };
  });
  const outPerGroup = out / groups;
  if (channels !== perGroup * groups) throw new RangeError("channels do not match the kernel");
  for (let o = 0; o < out; o++) {
    const firstChannel = Math.floor(o / outPerGroup) * perGroup;
    const plane = y.data.subarray(o * outHeight * outWidth, (o + 1) * outHeight * outWidth);
    plane.fill(bias ? bias.data[o]! : 0);
    for (let c = 0; c < perGroup; c++) {
      for (let i = 0; i < kh; i++) {
        for (let j = 0; j < kw; j++) {
          const w = weight.data[((o * perGroup + c) * kh + i) * kw + j]!;
          const { shift, begin, end } = columns[j]!;
          for (let row = 0; row < outHeight; row++) {
            const fromRow = row * window.stride[0] + i * window.dilation[0] - top;
            if (fromRow < 0 || fromRow >= height) continue;
            const from = ((firstChannel + c) * height + fromRow) * width + shift;
            const to = row * outWidth;
            for (let column = begin; column < end; column++) plane[to + column]! += w * data[from + column * stride]!;
          }
        }
      }
    }
  }
  return y;
}

/** The output columns, from `begin` up to `end`, whose input column `column · stride + shift` is not padding. */
function inside(
  outWidth: number,
  width: number,
  stride: number,
  shift: number,
): { readonly begin: number; readonly end: number } {
  const begin = Math.max(0, Math.ceil(-shift / stride));
  return { begin, end: Math.min(outWidth, Math.floor((width - 1 - shift) / stride) + 1) };
}
