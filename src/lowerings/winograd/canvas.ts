/**
 * The canvas: a feature map as [1,1,Hc,Wc,C], padded on the right and at the bottom to whole cells, in which a chain of
 * Winograd convolutions stays. Columns beyond W hold anything (their readers crop them); rows beyond H are zero where
 * the canvas is cut into strips. A strip of r cell rows is the unit of work, so that what it touches stays in cache.
 */
import { type Dim, dimText, productDim } from "../../ir/dim.js";
import type { GraphEmitter } from "../emitter.js";
import { sizeOfAxes } from "../sizes/size-of-axes.js";
import type { SizeTensor } from "../sizes/size-tensor.js";
import { type AxisOfValue, Sizes } from "../sizes/sizes.js";
import type { WinogradForm } from "./forms.js";
import { allMade, lazily, once, remembered } from "./lazily.js";
import { stripCountOf } from "./strip-count.js";

/** One feature map size, and everything that the layers of a chain share about it. */
export interface Canvas {
  readonly form: WinogradForm;
  /** Whether the rows are cut into strips, or may be, which run in a Scan. */
  readonly isCut: boolean;
  /** Whether height and width are known to be whole cells, so that nothing is padded. */
  readonly exactRows: boolean;
  readonly exactColumns: boolean;
  /** Rows H, columns W; of the canvas; of a strip; number of strips, cell rows per strip, cells per row. */
  readonly size: CanvasSizes;
  /** int64 vectors for Reshape and the like; -1 stands for the channels. */
  readonly vectors: CanvasVectors;
  readonly tables: CanvasTables;
}

export interface CanvasSizes {
  readonly height: Dim;
  readonly width: Dim;
  readonly canvasHeight: Dim;
  readonly canvasWidth: Dim;
  readonly stripHeight: Dim;
  readonly strips: Dim;
  readonly cellRows: Dim;
  readonly cellColumns: Dim;
  /** h·Wc */
  readonly stripPixels: Dim;
}

export interface CanvasVectors {
  /** [m2, m1, r, TW, -1]: what the inverse transform gives, as cells. */
  readonly cells: string;
  /** [h, Wc, -1]: a strip as rows and columns. */
  readonly strip: string;
  /** [S, h, Wc, -1]: the canvas as strips. */
  readonly allStrips: string;
  /** [1, 1, Hc, Wc, -1] */
  readonly canvas: string;
  /** [Hc, Wc, -1] */
  readonly rows: string;
  /** [H, W]: where slices end. */
  readonly end: string;
  /** [1, m1·r·TW]: how often a bias row is repeated. */
  readonly repeats: string;
  /** Pads that make [1,1,H,W,C] a canvas. */
  readonly pads: string;
  /** [count, columns, 1, rows of a strip's window, 1, -1]: the input of the transform along the height, in chunks. */
  readonly chunks: (count: number, columns: number) => string;
  /** [-1, Hc, Wc, C]: the canvases of a batch. */
  readonly batch: (channels: number) => string;
  /** [S, 10]: pads that cut a strip's window out of a picture whose pixels are repeated afterwards, in blocks of so many rows. */
  readonly repeatedWindows: (scale: number) => string;
  /** [h + 2]: which row of such a window each row of a strip's window is. */
  readonly repeatedRows: (scale: number) => string;
  /** [3, -1, h, Wc]: values of the taps of a strip, by the tap's column. */
  readonly tapPlanes: string;
  /** [3, -1, Hc, W]: the same of the canvas, by the tap's row. */
  readonly rowPlanes: string;
  /** Pads that take one of three such parts and move it to the column, or row, that the tap adds to; they cut to the picture. */
  readonly besideColumns: (tap: number) => string;
  readonly besideRows: (tap: number) => string;
}

