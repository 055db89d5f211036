import type { PatchRule } from "../../context/patch-rule.js";
import type { Dim, Shape } from "../../ir/dim.js";
import type { LowerSite } from "../site.js";
import { type EmittedAxis, type EmittedGrid, emitGrid } from "./axis.js";
import { Integers, type IntVector } from "./integers.js";

/** For each pixel of an axis one patch that may cover it. */
interface Cover {
  /** Number of the patch along the axis, and the pixel's place in it without its frame; any valid ones where it does not cover. */
  readonly patch: IntVector;
  readonly offset: IntVector;
  /** Whether it covers. */
  readonly covers: IntVector;
}

/** Patches that are placed alike: the grid, or a strip. */
interface PatchSet {
  /** Number of its first patch. */
  readonly base: string;
  /** Each axis' possible covers; every pair of them is one term of a pixel's sum. */
  readonly rows: readonly Cover[];
  readonly columns: readonly Cover[];
  /** What one step of the row's and column's number is in the set's numbers. */
  readonly rowStep: string;
  readonly strip: boolean;
}

/**
 * A pixel is covered by few patches, whose numbers and places are sums of one term per row and one per column. So the
 * weighted sum is a few Gathers with indices made of two vectors: any provider runs it, in one order of summation.
 */
export function emitBlending(rule: PatchRule, site: LowerSite): void {
  const { e, name } = site;
  const [batch, channels, height, width] = site.shape as readonly [Dim, number, Dim, Dim];
  const [, , patchRows, patchColumns] = site.inputShapes[0]! as readonly [Dim, number, Dim, Dim];
  const cut = site.read(1);
  const a = new Integers(e, `${name}/blend`);
  const grid = emitGrid(a, rule, cut, [height, width], [patchRows, patchColumns]);
  const area = a.binary("Mul", grid.rows.patch, grid.columns.patch);
  const pictures = typeof batch === "number" ? a.int(batch) : a.sizeOf(cut, 0);

  const byPicture: Shape = [batch, a.dim("count"), channels, a.dim("area")];
  const split = e.op(
    "Reshape",
    `${name}/by_picture`,
    [site.read(0), a.vector([pictures, -1, channels, area])],
    byPicture,
  );
  const [, count, , pixels] = byPicture as readonly [Dim, Dim, Dim, Dim];
  const byChannel = e.transpose(`${name}/by_channel`, split, [batch, channels, count, pixels], [0, 2, 1, 3]);
  const flat = e.op("Reshape", `${name}/flat`, [byChannel, e.ints([0, 0, -1])], [batch, channels, a.dim("pixels")]);

  const map: Shape = [height, width];
  const terms = patchSets(a, rule, grid).flatMap((set) =>
    set.rows.flatMap((row) => set.columns.map((column) => emitTerm(a, rule, grid, area, set, row, column))),
  );
  const sum = (values: readonly string[], label: string, shape: Shape): string =>
    values.reduce((total, value) => e.op("Add", `${name}/${label}`, [total, value], shape));
  const weighted = terms.map(({ indices, weight }) => {
    const value = e.op("Gather", `${name}/term`, [flat, indices], site.shape, { axis: 2 });
    return e.op("Mul", `${name}/weighted`, [value, weight], site.shape);
  });
  const total = sum(
    terms.map(({ weight }) => weight),
    "weights",
    map,
  );
  site.result("Div", [sum(weighted, "sum", site.shape), total]);
}

function patchSets(a: Integers, rule: PatchRule, grid: EmittedGrid): readonly PatchSet[] {
  const { rows, columns } = grid;
  const [zero, one] = [a.int(0), a.int(1)];
  const all = (axis: EmittedAxis, first: string) => coversOf(a, rule, axis, first);
  const lone = (axis: EmittedAxis, at: string) => [loneCover(a, axis, at)];
  const top = a.binary("Mul", rows.count, columns.count);
  const right = a.binary("Add", top, columns.count);
  const bottom = a.binary("Add", right, rows.count);
  const left = a.binary("Add", bottom, columns.count);
  return [
    {
      base: zero,
      rows: all(rows, rows.starts.centred),
      columns: all(columns, columns.starts.centred),
      rowStep: columns.count,
      strip: false,
    },
    { base: top, rows: lone(rows, zero), columns: all(columns, columns.starts.fromStart), rowStep: zero, strip: true },
    {
      base: right,
      rows: all(rows, rows.starts.fromStart),
      columns: lone(columns, columns.last),
      rowStep: one,
      strip: true,
    },
    {
      base: bottom,
      rows: lone(rows, rows.last),
      columns: all(columns, columns.starts.toEnd),
      rowStep: zero,
      strip: true,
    },
    { base: left, rows: all(rows, rows.starts.toEnd), columns: lone(columns, zero), rowStep: one, strip: true },
  ];
}

