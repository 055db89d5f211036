/** A feature map on a canvas. */
import type { Dim, Shape } from "../../ir/dim.js";
import type { GraphEmitter } from "../emitter.js";
import type { Canvas } from "./canvas.js";
import { once } from "./lazily.js";

/** Channels lie innermost on a canvas. */
export const CHANNEL_AXIS = 4;

export interface CanvasValue {
  /** The ONNX value as its layer left it: the canvas in memory, under whatever shape. */
  raw(): RawCanvas;
  /** ONNX value [1,1,Hc,Wc,C]. */
  value(): string;
  /** The values whose channels it holds side by side; absent: it is one. */
  readonly parts?: readonly CanvasPart[];
  /** ONNX value [1,1,H,W,C] where it is a picture that is not padded to a canvas before somebody asks for that. */
  readonly picture?: string;
  /** Where it is a picture whose pixels are repeated, which is not stored before somebody asks for that. */
  readonly repeated?: RepeatedPicture;
  /** ONNX value [Hc,C]: sums of the rows over the picture's columns. */
  sums(): string;
}

/** A picture of which every pixel becomes a block of s × s. */
export interface RepeatedPicture {
  readonly scale: number;
  /** ONNX value [1,1,H/s,W/s,C]. */
  picture(): string;
}

export interface RawCanvas {
  readonly value: string;
  readonly shape: Shape;
}

export interface CanvasPart {
  /** Of the value in the graph. */
  readonly name: string;
  readonly channels: number;
  /** ONNX value [1,1,Hc,Wc,C] of these channels. */
  value(): string;
  /** As of `CanvasValue`. */
  readonly picture: string | undefined;
  readonly repeated: RepeatedPicture | undefined;
}

/**
 * @param raw what the layer left
 * @param sums what holds the row sums already, in any shape
 */
export function canvasValue(
  e: GraphEmitter,
  { name, canvas, channels }: { readonly name: string; readonly canvas: Canvas; readonly channels: number },
  raw: () => RawCanvas,
  sums?: string,
): CanvasValue {
  const { canvasHeight, canvasWidth } = canvas.size;
  const shape: Shape = [1, 1, canvasHeight, canvasWidth, channels];
  return {
    raw,
    value: once(() => {
      const { value, shape: own } = raw();
      return own.length === 5 && own[0] === 1 && own[1] === 1
        ? value
        : e.op("Reshape", `${name}:canvas`, [value, canvas.vectors.canvas], shape);
    }),
    sums: once(() =>
      e.op(
        "Reshape",
        `${name}/row_sums`,
        [sums ?? emitSums(e, name, canvas, raw().value, channels), e.ints([-1, channels])],
        [canvasHeight, channels],
      ),
    ),
  };
}

function emitSums(e: GraphEmitter, name: string, canvas: Canvas, value: string, channels: number): string {
  const { canvasHeight, canvasWidth } = canvas.size;
  const shape: readonly Dim[] = [canvasHeight, canvasWidth, channels];
  const rows = e.op("Reshape", `${name}/rows`, [value, canvas.vectors.rows], shape);
  return e.op("MatMul", `${name}/column_sums`, [canvas.tables.columnWeights, rows], [canvasHeight, 1, channels]);
}
