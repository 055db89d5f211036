import type { Shape } from "../../ir/dim.js";
import type { Window } from "../../ir/ops/windows.js";
import type { LowerSite } from "../site.js";
import { TARGETS } from "../targets.js";
import type { Lowering } from "./lowering.js";
import { type EmittedValue, emitPadded, emitWindowProduct } from "./window-product.js";

/**
 * The window of every output position gathered by one Slice for each tap, then one matrix product per sample and group:
 * any batch, no control flow, every provider. A depthwise Conv with one-hot kernels would gather them too, but makes as
 * many outputs of each channel as there are taps, which WebGPU gets wrong (`emit-conv.ts`).
 */
export const unfold: Lowering = {
  name: "unfold",
  description: "windows gathered by Slices, then a matrix product per sample (any batch, no control flow)",
  targets: TARGETS,
  refuses: () => undefined,
  emit: (attributes, site) => emitWindowProduct(attributes, site, emitWindows(attributes, site)),
};

/** An end that is beyond every axis. */
const TO_THE_END = 2 ** 31 - 1;

/** The windows of all positions, [N,C,taps,H',W']; with one tap [N,C,H',W']. */
function emitWindows(window: Window, site: LowerSite): EmittedValue {
  const { e, name } = site;
  const x = site.inputShapes[0]! as readonly [Shape[number], number, Shape[number], Shape[number]];
  const [batch, channels] = x;
  const [, , height, width] = site.shape as typeof x;
  const { kernel, stride, dilation } = window;
  const source = emitPadded(window, site);
  const only = kernel[0] * kernel[1] === 1;
  const lead = only ? [batch, channels] : [batch, channels, 1];
  const one = only
    ? source.value
    : e.op("Unsqueeze", `${name}/stacked`, [source.value, e.ints([2])], [batch, channels, 1, ...source.shape.slice(2)]);
  const tapShape = [...lead, height, width];
  if (only && stride[0] === 1 && stride[1] === 1) return { value: one, shape: tapShape };

  const axes = e.ints([lead.length, lead.length + 1]);
  const last = [dilation[0] * (kernel[0] - 1), dilation[1] * (kernel[1] - 1)] as const;
  const from = (axis: 0 | 1, tap: number): readonly [number, number] => {
    const start = tap * dilation[axis];
    return [start, start === last[axis] ? TO_THE_END : start - last[axis]];
  };
  const slices = Array.from({ length: kernel[0] * kernel[1] }, (_, tap) => {
    const [top, bottom] = from(0, Math.floor(tap / kernel[1]));
    const [left, right] = from(1, tap % kernel[1]);
    const inputs = [one, e.ints([top, left]), e.ints([bottom, right]), axes, e.ints(stride)];
    return e.op("Slice", `${name}/tap${tap}`, inputs, tapShape);
  });
  if (only) return { value: slices[0]!, shape: tapShape };
  const shape = [batch, channels, slices.length, height, width];
  return { value: e.op("Concat", `${name}/windows`, slices, shape, { axis: 2 }), shape };
}