/** The patches first + i·stride that may cover a pixel: the last that begins before it, and those before that one. */
function coversOf(a: Integers, rule: PatchRule, axis: EmittedAxis, first: string): readonly Cover[] {
  const most = Math.ceil((rule.patch - 2 * rule.frame) / rule.stride);
  const place = a.each("Sub", a.range(axis.size, axis.sizeDim), first);
  // Division rounds towards zero, and a place is above −stride.
  const latest = a.each("Sub", a.each("Div", a.each("Add", place, axis.stride), axis.stride), 1);
  const end = a.binary("Sub", axis.count, 1);
  return Array.from({ length: most }, (_, before) => {
    const wanted = before === 0 ? latest : a.each("Sub", latest, before);
    const patch = a.each("Min", a.each("Max", wanted, 0), end);
    const start = a.each("Mul", patch, axis.stride);
    const offset = vectors(a, "Sub", place, start);
    const real = a.test("Equal", wanted, patch.value);
    return { patch, ...within(a, axis, offset, real) };
  });
}

/** A single patch. */
function loneCover(a: Integers, axis: EmittedAxis, at: string): Cover {
  const offset = a.each("Sub", a.range(axis.size, axis.sizeDim), at);
  const begun = a.test("GreaterOrEqual", offset, a.int(0));
  return { patch: a.each("Mul", offset, 0), ...within(a, axis, offset, begun) };
}

function within(a: Integers, axis: EmittedAxis, offset: IntVector, begun: IntVector): Omit<Cover, "patch"> {
  const ends = a.test("Less", offset, axis.inner);
  return {
    offset: a.each("Min", a.each("Max", offset, 0), a.binary("Sub", axis.inner, 1)),
    covers: vectors(a, "Mul", begun, ends),
  };
}

function vectors(a: Integers, op: "Add" | "Sub" | "Mul", left: IntVector, right: IntVector): IntVector {
  return { value: a.op(op, [left.value, right.value], [left.length]), length: left.length };
}

/** Where every pixel's term is, [H,W] int64, and its weight [H,W]. */
function emitTerm(
  a: Integers,
  rule: PatchRule,
  { cut, frame, rows, columns }: EmittedGrid,
  area: string,
  set: PatchSet,
  row: Cover,
  column: Cover,
): { readonly indices: string; readonly weight: string } {
  const map: Shape = [rows.sizeDim, columns.sizeDim];
  // Pictures that are run whole have no strips: their terms read any value, with weight 0.
  const onlyIfCut = (vector: IntVector): IntVector => (set.strip ? a.each("Mul", vector, cut) : vector);
  const number = a.each("Add", a.each("Mul", row.patch, set.rowStep), set.base);
  const line = a.each("Mul", a.each("Add", row.offset, frame), columns.patch);
  const down = onlyIfCut(vectors(a, "Add", a.each("Mul", number, area), line));
  const across = onlyIfCut(vectors(a, "Add", a.each("Mul", column.patch, area), a.each("Add", column.offset, frame)));
  const vertical = a.op("Unsqueeze", [down.value, a.int(1)], [rows.sizeDim, 1]);
  const indices = a.op("Add", [vertical, across.value], map);
  const scaled = a.op(
    "Mul",
    [a.float(onlyIfCut(column.covers).value, [columns.sizeDim]), a.e.floats([set.strip ? rule.borderWeight : 1])],
    [columns.sizeDim],
    {},
    "FLOAT",
  );
  const standing = a.op(
    "Unsqueeze",
    [a.float(row.covers.value, [rows.sizeDim]), a.int(1)],
    [rows.sizeDim, 1],
    {},
    "FLOAT",
  );
  return { indices, weight: a.op("Mul", [standing, scaled], map, {}, "FLOAT") };
}