export interface CanvasTables {
  /** [S, 10] int64: the pads that cut a strip's window out of the canvas, its halo rows included. */
  readonly windows: string;
  /** The same out of a picture that is not padded to a canvas. */
  readonly pictureWindows: string;
  /** [S, h, 1, 1]: 1 for rows of the picture, 0 beyond. */
  readonly rowMask: string;
  /** [S, m1·r·TW, 1]: 0 for rows of the picture, very negative beyond: added before a ReLU, or with slopes of zero there, it makes them zero. */
  readonly clearingBias: string;
  /** [S, m1·r·TW, 1]: 1 for rows of the picture, 0 beyond. */
  readonly cellMask: string;
  /** [1, Hc]: 1/(H·W) for rows of the picture, 0 beyond. */
  readonly rowWeights: string;
  /** [1, Wc]: 1 for columns of the picture, 0 beyond. */
  readonly columnWeights: string;
}

/** What is added to values that a ReLU is to make zero: larger than any activation, and finite in float32. */
const CLEARING = 1e30;

/** Elements of a table that stands in the file; ONNX Runtime computes larger ones when it opens the graph. */
const MOST_STORED = 2 ** 20;

/** What a canvas is made for. */
export interface CanvasShape {
  readonly form: WinogradForm;
  readonly cellsPerStrip: number;
}

