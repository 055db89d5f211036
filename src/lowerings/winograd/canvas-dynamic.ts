/** The canvas of a size that only run time knows: the same vectors and tables, computed once per run by small nodes. */
import { type Dim, dimText, symbol } from "../../ir/dim.js";
import type { AttributeValue, ElementType, GraphEmitter } from "../emitter.js";
import { type Canvas, type CanvasShape, type CanvasTables, type CanvasVectors, DROWN, STRIP_CHOICE } from "./canvas.js";
import { lazily, once, remembered } from "./lazily.js";

const FLOAT = 1;

/** Emits scalar arithmetic on int64 vectors of length one. */
class Arithmetic {
  private readonly e: GraphEmitter;
  private readonly prefix: string;
  private count = 0;

  constructor(e: GraphEmitter, prefix: string) {
    this.e = e;
    this.prefix = prefix;
  }

  op(
    op: string,
    inputs: readonly string[],
    shape: readonly Dim[],
    attributes: Readonly<Record<string, AttributeValue>> = {},
    type: ElementType = "INT64",
  ): string {
    return this.e.op(op, `${this.prefix}/${op.toLowerCase()}${this.count++}`, inputs, shape, attributes, type);
  }

  int(value: number): string {
    return this.e.ints([value]);
  }

  binary(op: "Add" | "Sub" | "Mul" | "Div", a: string, b: string | number): string {
    return this.op(op, [a, typeof b === "number" ? this.int(b) : b], [1]);
  }

  /** ⌈a / divisor⌉ of positive numbers. */
  ceilDiv(a: string, divisor: number): string {
    return this.binary("Div", this.binary("Add", a, divisor - 1), divisor);
  }

  vector(items: readonly (string | number)[]): string {
    const parts = items.map((item) => (typeof item === "number" ? this.int(item) : item));
    return this.op("Concat", parts, [items.length], { axis: 0 });
  }

  float(input: string, shape: readonly Dim[]): string {
    return this.op("Cast", [input], shape, { to: FLOAT }, "FLOAT");
  }

  scalar(input: string): string {
    return this.op("Squeeze", [input, this.int(0)], []);
  }

  range(count: string, length: Dim): string {
    return this.op("Range", [this.e.int(0), this.scalar(count), this.e.int(1)], [length]);
  }
}

/**
 * @param sized a value whose last two axes, of NCHW, are the height and width
 * @param rank its number of dimensions
 */
export function dynamicCanvas(
  e: GraphEmitter,
  { form, tilesPerStrip }: CanvasShape,
  sized: string,
  rank: number,
  height: Dim,
  width: Dim,
): Canvas {
  const prefix = `canvas.${dimText(height)}x${dimText(width)}.${form.name}`;
  const a = new Arithmetic(e, prefix);
  const [m1, m2] = [form.rows.m, form.columns.m];
  const dim = (name: string): Dim => symbol(`${prefix}.${name}`);
  const sizes = {
    height,
    width,
    canvasHeight: dim("rows"),
    canvasWidth: dim("columns"),
    stripHeight: dim("strip_rows"),
    strips: dim("strips"),
    tileRows: dim("tile_rows"),
    tileColumns: dim("tile_columns"),
  };
  const H = a.op("Shape", [sized], [1], { start: rank - 2, end: rank - 1 });
  const W = a.op("Shape", [sized], [1], { start: rank - 1, end: rank });
  const allTileRows = a.ceilDiv(H, m1);
  const TW = a.ceilDiv(W, m2);
  const S = stripCount(a, e, [allTileRows, TW], tilesPerStrip);
  const r = a.binary("Div", a.binary("Sub", a.binary("Add", allTileRows, S), 1), S);
  const h = a.binary("Mul", r, m1);
  const Hc = a.binary("Mul", S, h);
  const Wc = a.binary("Mul", TW, m2);

  /** 1 for the first `count` of all positions of an axis, 0 beyond. */
  const inFirst = (count: string, all: string, length: Dim): string =>
    a.float(a.op("Less", [a.range(all, length), count], [length], {}, "BOOL"), [length]);
  const inside = once(() => inFirst(H, Hc, sizes.canvasHeight));
  const columns = once(() => inFirst(W, Wc, sizes.canvasWidth));
  const area = once(() => a.float(a.binary("Mul", H, W), [1]));
  const unsqueezed = (input: string, length: Dim): string =>
    a.op("Unsqueeze", [input, a.int(0)], [1, length], {}, "FLOAT");
  return {
    form,
    strips: true,
    exactRows: false,
    exactColumns: false,
    size: sizes,
    vectors: lazily<CanvasVectors>({
      tiles: () => a.vector([m2, m1, r, TW, -1]),
      strip: () => a.vector([h, Wc, -1]),
      allStrips: () => a.vector([S, h, Wc, -1]),
      canvas: () => a.vector([1, 1, Hc, Wc, -1]),
      rows: () => a.vector([Hc, Wc, -1]),
      end: () => a.vector([H, W]),
      repeats: () => a.vector([1, a.binary("Mul", a.binary("Mul", r, TW), m1)]),
      pads: () => a.vector([0, 0, 0, 0, 0, 0, 0, a.binary("Sub", Hc, H), a.binary("Sub", Wc, W), 0]),
      chunks: () => remembered((count, columns) => a.vector([count, columns, 1, a.binary("Add", h, 2), 1, -1])),
      batch: () => remembered((channels) => a.vector([-1, Hc, Wc, channels])),
    }),
    tables: lazily<CanvasTables>({
      windows: () => windows(a, e, { S, h, Hc, W, Wc }, sizes.strips),
      rowMask: () =>
        a.op("Reshape", [inside(), a.vector([S, h, 1, 1])], [sizes.strips, sizes.stripHeight, 1, 1], {}, "FLOAT"),
      drown: () => drown(a, e, inside(), { S, r, TW }, sizes, m1),
      rowWeights: () =>
        unsqueezed(a.op("Div", [inside(), area()], [sizes.canvasHeight], {}, "FLOAT"), sizes.canvasHeight),
      columnWeights: () => unsqueezed(columns(), sizes.canvasWidth),
    }),
  };
}

