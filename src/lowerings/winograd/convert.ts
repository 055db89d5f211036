/** Feature maps onto a canvas and off it, and what routers read of one. */
import type { Shape } from "../../ir/dim.js";
import type { GraphEmitter } from "../emitter.js";
import type { Canvas } from "./canvas.js";
import { once } from "./lazily.js";
import { type CanvasValue, canvasValue } from "./value.js";

/** A canvas from [1,H,W,C]. Layers cut their windows out of the picture, which is padded for others only. */
export function emitToCanvas(e: GraphEmitter, name: string, canvas: Canvas, nhwc: string, shape: Shape): CanvasValue {
  const [, channels, height, width] = shape as readonly [Shape[number], number, Shape[number], Shape[number]];
  const { canvasHeight, canvasWidth } = canvas.size;
  const exact = canvas.exactRows && canvas.exactColumns;
  const rows = e.op(
    "Unsqueeze",
    exact ? `${name}:canvas` : `${name}/padless`,
    [nhwc, e.ints([0])],
    [1, 1, height, width, channels],
  );
  const raw = [1, 1, canvasHeight, canvasWidth, channels];
  const padded = once(() => (exact ? rows : e.op("Pad", `${name}:canvas`, [rows, canvas.vectors.pads], raw)));
  const value = canvasValue(e, { name, canvas, channels }, () => ({ value: padded(), shape: raw }));
  return exact ? value : { ...value, picture: rows };
}

/** The mean over the picture, [1,C], from the sums of its rows. */
export function emitCanvasMean(
  e: GraphEmitter,
  name: string,
  canvas: Canvas,
  value: CanvasValue,
  channels: number,
): string {
  return e.op("MatMul", `${name}/mean`, [canvas.tables.rowWeights, value.sums()], [1, channels]);
}

/**
 * Pictures [N,H,W,C] from the canvases of a batch, under whatever shape they lie in memory.
 */
export function emitFromCanvases(e: GraphEmitter, name: string, canvas: Canvas, raw: string, shape: Shape): string {
  const [batch, channels, height, width] = shape as readonly [Shape[number], number, Shape[number], Shape[number]];
  const { canvasHeight, canvasWidth } = canvas.size;
  const exact = canvas.exactRows && canvas.exactColumns;
  const label = exact ? `${name}:nhwc` : `${name}/canvases`;
  const all = e.op(
    "Reshape",
    label,
    [raw, canvas.vectors.batch(channels)],
    [batch, canvasHeight, canvasWidth, channels],
  );
  const cut = [all, e.ints([0, 0]), canvas.vectors.end, e.ints([1, 2])];
  return exact ? all : e.op("Slice", `${name}:nhwc`, cut, [batch, height, width, channels]);
}
