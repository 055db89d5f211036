/**
 * A Winograd convolution of one strip, or of the whole canvas where it is not cut: across the columns, through the points, back
 * across the columns with bias and ReLU, and the cells put in order.
 */
import { type Dim, productDim, symbol } from "../../ir/dim.js";
import type { GraphEmitter } from "../emitter.js";
import type { CanvasLayer } from "./canvas-layer.js";
import { emitClosingOfStrip } from "./emit-closing.js";
import type { KernelSource } from "./kernel.js";
import { emitPointProducts } from "./points.js";
import { emitLayerActivation } from "./strip-activation.js";
import type { RawCanvas } from "./value.js";

/** Values of each output of a strip, [m1·r·TW, 1]. */
export interface Clearing {
  /** Added to the bias: takes rows beyond the picture far below zero. */
  readonly bias: string;
  /** Multiplied into the slopes of activations that have them: 0 beyond the picture. */
  readonly slopes: string | undefined;
}

/** Input channels that are worked on together, and what they are multiplied by. */
export type StripPart = { readonly channels: number; readonly kernel: KernelSource } & (
  | {
      /** [1, 1, rows, W, C] */
      readonly window: string;
    }
  | {
      /** The same in the points, of `inPointsShape`. */
      readonly points: string;
    }
);

export interface StripInputs {
  readonly parts: readonly StripPart[];
  /** Rows of the windows. */
  readonly windowRows: Dim;
  /** Rows of zeros that the transform along the height adds before and after the window. */
  readonly rowPads: readonly [number, number];
  /** [h, Wc, O] each: added to the result. */
  readonly residuals: readonly string[];
  /** Lets the activation clear rows beyond the picture. */
  readonly clearing: Clearing | undefined;
  /** Multiplied into the result: clears rows beyond the picture. */
  readonly mask: string | undefined;
}

export interface StripResult {
  /**
   * The strip of what closes the layer, or of the result: [h, Wc, O] or, where nothing follows the rearrangement of cells,
   * [r, m1, TW, m2, O], since a Reshape at the end of a Scan's body would be a copy.
   */
  readonly value: string;
  readonly shape: readonly Dim[];
  /** [h, 1, O] */
  readonly sums: string | undefined;
  /** Of each part that is transformed here: it in the points, of `inPointsShape`; none where the points are in chunks. */
  readonly points: readonly (string | undefined)[];
}

export function emitStrip(e: GraphEmitter, layer: CanvasLayer, inputs: StripInputs): StripResult {
  const { canvas, name, out } = layer;
  const { rows, columns } = canvas.form;
  const { cellRows, cellColumns, stripHeight, canvasWidth } = canvas.size;
  const cells = productDim([cellRows, cellColumns], `${name}.tiles_of_strip`);
  const { products, points } = emitPointProducts(e, layer, {
    parts: inputs.parts.map((part) => {
      const { channels, kernel } = part;
      if ("points" in part) return part;
      return { channels, kernel, acrossColumns: emitAcrossColumns(e, layer, part.window, channels, inputs.windowRows) };
    }),
    rows: inputs.windowRows,
    rowPads: inputs.rowPads,
    cells,
  });
  const width = productDim([cells, out, rows.m], `${name}.row_outputs`);
  const flat = e.op("Reshape", `${name}/flat`, [products, e.ints([columns.n, -1])], [columns.n, width]);
  const columnsBack = e.op(
    "Gemm",
    `${name}/columns_back`,
    [e.floats(columns.at.flat(), [columns.m, columns.n]), flat, biasRow(e, layer, inputs.clearing?.bias, width)],
    [columns.m, width],
  );
  const active = emitLayerActivation(e, layer, columnsBack, inputs.clearing?.slopes, [columns.m, width]);
  const asCells = e.op(
    "Reshape",
    `${name}/tiles`,
    [active, canvas.vectors.cells],
    [columns.m, rows.m, cellRows, cellColumns, out],
  );
  const order: readonly Dim[] = [cellRows, rows.m, cellColumns, columns.m, out];
  const ordered = e.transpose(`${name}/ordered`, asCells, order, [2, 1, 3, 0, 4]);
  const strip: readonly Dim[] = [stripHeight, canvasWidth, out];
  const { residuals } = inputs;
  // What closes the layer is cleared in its place: it is smaller.
  const mask = layer.closing ? undefined : inputs.mask;
  const close = (raw: RawCanvas): RawCanvas =>
    layer.closing ? emitClosingOfStrip(e, layer, layer.closing, raw.value, inputs.mask) : raw;
  if (mask === undefined && residuals.length === 0 && !layer.sums) {
    return { ...close({ value: ordered, shape: order }), sums: undefined, points };
  }
  const y = e.op("Reshape", `${name}/strip`, [ordered, canvas.vectors.strip], strip);
  const masked = mask === undefined ? y : e.op("Mul", `${name}/masked`, [y, mask], strip);
  const added = residuals.reduce((sum, residual) => e.op("Add", `${name}/added`, [sum, residual], strip), masked);
  const sums = layer.sums
    ? e.op("MatMul", `${name}/column_sums`, [canvas.tables.columnWeights, added], [stripHeight, 1, out])
    : undefined;
  const result = added === y ? { value: ordered, shape: order } : { value: added, shape: strip };
  return { ...close(result), sums, points };
}

/** [1, 1, rows, W, C] in the points of the width. */
function emitAcrossColumns(
  e: GraphEmitter,
  { name, canvas }: CanvasLayer,
  window: string,
  channels: number,
  rows: Dim,
): string {
  const { columns } = canvas.form;
  return e.op(
    "Conv",
    `${name}/columns`,
    [window, e.floats(columns.bt.flat(), [columns.n, 1, 1, columns.n, 1])],
    [1, columns.n, rows, canvas.size.cellColumns, channels],
    {
      kernel_shape: [1, columns.n, 1],
      strides: [1, columns.m, 1],
      pads: [0, 1, 0, 0, canvas.exactColumns ? 1 : columns.m, 0],
    },
  );
}

/** The bias of every output of a strip, [1, m1·r·TW·O]. */
function biasRow(e: GraphEmitter, layer: CanvasLayer, clearingBias: string | undefined, width: Dim): string {
  const { name, canvas, out } = layer;
  if (clearingBias === undefined)
    return e.op("Tile", `${name}/biases`, [layer.bias, canvas.vectors.repeats], [1, width]);
  const cleared = e.op("Add", `${name}/sunk_bias`, [clearingBias, layer.bias], [symbol(`${name}.tiles`), out]);
  return e.op("Reshape", `${name}/biases`, [cleared, e.ints([1, -1])], [1, width]);
}
