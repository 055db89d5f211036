import type { PatchRule } from "../../context/patch-rule.js";
import type { Dim, Shape } from "../../ir/dim.js";
import type { LowerSite } from "../site.js";
import { type EmittedAxis, type EmittedGrid, emitGrid, emitStarts } from "./axis.js";
import { Integers, type IntVector } from "./integers.js";

/** One Gather over flattened pictures, whose indices hold the reflection at the border; no branch for whole pictures. */
export function emitExtraction(rule: PatchRule, site: LowerSite): void {
  const { e, name } = site;
  const [batch, channels, height, width] = site.inputShapes[0]! as readonly [Dim, number, Dim, Dim];
  const [, , patchRows, patchColumns] = site.shape as readonly [Dim, number, Dim, Dim];
  const x = site.read(0);
  const a = new Integers(e, `${name}/patches`);
  const grid = emitGrid(a, rule, x, [height, width], [patchRows, patchColumns]);
  const corners = emitCorners(a, grid);
  const across = pixels(a, grid, corners.columns, grid.columns, 1);
  const down = pixels(a, grid, corners.rows, grid.rows, 2);
  const count = a.dim("count");
  const offsets = a.op("Mul", [down, grid.columns.size], [count, patchRows, 1]);
  const indices = a.op("Add", [offsets, across], [count, patchRows, patchColumns]);
  const flat = e.op("Reshape", `${name}/flat`, [x, e.ints([0, channels, -1])], [batch, channels, a.dim("pixels")]);
  const gathered: Shape = [batch, channels, count, patchRows, patchColumns];
  const cut = e.op("Gather", `${name}/cut`, [flat, indices], gathered, { axis: 2 });
  const ordered = e.transpose(
    `${name}/ordered`,
    cut,
    [batch, count, channels, patchRows, patchColumns],
    [0, 2, 1, 3, 4],
  );
  site.result("Reshape", [ordered, a.vector([-1, channels, grid.rows.patch, grid.columns.patch])]);
}

/** Row and column of every patch's corner in the padded picture. */
function emitCorners(a: Integers, grid: EmittedGrid): { readonly rows: IntVector; readonly columns: IntVector } {
  const { rows, columns, cut } = grid;
  const numbers = ({ count, countDim }: EmittedAxis): IntVector => a.range(count, countDim);
  const table = [rows.countDim, columns.countDim];
  const spread = a.vector([rows.count, columns.count]);
  const gridOf = (axis: EmittedAxis, along: 0 | 1): string => {
    const starts = emitStarts(a, axis, numbers(axis), axis.starts.centred);
    const shape: readonly Dim[] = along === 0 ? [axis.countDim, 1] : [1, axis.countDim];
    const lifted = a.op("Unsqueeze", [starts.value, a.int(1 - along)], shape);
    return a.op("Reshape", [a.op("Expand", [lifted, spread], table), a.int(-1)], [a.dim("grid")]);
  };
  // The strips of a picture that is run whole are empty.
  const strip = (axis: EmittedAxis, label: string): IntVector =>
    a.range(a.binary("Mul", axis.count, cut), a.dim(`${label}_strip`));
  const [byRow, byColumn] = [strip(rows, "rows"), strip(columns, "columns")];
  const still = (numbersOf: IntVector, at: string): string => a.each("Add", a.each("Mul", numbersOf, 0), at).value;
  const moving = (axis: EmittedAxis, numbersOf: IntVector, first: string): string =>
    emitStarts(a, axis, numbersOf, first).value;
  const zero = a.int(0);
  const length = a.dim("count");
  const joined = (parts: readonly string[]): IntVector => ({
    value: a.op("Concat", parts, [length], { axis: 0 }),
    length,
  });
  return {
    rows: joined([
      gridOf(rows, 0),
      still(byColumn, zero),
      moving(rows, byRow, zero),
      still(byColumn, rows.last),
      moving(rows, byRow, rows.crop),
    ]),
    columns: joined([
      gridOf(columns, 1),
      moving(columns, byColumn, zero),
      still(byRow, columns.last),
      moving(columns, byColumn, columns.crop),
      still(byRow, zero),
    ]),
  };
}

/** The picture's pixel behind each pixel of each patch along an axis, [n, patch, 1] or [n, 1, patch]. */
function pixels(a: Integers, { frame }: EmittedGrid, corners: IntVector, axis: EmittedAxis, other: 1 | 2): string {
  const { patchDim } = axis;
  const shape: readonly Dim[] = other === 2 ? [corners.length, patchDim, 1] : [corners.length, 1, patchDim];
  const inside = a.each("Sub", a.range(axis.patch, patchDim), frame);
  const lifted = a.op(
    "Unsqueeze",
    [inside.value, a.e.ints(other === 2 ? [0, 2] : [0, 1])],
    other === 2 ? [1, patchDim, 1] : [1, 1, patchDim],
  );
  const corner = a.op("Unsqueeze", [corners.value, a.e.ints([1, 2])], [corners.length, 1, 1]);
  const position = a.op("Add", [corner, lifted], shape);
  // size − 1 − |size − 1 − |position||: reflected at both ends.
  const edge = a.binary("Sub", axis.size, 1);
  const distance = a.op("Abs", [a.op("Sub", [edge, a.op("Abs", [position], shape)], shape)], shape);
  return a.op("Sub", [edge, distance], shape);
}
