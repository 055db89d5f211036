import type { Dim, Shape } from "../../ir/dim.js";
import { type PatchRule, type PatchSet, patchSets } from "../../ir/patch-rule.js";
import type { LowerSite } from "../site.js";
import { type SizeTensor, shapeOf } from "../sizes/size-tensor.js";
import { Sizes } from "../sizes/sizes.js";
import { type EmittedAxes, type EmittedAxis, emitAxes, emitStarts, MOST_FOLDED } from "./grid.js";

type Along = "rows" | "columns";

/** One Gather over flattened pictures, whose indices hold the reflection at the border; no branch for whole pictures. */
export function emitExtraction(rule: PatchRule, site: LowerSite): void {
  const { e, name } = site;
  const [batch, channels, height, width] = site.inputShapes[0]! as readonly [Dim, number, Dim, Dim];
  const [, , patchRows, patchColumns] = site.shape as readonly [Dim, number, Dim, Dim];
  const x = site.read(0);
  const s = new Sizes(e, `${name}/patches`, MOST_FOLDED);
  const axes = emitAxes(s, rule, x, [height, width], [patchRows, patchColumns]);
  const corners = emitCorners(s, axes);
  const across = emitPixels(s, axes, corners.columns, "columns");
  const down = emitPixels(s, axes, corners.rows, "rows");
  const indices = s.add(s.mul(down, axes.columns.size), across);
  const pixels = s.product([height, width], "pixels");
  const flat = e.op("Reshape", `${name}/flat`, [x, e.ints([0, channels, -1])], [batch, channels, pixels]);
  const count = shapeOf(indices)[0]!;
  const gathered: Shape = [batch, channels, count, patchRows, patchColumns];
  const cut = e.op("Gather", `${name}/cut`, [flat, s.value(indices)], gathered, { axis: 2 });
  const ordered = e.transpose(
    `${name}/ordered`,
    cut,
    [batch, count, channels, patchRows, patchColumns],
    [0, 2, 1, 3, 4],
  );
  site.result("Reshape", [ordered, s.value(s.vector([-1, channels, axes.rows.patch, axes.columns.patch]))]);
}

/** Row and column of every patch's corner in the padded picture. */
function emitCorners(s: Sizes, axes: EmittedAxes): { readonly rows: SizeTensor; readonly columns: SizeTensor } {
  const { rows, columns, cut } = axes;
  const counts = s.vector([rows.count, columns.count]);
  // The border of a picture that is run whole is empty.
  const border = (axis: EmittedAxis, label: string): SizeTensor => {
    const count = s.mul(axis.count, cut);
    return s.range(count, s.dim(count, `${label}_border`));
  };
  const numbers = { rows: border(rows, "rows"), columns: border(columns, "columns") };
  const inGrid = (along: Along, { [along]: placement }: PatchSet<SizeTensor>): SizeTensor => {
    const axis = axes[along];
    const starts = emitStarts(s, axis, s.range(axis.count, axis.dims.count), placement);
    const table = s.expand(s.unsqueeze(starts, [along === "rows" ? 1 : 0]), counts, [
      rows.dims.count,
      columns.dims.count,
    ]);
    return s.reshape(table, s.vector([-1]), [s.product([rows.dims.count, columns.dims.count], "grid")]);
  };
  const atBorder = (along: Along, { [along]: placement }: PatchSet<SizeTensor>): SizeTensor => {
    if (placement.repeats) return emitStarts(s, axes[along], numbers[along], placement);
    return s.add(s.mul(numbers[along === "rows" ? "columns" : "rows"], 0), placement.first);
  };
  const corners = (along: Along): SizeTensor =>
    s.concat(
      patchSets(axes).map((set) => (set.border ? atBorder(along, set) : inGrid(along, set))),
      0,
    );
  return { rows: corners("rows"), columns: corners("columns") };
}

/** The picture's pixel behind each pixel of each patch along an axis, [n, patch, 1] or [n, 1, patch]. */
function emitPixels(s: Sizes, axes: EmittedAxes, corners: SizeTensor, along: Along): SizeTensor {
  const axis = axes[along];
  const inside = s.unsqueeze(
    s.sub(s.range(axis.patch, axis.dims.patch), axes.frame),
    along === "rows" ? [0, 2] : [0, 1],
  );
  const position = s.add(s.unsqueeze(corners, [1, 2]), inside);
  // size − 1 − |size − 1 − |position||: reflected at both ends.
  const edge = s.sub(axis.size, 1);
  return s.sub(edge, s.abs(s.sub(edge, s.abs(position))));
}
