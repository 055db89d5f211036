/** Where a picture is cut, for graphs of any size and for those of one. */
import type { GraphTiling } from "../metadata.js";
import type { Rect, Size } from "./tiles.js";

/** A part of the result, and what the graph sees for it; both in pixels of the picture. */
export interface PlacedTile {
  readonly inner: Rect;
  readonly outer: Rect;
}

export interface TilePlan {
  readonly tiling: GraphTiling;
  /** Pixels of a side of `inner`, where the graph's sizes are open. */
  readonly side: number;
  /** Sizes that the graph takes alone. */
  readonly fixed: Partial<Size>;
}

/** From the top to the bottom; undefined where a picture of the size cannot be cut so. */
export function planTiles({ height, width }: Size, plan: TilePlan): readonly PlacedTile[] | undefined {
  const rows = spansOf(height, plan, plan.fixed.height);
  const columns = spansOf(width, plan, plan.fixed.width);
  if (rows === undefined || columns === undefined) return undefined;
  return placed(rows, columns);
}

/** Tiles of a size, without what is around them, of a picture that may be cut anywhere at multiples. */
export function openTiles({ height, width }: Size, tiling: GraphTiling, side: Size): readonly PlacedTile[] {
  return placed(openSpans(height, tiling, side.height), openSpans(width, tiling, side.width));
}

/** Pixels that a graph sees for such tiles together, and at once. */
export function seenIn(
  { height, width }: Size,
  tiling: GraphTiling,
  side: Size,
): { readonly all: number; readonly most: number } {
  const [rows, columns] = [openSpans(height, tiling, side.height), openSpans(width, tiling, side.width)];
  const lengths = (spans: readonly Span[]): readonly number[] => spans.map(({ outer: [from, to] }) => to - from);
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
  return {
    all: sum(lengths(rows)) * sum(lengths(columns)),
    most: Math.max(...lengths(rows)) * Math.max(...lengths(columns)),
  };
}

type Interval = readonly [from: number, to: number];

interface Span {
  readonly inner: Interval;
  readonly outer: Interval;
}

function placed(rows: readonly Span[], columns: readonly Span[]): readonly PlacedTile[] {
  return rows.flatMap((row) =>
    columns.map((column) => ({ inner: rect(row.inner, column.inner), outer: rect(row.outer, column.outer) })),
  );
}

function rect([top, bottom]: Interval, [left, right]: Interval): Rect {
  return { top, left, height: bottom - top, width: right - left };
}

function spansOf(length: number, { tiling, side }: TilePlan, fixed: number | undefined): readonly Span[] | undefined {
  return fixed === undefined ? openSpans(length, tiling, side) : fixedSpans(length, tiling, fixed);
}

function openSpans(length: number, { reach, multiple }: GraphTiling, side: number): readonly Span[] {
  const spans: Span[] = [];
  const step = roundUp(side, multiple);
  const around = roundUp(reach, multiple);
  for (let from = 0; from < length; from += step) {
    const to = Math.min(length, from + step);
    spans.push({ inner: [from, to], outer: [Math.max(0, from - around), Math.min(length, to + around)] });
  }
  return spans;
}

/** Parts of exactly one length, the last of which ends with the picture. */
function fixedSpans(length: number, { reach, multiple }: GraphTiling, fixed: number): readonly Span[] | undefined {
  if (length < fixed) return undefined;
  if (length > fixed && (length % multiple !== 0 || fixed % multiple !== 0)) return undefined;
  const spans: Span[] = [];
  for (let from = 0; from < length; ) {
    const start = Math.min(length - fixed, roundDown(Math.max(0, from - reach), multiple));
    const end = start + fixed;
    const to = end === length ? length : end - reach;
    if (to <= from) return undefined;
    spans.push({ inner: [from, to], outer: [start, end] });
    from = to;
  }
  return spans;
}

function roundUp(value: number, multiple: number): number {
  return Math.ceil(value / multiple) * multiple;
}

function roundDown(value: number, multiple: number): number {
  return Math.floor(value / multiple) * multiple;
}
