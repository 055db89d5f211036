import { type Dim, dimText } from "../../ir/dim.js";
import { taps, type Window } from "../../ir/ops/windows.js";
import { MOST_FOLDED } from "../patches/grid.js";
import type { LowerSite } from "../site.js";
import { knownTensor, type SizeTensor } from "../sizes/size-tensor.js";
import { Sizes } from "../sizes/sizes.js";
import { TARGETS } from "../targets.js";
import type { Lowering } from "./lowering.js";
import { type EmittedValue, emitPadded, emitWindowProduct } from "./window-product.js";

/**
 * The windows of every output position read by one Gather, then one matrix product per sample and group: as `unfold`, with
 * a third of the dispatches and half of the bytes, for a vector of places that layers of one size share.
 */
export const windows: Lowering = {
  name: "windows",
  description: "windows gathered by one Gather, then a matrix product per sample (any batch, no control flow)",
  targets: TARGETS,
  refuses: ({ attributes }) => (isPoint(attributes) ? "a kernel of one element has no windows to gather" : undefined),
  emit: (attributes, site) => emitWindowProduct(attributes, site, emitGathered(attributes, site)),
};

function isPoint(window: Window): boolean {
  return taps(window) === 1 && [...window.stride, ...window.pads].join() === "1,1,0,0,0,0";
}

/** The windows of all positions, [N,C,kh,kw,H',W']. */
function emitGathered(window: Window, site: LowerSite): EmittedValue {
  const { e, name } = site;
  const [batch, channels, height, width] = site.inputShapes[0]! as readonly [Dim, number, Dim, Dim];
  const [, , rows, columns] = site.shape as readonly [Dim, number, Dim, Dim];
  const { kernel, stride, dilation, pads } = window;
  const key = [height, width, ...kernel, ...stride, ...dilation, ...pads]
    .map((size) => (typeof size === "number" ? size : dimText(size)))
    .join();
  const places = e.once(`places:${key}`, () => emitPlaces(window, site));
  const padded = emitPadded(window, site);
  const pixels = new Sizes(e, name).product(padded.shape.slice(2), "padded_pixels");
  const flat = e.op("Reshape", `${name}/flat`, [padded.value, e.ints([0, channels, -1])], [batch, channels, pixels]);
  const shape = [batch, channels, ...kernel, rows, columns];
  return { value: e.op("Gather", `${name}/windows`, [flat, places], shape, { axis: 2 }), shape };
}

/** Where each element of each window stands among the padded input's pixels: [kh,kw,H',W']. */
function emitPlaces(window: Window, site: LowerSite): string {
  const { e, name } = site;
  const { kernel, stride, dilation, pads } = window;
  const s = new Sizes(e, `${name}/places`, MOST_FOLDED);
  const padded = (axis: 0 | 1): SizeTensor => {
    const size = s.ofAxis(site.inputShapes[0]![2 + axis]!, () => ({ value: site.read(0), axis: 2 + axis }));
    return s.add(size, pads[axis] + pads[axis + 2]!);
  };
  const along = (axis: 0 | 1): SizeTensor => {
    const extent = dilation[axis] * (kernel[axis] - 1) + 1;
    const count = s.add(s.div(s.sub(padded(axis), extent), stride[axis]), 1);
    const starts = s.mul(s.range(count, site.shape[2 + axis]!), stride[axis]);
    const steps = Array.from({ length: kernel[axis] }, (_, tap) => tap * dilation[axis]);
    return s.add(
      s.unsqueeze(starts, axis === 0 ? [0, 1, 3] : [0, 1, 2]),
      knownTensor(steps, "INT64", axis === 0 ? [kernel[0], 1, 1, 1] : [1, kernel[1], 1, 1]),
    );
  };
  return s.value(s.add(s.mul(along(0), padded(1)), along(1)));
}
