/**
 * The canvas: a feature map as [1,1,Hc,Wc,C], padded on the right and at the bottom to whole tiles, in which a chain of
 * Winograd convolutions stays. Columns beyond W hold anything (their readers crop them); rows beyond H are zero where
 * the canvas is cut into strips. A strip of r tile rows is the unit of work, so that what it touches stays in cache.
 */
import type { Dim } from "../../ir/dim.js";
import type { GraphEmitter } from "../emitter.js";
import type { WinogradForm } from "./forms.js";

/** One feature map size, and everything that the layers of a chain share about it. */
export interface Canvas {
  readonly form: WinogradForm;
  /** Whether the rows are cut into strips, which run in a Scan. */
  readonly strips: boolean;
  /** Whether height and width are whole tiles, so that nothing is padded. */
  readonly exactRows: boolean;
  readonly exactColumns: boolean;
  /** Rows H, columns W; of the canvas; of a strip; number of strips, tile rows per strip, tiles per row. */
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
  readonly tileRows: Dim;
  readonly tileColumns: Dim;
}

export interface CanvasVectors {
  /** [m2, m1, r, TW, -1]: what the inverse transform gives, as tiles. */
  readonly tiles: string;
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
}

export interface CanvasTables {
  /** [S, 10] int64: the pads that cut a strip's window out of the canvas, its halo rows included. */
  readonly windows: string;
  /** [S, h, 1, 1]: 1 for rows of the picture, 0 beyond. */
  readonly rowMask: string;
  /** [S, m1·r·TW, 1]: 0 for rows of the picture, very negative beyond: added before a ReLU it makes them zero. */
  readonly drown: string;
  /** [1, Hc]: 1/(H·W) for rows of the picture, 0 beyond. */
  readonly rowWeights: string;
  /** [1, Wc]: 1 for columns of the picture, 0 beyond. */
  readonly columnWeights: string;
}

/** What is added to values that a ReLU is to make zero: larger than any activation, and finite in float32. */
export const DROWN = 1e30;

/** A strip's tiles times the channels of its chain: more leave the cache. */
const TILE_CHANNELS = 8192;
/** Fewer tiles repack the kernel too often. */
const FEWEST_TILES = 64;
const MOST_STRIPS = 64;
/** Penalty, per factor of two, of strips that are larger or smaller than wanted. */
const STRIP_PENALTY = 0.06;

/** How many tiles a strip should hold when the largest layer of a chain has so many channels. */
export function tilesPerStrip(channels: number): number {
  return Math.max(FEWEST_TILES, Math.round(TILE_CHANNELS / channels));
}

/** What a canvas is made for. */
export interface CanvasShape {
  readonly form: WinogradForm;
  readonly tilesPerStrip: number;
}

/** The number of strips: little padding, and about as many tiles each as wanted. */
export function stripCount(tileRows: number, tileColumns: number, wanted: number): number {
  const want = Math.max(1, (tileRows * tileColumns) / wanted);
  const cost = (strips: number): number =>
    strips * Math.ceil(tileRows / strips) * (1 + STRIP_PENALTY * Math.abs(Math.log2(strips / want)));
  return Array.from({ length: MOST_STRIPS }, (_, i) => i + 1).reduce(
    (best, strips) => (cost(strips) < cost(best) ? strips : best),
    1,
  );
}

export const STRIP_CHOICE = { most: MOST_STRIPS, penalty: STRIP_PENALTY } as const;

/** The canvas of a size that is known at compile time. */
export function fixedCanvas(e: GraphEmitter, shape: CanvasShape, height: number, width: number): Canvas {
  const { form } = shape;
  const [m1, m2] = [form.rows.m, form.columns.m];
  const allTileRows = Math.ceil(height / m1);
  const tileColumns = Math.ceil(width / m2);
  const strips = stripCount(allTileRows, tileColumns, shape.tilesPerStrip);
  const tileRows = Math.ceil(allTileRows / strips);
  const stripHeight = tileRows * m1;
  const canvasHeight = strips * stripHeight;
  const canvasWidth = tileColumns * m2;
  const each = <T>(count: number, make: (index: number) => T): T[] =>
    Array.from({ length: count }, (_, index) => make(index));
  const inside = (row: number): number => (row < height ? 1 : 0);
  const windows = each(strips, (s) => [
    0,
    0,
    1 - s * stripHeight,
    0,
    0,
    0,
    0,
    (s + 1) * stripHeight + 1 - canvasHeight,
    width - canvasWidth,
    0,
  ]);
  const drown = each(strips, (s) =>
    each(m1, (i) => each(tileRows, (t) => each(tileColumns, () => (inside(s * stripHeight + t * m1 + i) - 1) * DROWN))),
  );
  return {
    form,
    strips: strips > 1,
    exactRows: canvasHeight === height,
    exactColumns: canvasWidth === width,
    size: { height, width, canvasHeight, canvasWidth, stripHeight, strips, tileRows, tileColumns },
    vectors: {
      tiles: e.ints([m2, m1, tileRows, tileColumns, -1]),
      strip: e.ints([stripHeight, canvasWidth, -1]),
      allStrips: e.ints([strips, stripHeight, canvasWidth, -1]),
      canvas: e.ints([1, 1, canvasHeight, canvasWidth, -1]),
      rows: e.ints([canvasHeight, canvasWidth, -1]),
      end: e.ints([height, width]),
      repeats: e.ints([1, m1 * tileRows * tileColumns]),
      pads: e.ints([0, 0, 0, 0, 0, 0, 0, canvasHeight - height, canvasWidth - width, 0]),
      chunks: (count, columns) => e.ints([count, columns, 1, strips > 1 ? stripHeight + 2 : height, 1, -1]),
      batch: (channels) => e.ints([-1, canvasHeight, canvasWidth, channels]),
    },
    tables: {
      windows: e.ints(windows.flat(), [strips, 10]),
      rowMask: e.floats(each(canvasHeight, inside), [strips, stripHeight, 1, 1]),
      drown: e.floats(drown.flat(3), [strips, m1 * tileRows * tileColumns, 1]),
      rowWeights: e.floats(
        each(canvasHeight, (row) => inside(row) / (height * width)),
        [1, canvasHeight],
      ),
      columnWeights: e.floats(
        each(canvasWidth, (column) => (column < width ? 1 : 0)),
        [1, canvasWidth],
      ),
    },
  };
}
