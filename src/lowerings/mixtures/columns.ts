/** Results of convolutions that come as one row of pixels per channel. */
import { type Dim, dimText, type Shape, symbol } from "../../ir/dim.js";
import type { MixConvAttributes } from "../../ir/ops/mixture.js";
import type { LowerSite } from "../site.js";
import { emitBias } from "./mix-kernel.js";

/** H·W of a picture's shape. */
export function pixelsOf(shape: Shape): Dim {
  const [height, width] = [shape.at(-2)!, shape.at(-1)!];
  return typeof height === "number" && typeof width === "number"
    ? height * width
    : symbol(`(${dimText(height)})*(${dimText(width)})`);
}

/**
 * The result [N,O,H,W] from columns [N,…,H·W], with the bias.
 *
 * @param columns.sized a value of shape `sizedShape`, of which run time reads the height and width
 */
export function emitFromColumns(
  attributes: MixConvAttributes,
  site: LowerSite,
  columns: { readonly columns: string; readonly shape: Shape; readonly sized: string; readonly sizedShape: Shape },
): void {
  const { e, name } = site;
  const target = e.reshapeTarget(name, columns.sized, columns.sizedShape, site.shape, columns.shape);
  const bias = emitBias(attributes, site);
  if (!bias) {
    site.result("Reshape", [columns.columns, target]);
    return;
  }
  const { out } = attributes;
  const unbiased = e.op("Reshape", `${name}/unbiased`, [columns.columns, target], site.shape);
  const from = bias.mixed ? [site.shape[0]!, out] : [out];
  const column = e.reshape(`${name}/bias_column`, bias.value, from, [bias.mixed ? site.shape[0]! : 1, out, 1, 1]);
  site.result("Add", [unbiased, column]);
}