/** The number of strips by the rule of `stripCount`, over all candidates at once. */
function stripCount(
  a: Arithmetic,
  e: GraphEmitter,
  [tileRows, tileColumns]: readonly [string, string],
  tiles: number,
): string {
  const { most, penalty } = STRIP_CHOICE;
  const all: readonly Dim[] = [most];
  const numbers = Array.from({ length: most }, (_, i) => i + 1);
  const candidates = e.ints(numbers);
  const up = a.op("Add", [tileRows, e.ints(numbers.map((n) => n - 1))], all);
  const padded = a.float(a.op("Mul", [a.op("Div", [up, candidates], all), candidates], all), all);
  const total = a.float(a.binary("Mul", tileRows, tileColumns), [1]);
  const wanted = a.op(
    "Max",
    [a.op("Mul", [total, e.floats([1 / tiles])], [1], {}, "FLOAT"), e.floats([1])],
    [1],
    {},
    "FLOAT",
  );
  const log = a.op("Mul", [a.op("Log", [wanted], [1], {}, "FLOAT"), e.floats([1 / Math.LN2])], [1], {}, "FLOAT");
  const distance = a.op(
    "Abs",
    [a.op("Sub", [e.floats(numbers.map(Math.log2)), log], all, {}, "FLOAT")],
    all,
    {},
    "FLOAT",
  );
  const factor = a.op(
    "Add",
    [a.op("Mul", [distance, e.floats([penalty])], all, {}, "FLOAT"), e.floats([1])],
    all,
    {},
    "FLOAT",
  );
  const cost = a.op("Mul", [padded, factor], all, {}, "FLOAT");
  return a.binary("Add", a.op("ArgMin", [cost], [1], { axis: 0, keepdims: 1 }), 1);
}

/** For each strip the pads that cut its window: 1 − s·h above, (s+1)·h + 1 − Hc below, W − Wc on the right. */
function windows(
  a: Arithmetic,
  e: GraphEmitter,
  {
    S,
    h,
    Hc,
    W,
    Wc,
  }: { readonly S: string; readonly h: string; readonly Hc: string; readonly W: string; readonly Wc: string },
  strips: Dim,
): string {
  const offsets = a.op("Mul", [a.range(S, strips), h], [strips]);
  const column = a.op("Unsqueeze", [offsets, e.ints([1])], [strips, 1]);
  const zero = a.op("Mul", [column, e.ints([0])], [strips, 1]);
  const above = a.op("Sub", [e.ints([1]), column], [strips, 1]);
  const below = a.op("Add", [column, a.binary("Sub", a.binary("Add", h, 1), Hc)], [strips, 1]);
  const right = a.op("Add", [zero, a.binary("Sub", W, Wc)], [strips, 1]);
  return a.op("Concat", [zero, zero, above, zero, zero, zero, zero, below, right, zero], [strips, 10], { axis: 1 });
}

function drown(
  a: Arithmetic,
  e: GraphEmitter,
  inside: string,
  { S, r, TW }: { readonly S: string; readonly r: string; readonly TW: string },
  sizes: Canvas["size"],
  m1: number,
): string {
  const { strips, tileRows, tileColumns } = sizes;
  const byTile = a.op("Reshape", [inside, a.vector([S, r, m1, 1])], [strips, tileRows, m1, 1], {}, "FLOAT");
  const byRow = a.op("Transpose", [byTile], [strips, m1, tileRows, 1], { perm: [0, 2, 1, 3] }, "FLOAT");
  const less = a.op("Sub", [byRow, e.floats([1])], [strips, m1, tileRows, 1], {}, "FLOAT");
  const negative = a.op("Mul", [less, e.floats([DROWN])], [strips, m1, tileRows, 1], {}, "FLOAT");
  const spread = a.op("Expand", [negative, a.vector([1, 1, 1, TW])], [strips, m1, tileRows, tileColumns], {}, "FLOAT");
  return a.op(
    "Reshape",
    [spread, a.vector([S, -1, 1])],
    [strips, symbol(`${dimText(tileRows)}.drown`), 1],
    {},
    "FLOAT",
  );
}
