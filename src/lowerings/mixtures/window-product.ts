/** What the lowerings share that gather windows: the padded input, and the product of kernels and windows. */
import { addDims, type Shape } from "../../ir/dim.js";
import type { MixConvAttributes } from "../../ir/ops/mixture.js";
import type { Window } from "../../ir/ops/windows.js";
import type { LowerSite } from "../site.js";
import { TARGET_PROFILES, TILE } from "../targets.js";
import { emitFromColumns, pixelsOf } from "./columns.js";
import { emitMixedKernel } from "./mix-kernel.js";

export interface EmittedValue {
  readonly value: string;
  readonly shape: Shape;
}

/** The input with the window's zeros around it. */
export function emitPadded({ pads: [top, left, bottom, right] }: Window, site: LowerSite): EmittedValue {
  const { e, name } = site;
  const shape = site.inputShapes[0]!;
  const x = site.read(0);
  if (top + left + bottom + right === 0) return { value: x, shape };
  const padded = [shape[0]!, shape[1]!, addDims(shape[2]!, top + bottom), addDims(shape[3]!, left + right)];
  const pads = e.ints([0, 0, top, left, 0, 0, bottom, right]);
  return { value: e.op("Pad", `${name}/padded`, [x, pads], padded, { mode: "constant" }), shape: padded };
}

/** The layer's result from the windows of all positions, [N,C,…taps,H',W']: one product for each sample and group. */
export function emitWindowProduct(attributes: MixConvAttributes, site: LowerSite, windows: EmittedValue): void {
  const { e, name } = site;
  const [batch, channels] = site.inputShapes[0]! as readonly [Shape[number], number];
  const { groups, out } = attributes;
  const row = (channels / groups) * attributes.kernel[0] * attributes.kernel[1];
  const positions = pixelsOf(site.shape);
  const columns = e.op(
    "Reshape",
    `${name}/columns`,
    [windows.value, e.ints([0, groups, row, -1])],
    [batch, groups, row, positions],
  );
  const kernel = e.reshape(
    `${name}/kernels`,
    emitMixedKernel(attributes, site),
    [batch, out, row],
    [batch, groups, out / groups, row],
  );
  const shape = [batch, groups, out / groups, positions];
  const { op, parameters } = productFor(site, out / groups);
  const product = e.op(op, `${name}/product`, [kernel, columns], shape, parameters);
  emitFromColumns(attributes, site, {
    columns: product,
    shape,
    sized: windows.value,
    sizedShape: windows.shape,
  });
}

/** A matrix product, but where its rows would fill less than half a tile: element by element they waste none. */
function productFor(site: LowerSite, rows: number) {
  const tiled = TARGET_PROFILES[site.e.options.target].rowProducts || 2 * rows >= TILE;
  return tiled ? { op: "MatMul", parameters: {} } : { op: "Einsum", parameters: { equation: "ngok,ngkp->ngop" } };
}
