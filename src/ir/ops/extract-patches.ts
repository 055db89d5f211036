import { type Dim, dimText, type Shape, symbol } from "../dim.js";
import { type PatchRule, patchGrid, reflected } from "../patch-rule.js";
import { dense } from "./dense-tensor.js";
import { operator, requireRank } from "./operator.js";

/**
 * Cuts pictures into patches: x [N,C,H,W] → [N·n, C, rows, columns], the patches of a picture one after the other.
 * Pictures with a side below `wholeBelow` are one patch: n = 1, rows = H, columns = W.
 */
export const extractPatches = operator<PatchRule>({
  batch: "splits",
  infer(rule, [x]) {
    requireRank("what is cut into patches", x!, 4);
    return patchesShape(rule, x!);
  },
  evaluate(rule, [x]) {
    const [batch, channels, height, width] = x!.shape as [number, number, number, number];
    const { frame, rows, columns, patches } = patchGrid(rule, height, width);
    const y = dense([batch * patches.length, channels, rows.patch, columns.patch]);
    let at = 0;
    for (let n = 0; n < batch; n++)
      for (const { row, column } of patches)
        for (let c = 0; c < channels; c++)
          for (let i = 0; i < rows.patch; i++)
            for (let j = 0; j < columns.patch; j++) {
              const from = reflected(row + i - frame, height) * width + reflected(column + j - frame, width);
              y.data[at++] = x!.data[(n * channels + c) * height * width + from]!;
            }
    return y;
  },
});

/** Open sizes give open patches: whether a picture is cut at all is known when the graph runs. */
function patchesShape(rule: PatchRule, x: Shape): Shape {
  const [batch, channels, height, width] = x as readonly [Dim, Dim, Dim, Dim];
  const sizes = [height, width].filter((size) => typeof size === "number");
  if (sizes.some((size) => size < rule.wholeBelow)) return x;
  if (typeof height === "number" && typeof width === "number") {
    const { rows, columns, patches } = patchGrid(rule, height, width);
    const count = typeof batch === "number" ? batch * patches.length : symbol(`${patches.length}*(${dimText(batch)})`);
    return [count, channels, rows.patch, columns.patch];
  }
  const size = `${dimText(height)},${dimText(width)}`;
  return [
    symbol(`(${dimText(batch)})*patches(${size})`),
    channels,
    symbol(`patch_rows(${size})`),
    symbol(`patch_columns(${size})`),
  ];
}
