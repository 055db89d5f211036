/** Feature maps onto a canvas and off it, and what routers read of one. */
import type { Shape } from "../../ir/dim.js";
import type { GraphEmitter } from "../emitter.js";
import type { Canvas } from "./canvas.js";
import type { CanvasValue } from "./layer.js";

/** The picture of a canvas, [1,H,W,C]; `shape` is that of the value, [1,C,H,W]. */
export function emitFromCanvas(e: GraphEmitter, name: string, canvas: Canvas, value: string, shape: Shape): string {
  const [, channels, height, width] = shape;
  const exact = canvas.exactRows && canvas.exactColumns;
  const cut = exact
    ? value
    : e.op(
        "Slice",
        `${name}/picture`,
        [value, e.ints([0, 0]), canvas.vectors.end, e.ints([2, 3])],
        [1, 1, height!, width!, channels!],
      );
  return e.op("Squeeze", `${name}:nhwc`, [cut, e.ints([0])], [1, height!, width!, channels!]);
}

/** A canvas from [1,H,W,C]. */
export function emitToCanvas(e: GraphEmitter, name: string, canvas: Canvas, nhwc: string, shape: Shape): string {
  const [, channels, height, width] = shape;
  const { canvasHeight, canvasWidth } = canvas.size;
  const exact = canvas.exactRows && canvas.exactColumns;
  const rows = e.op(
    "Unsqueeze",
    exact ? `${name}:canvas` : `${name}/padless`,
    [nhwc, e.ints([0])],
    [1, 1, height!, width!, channels!],
  );
  return exact
    ? rows
    : e.op("Pad", `${name}:canvas`, [rows, canvas.vectors.pads], [1, 1, canvasHeight, canvasWidth, channels!]);
}

/** The mean over the picture, [1,C], from the sums of its rows. */
export function emitCanvasMean(
  e: GraphEmitter,
  name: string,
  canvas: Canvas,
  { value, sums }: CanvasValue,
  channels: number,
): string {
  return e.op(
    "MatMul",
    `${name}/mean`,
    [canvas.tables.rowWeights, sums ?? emitSums(e, name, canvas, value, channels)],
    [1, channels],
  );
}

function emitSums(e: GraphEmitter, name: string, canvas: Canvas, value: string, channels: number): string {
  const { canvasHeight, canvasWidth } = canvas.size;
  const rows = e.op("Reshape", `${name}/rows`, [value, canvas.vectors.rows], [canvasHeight, canvasWidth, channels]);
  const sums = e.op("MatMul", `${name}/column_sums`, [canvas.tables.columnWeights, rows], [canvasHeight, 1, channels]);
  return e.op("Reshape", `${name}/row_sums`, [sums, e.ints([-1, channels])], [canvasHeight, channels]);
}
