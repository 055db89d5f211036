/** The activation of a layer on a canvas, behind its bias. */
import { type Dim, symbol } from "../../ir/dim.js";
import { slopeParts } from "../activations.js";
import type { GraphEmitter } from "../emitter.js";
import type { CanvasLayer, LayerActivation } from "./canvas-layer.js";

/** Whether it makes values zero that are very negative, where its slopes, if it has some of its own for each channel, are zero. */
export function clears(activation: LayerActivation | undefined): boolean {
  return activation !== undefined && activation.kind !== "leaky_relu";
}

/**
 * Of [m2, m1·r·TW·O]. Slopes lie beside the values as the bias does, so that ONNX Runtime multiplies long rows.
 *
 * @param clearing [m1·r·TW, 1], where rows beyond the picture are to become zero: 0 for them, 1 for others
 */
export function emitLayerActivation(
  e: GraphEmitter,
  layer: CanvasLayer,
  input: string,
  clearing: string | undefined,
  shape: readonly [number, Dim],
): string {
  const { name, activation, canvas } = layer;
  switch (activation?.kind) {
    case undefined:
      return input;
    case "relu":
      return e.op("Relu", `${name}/relu`, [input], shape);
    case "leaky_relu":
      return e.op("LeakyRelu", `${name}/leaky_relu`, [input], shape, { alpha: activation.slope });
    case "prelu": {
      const row = [1, shape[1]] as const;
      const { slopes } = activation;
      const each =
        clearing === undefined
          ? e.op("Tile", `${name}/each_slope`, [slopes, canvas.vectors.repeats], row)
          : clearedSlopes(e, layer, slopes, clearing, row);
      return e.op("Add", `${name}/prelu`, slopeParts(e, `${name}/prelu`, input, each, shape), shape);
    }
  }
}

function clearedSlopes(
  e: GraphEmitter,
  { name, out }: CanvasLayer,
  slopes: string,
  clearing: string,
  row: readonly [number, Dim],
): string {
  const cleared = e.op("Mul", `${name}/cleared_slopes`, [clearing, slopes], [symbol(`${name}.tiles`), out]);
  return e.op("Reshape", `${name}/each_slope`, [cleared, e.ints([1, -1])], row);
}
