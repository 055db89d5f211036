/** A layer's input in parts: side by side where it is transformed, by value where it is in the points already or stays there. */
import { remembered } from "../../tensors/derived.js";
import type { GraphEmitter } from "../emitter.js";
import type { CanvasLayer, LayerInput } from "./canvas-layer.js";
import { chunksOf, type KernelSource, kernelPart, kernelSource } from "./kernel.js";

export interface LayerPart {
  readonly channels: number;
  /** Inputs that are transformed together; one where they are kept in the points or come from there. */
  readonly inputs: readonly LayerInput[];
  /** ONNX value in the points, from another layer. */
  readonly points: string | undefined;
  readonly keeps: boolean;
}

/** Inputs that nobody shares are one part with those beside them. */
export function partsOfLayer({ inputs }: CanvasLayer): readonly LayerPart[] {
  const parts: LayerPart[] = [];
  for (const input of inputs) {
    const { channels, points, keepsPoints } = input;
    const last = parts.at(-1);
    const isAlone = points !== undefined || keepsPoints;
    if (isAlone || last === undefined || last.keeps || last.points !== undefined)
      parts.push({ channels, inputs: [input], points, keeps: keepsPoints && points === undefined });
    else parts[parts.length - 1] = { ...last, channels: last.channels + channels, inputs: [...last.inputs, input] };
  }
  return parts;
}

/** What each part is multiplied by. */
export function kernelsOfParts(
  e: GraphEmitter,
  layer: CanvasLayer,
  parts: readonly LayerPart[],
): readonly KernelSource[] {
  if (parts.length === 1) return [kernelSource(e, layer)];
  if (chunksOf(layer).count > 1) throw new TypeError(`${layer.name}: an input in parts has its points in one chunk`);
  const { kernel } = layer;
  if (!("constant" in kernel)) throw new TypeError(`${layer.name}: only a constant kernel has parts`);
  const whole = { ...kernel, constant: remembered(kernel.constant) };
  let start = 0;
  return parts.map(({ channels }) => {
    start += channels;
    return kernelPart(e, layer, whole, [start - channels, start]);
  });
}
