import type { Dim, Shape } from "../../ir/dim.js";
import { type PatchRule, type PatchSet, type Placement, patchGrid, patchSets } from "../../ir/patch-rule.js";
import type { LowerSite } from "../site.js";
import { numberOf, type SizeTensor } from "../sizes/size-tensor.js";
import { Sizes } from "../sizes/sizes.js";
import { type EmittedAxes, type EmittedAxis, emitAxes, MOST_FOLDED } from "./grid.js";

/** For each pixel of an axis one patch that may cover it. */
interface Cover {
  /** Number of the patch along the axis, and the pixel's place in it without its frame; any valid ones where it does not cover. */
  readonly patch: SizeTensor;
  readonly offset: SizeTensor;
  /** Whether it covers. */
  readonly covers: SizeTensor;
}

/** A set of patches with each axis' possible covers; every pair of them is one term of a pixel's sum. */
interface CoveringSet {
  /** Number of its first patch. */
  readonly base: SizeTensor | number;
  readonly rows: readonly Cover[];
  readonly columns: readonly Cover[];
  /** What one step of the row's number is in the set's numbers. */
  readonly rowStep: SizeTensor | number;
  readonly border: boolean;
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
  const s = new Sizes(e, `${name}/blend`, MOST_FOLDED);
  const axes = emitAxes(s, rule, cut, [height, width], [patchRows, patchColumns]);
  const area = s.mul(axes.rows.patch, axes.columns.patch);
  const pictures = s.ofAxis(batch, () => ({ value: cut, axis: 0 }));

  const fixed = typeof height === "number" && typeof width === "number";
  const count = fixed ? patchGrid(rule, height, width).patches.length : s.symbol("count");
  const pixels = s.dim(area, "area");
  const byPicture: Shape = [batch, count, channels, pixels];
  const patches = site.read(0);
  const split = e.op(
    "Reshape",
    `${name}/by_picture`,
    [patches, s.value(s.vector([pictures, -1, channels, area]))],
    byPicture,
  );
  const byChannel = e.transpose(`${name}/by_channel`, split, [batch, channels, count, pixels], [0, 2, 1, 3]);
  const all = s.product([count, pixels], "pixels");
  const flat = e.op("Reshape", `${name}/flat`, [byChannel, e.ints([0, 0, -1])], [batch, channels, all]);

  const terms = coveringSets(s, rule, axes).flatMap((set) =>
    set.rows.flatMap((row) => set.columns.map((column) => emitTerm(s, rule, axes, area, set, row, column))),
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
    [height, width],
  );
  site.result("Div", [sum(weighted, "sum", site.shape), total]);
}

function coveringSets(s: Sizes, rule: PatchRule, axes: EmittedAxes): readonly CoveringSet[] {
  const { rows, columns } = axes;
  const sets = patchSets(axes);
  const bases: (SizeTensor | number)[] = [0];
  for (const set of sets.slice(0, -1)) {
    const count = countOf(s, axes, set);
    const base = bases.at(-1)!;
    bases.push(base === 0 ? count : s.add(base, count));
  }
  const covers = (axis: EmittedAxis, placement: Placement<SizeTensor>): readonly Cover[] =>
    placement.repeats ? coversOf(s, rule, axis, placement.first) : [loneCover(s, axis, placement.first)];
  return sets.map((set, index) => ({
    base: bases[index]!,
    rows: covers(rows, set.rows),
    columns: covers(columns, set.columns),
    rowStep: !set.rows.repeats ? 0 : set.columns.repeats ? columns.count : 1,
    border: set.border,
  }));
}

function countOf(s: Sizes, { rows, columns }: EmittedAxes, set: PatchSet<SizeTensor>): SizeTensor {
  if (!set.rows.repeats) return columns.count;
  return set.columns.repeats ? s.mul(rows.count, columns.count) : rows.count;
}

/** The patches first + i·stride that may cover a pixel: the last that begins before it, and those before that one. */
function coversOf(s: Sizes, rule: PatchRule, axis: EmittedAxis, first: SizeTensor | number): readonly Cover[] {
  const most = Math.ceil((rule.patch - 2 * rule.frame) / rule.stride);
  const place = s.sub(s.range(axis.size, axis.dims.size), first);
  // Division rounds towards zero, and a place is above −stride.
  const latest = s.sub(s.div(s.add(place, axis.stride), axis.stride), 1);
  const end = s.sub(axis.count, 1);
  return Array.from({ length: most }, (_, before) => {
    const wanted = before === 0 ? latest : s.sub(latest, before);
    const patch = s.min(s.max(wanted, 0), end);
    const offset = s.sub(place, s.mul(patch, axis.stride));
    const isThere = s.integer(s.equal(wanted, patch));
    return { patch, ...placeInPatch(s, axis, offset, isThere) };
  });
}

/** A single patch. */
function loneCover(s: Sizes, axis: EmittedAxis, at: SizeTensor | number): Cover {
  const offset = s.sub(s.range(axis.size, axis.dims.size), at);
  const begun = s.atLeast(offset, 0);
  return { patch: s.mul(offset, 0), ...placeInPatch(s, axis, offset, begun) };
}

/** @param begun whether the patch is there and begins before the pixel */
function placeInPatch(s: Sizes, axis: EmittedAxis, offset: SizeTensor, begun: SizeTensor): Omit<Cover, "patch"> {
  const before = s.integer(s.less(offset, axis.inner));
  return {
    offset: s.min(s.max(offset, 0), s.sub(axis.inner, 1)),
    covers: s.mul(begun, before),
  };
}

/** Where every pixel's term is, [H,W] int64, and its weight [H,W]. */
function emitTerm(
  s: Sizes,
  rule: PatchRule,
  { cut, frame, columns }: EmittedAxes,
  area: SizeTensor,
  set: CoveringSet,
  row: Cover,
  column: Cover,
): { readonly indices: string; readonly weight: string } {
  // Pictures that are run whole have no border patches: their terms read any value, with weight 0.
  const onlyIfCut = (vector: SizeTensor): SizeTensor =>
    set.border && numberOf(cut) !== 1 ? s.mul(vector, cut) : vector;
  const number = s.add(s.mul(row.patch, set.rowStep), set.base);
  const line = s.mul(s.add(row.offset, frame), columns.patch);
  const down = onlyIfCut(s.add(s.mul(number, area), line));
  const across = onlyIfCut(s.add(s.mul(column.patch, area), s.add(column.offset, frame)));
  const indices = s.add(s.unsqueeze(down, [1]), across);
  const scaled = s.mul(s.float(onlyIfCut(column.covers)), set.border ? rule.borderWeight : 1);
  const weight = s.mul(s.unsqueeze(s.float(row.covers), [1]), scaled);
  return { indices: s.value(indices), weight: s.value(weight) };
}