/** @param axisOf where an open size can be read, by its text */
export function canvasOf(
  e: GraphEmitter,
  { form, cellsPerStrip }: CanvasShape,
  [height, width]: readonly [Dim, Dim],
  axisOf: (size: string) => AxisOfValue | undefined,
): Canvas {
  const s = new Sizes(e, `canvas.${dimText(height)}x${dimText(width)}.${form.name}.${cellsPerStrip}`, MOST_STORED);
  const [m1, m2] = [form.rows.m, form.columns.m];
  const H = sizeOfAxes(s, height, axisOf);
  const W = sizeOfAxes(s, width, axisOf);
  const allCellRows = s.ceilDiv(H, m1);
  const TW = s.ceilDiv(W, m2);
  const S = stripCountOf(s, allCellRows, TW, cellsPerStrip);
  const r = s.ceilDiv(allCellRows, S);
  const h = s.mul(r, m1);
  const Hc = s.mul(S, h);
  const Wc = s.mul(TW, m2);
  const sizes: CanvasSizes = {
    height,
    width,
    canvasHeight: s.dim(Hc, "rows"),
    canvasWidth: s.dim(Wc, "columns"),
    stripHeight: s.dim(h, "strip_rows"),
    strips: s.dim(S, "strips"),
    cellRows: s.dim(r, "tile_rows"),
    cellColumns: s.dim(TW, "tile_columns"),
    stripPixels: s.dim(s.mul(h, Wc), "strip_pixels"),
  };
  const { canvasHeight, canvasWidth, stripHeight, strips, cellRows, cellColumns } = sizes;
  const isCut = strips !== 1;
  const value = (tensor: SizeTensor): string => s.value(tensor);

  /** 1 for the first `count` of all positions of an axis, 0 beyond. */
  const inFirst = (count: SizeTensor, all: SizeTensor, length: Dim): SizeTensor =>
    s.float(s.less(s.range(all, length), count));
  const inside = once(() => inFirst(H, Hc, canvasHeight));
  /** The same by the rows of cells, [S, m1, r, 1]; and such a table for every output of a strip, [S, m1·r·TW, 1]. */
  const insideCells = once(() => {
    const byCell = s.reshape(inside(), s.vector([S, r, m1, 1]), [strips, cellRows, m1, 1]);
    return s.transpose(byCell, [0, 2, 1, 3]);
  });
  const overOutputs = (table: SizeTensor): SizeTensor => {
    const spread = s.expand(table, s.vector([1, 1, 1, TW]), [strips, m1, cellRows, cellColumns]);
    const outputs = productDim([m1, cellRows, cellColumns], `${dimText(cellRows)}.clearing`);
    return s.reshape(spread, s.vector([S, -1, 1]), [strips, outputs, 1]);
  };
  /** Of strips of so many rows that are cut out of something; its last strip begins within the picture, which has so many columns. */
  const windowsOf = (
    [rows, columns]: readonly [SizeTensor, SizeTensor],
    pictureColumns: SizeTensor,
    stripRows: SizeTensor,
  ): SizeTensor => {
    const offsets = s.unsqueeze(s.mul(s.range(S, strips), stripRows), [1]);
    const zero = s.mul(offsets, 0);
    const above = s.sub(1, offsets);
    const below = s.add(offsets, s.sub(s.add(stripRows, 1), rows));
    const right = s.add(zero, s.sub(pictureColumns, columns));
    return s.concat([zero, zero, above, zero, zero, zero, zero, below, right, zero], 1);
  };
  const vectors = lazily<CanvasVectors>({
    cells: () => value(s.vector([m2, m1, r, TW, -1])),
    strip: () => value(s.vector([h, Wc, -1])),
    allStrips: () => value(s.vector([S, h, Wc, -1])),
    canvas: () => value(s.vector([1, 1, Hc, Wc, -1])),
    rows: () => value(s.vector([Hc, Wc, -1])),
    end: () => value(s.vector([H, W])),
    repeats: () => value(s.vector([1, s.mul(s.mul(r, TW), m1)])),
    pads: () => value(s.vector([0, 0, 0, 0, 0, 0, 0, s.sub(Hc, H), s.sub(Wc, W), 0])),
    chunks: () => remembered((count, columns) => value(s.vector([count, columns, 1, isCut ? s.add(h, 2) : H, 1, -1]))),
    batch: () => remembered((channels) => value(s.vector([-1, Hc, Wc, channels]))),
    repeatedWindows: () =>
      remembered((scale) => value(windowsOf([s.div(H, scale), s.div(W, scale)], s.div(W, scale), s.div(h, scale)))),
    repeatedRows: () =>
      remembered((scale) => {
        const count = s.add(h, 2);
        return value(s.div(s.add(s.range(count, s.dim(count, "window_rows")), scale - 1), scale));
      }),
    tapPlanes: () => value(s.vector([3, -1, h, Wc])),
    rowPlanes: () => value(s.vector([3, -1, Hc, W])),
    besideColumns: () =>
      remembered((tap) => {
        const after = s.add(s.sub(W, Wc), tap - 1);
        return value(s.vector([-tap, 0, 0, 1 - tap, tap - 2, 0, 0, after]));
      }),
    besideRows: () =>
      remembered((tap) => {
        const after = s.add(s.sub(H, Hc), tap - 1);
        return value(s.vector([-tap, 0, 1 - tap, 0, tap - 2, 0, after, 0]));
      }),
  });
  const tables = lazily<CanvasTables>({
    windows: () => value(windowsOf([Hc, Wc], W, h)),
    pictureWindows: () => value(windowsOf([H, W], W, h)),
    rowMask: () => value(s.reshape(inside(), s.vector([S, h, 1, 1]), [strips, stripHeight, 1, 1])),
    clearingBias: () => value(overOutputs(s.mul(s.sub(insideCells(), 1), CLEARING))),
    cellMask: () => value(overOutputs(insideCells())),
    rowWeights: () => value(s.unsqueeze(s.div(inside(), s.float(s.mul(H, W))), [0])),
    columnWeights: () => value(s.unsqueeze(inFirst(W, Wc, canvasWidth), [0])),
  });
  // Constants that all canvases of fixed sizes have stand together in the file, in this order.
  const atOnce = typeof height === "number" && typeof width === "number";
  return {
    form,
    isCut,
    exactRows: canvasHeight === height,
    exactColumns: canvasWidth === width,
    size: sizes,
    vectors: atOnce ? allMade(vectors) : vectors,
    tables: atOnce ? allMade(tables) : tables,
  };
}
