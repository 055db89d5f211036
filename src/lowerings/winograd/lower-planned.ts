/** Lowers the nodes of a graph that stay on a canvas. */
import type { Dim } from "../../ir/dim.js";
import type { Node } from "../../ir/graph.js";
import type { GraphEmitter } from "../emitter.js";
import { emitBias, emitMixedKernel } from "../mixtures/mix-kernel.js";
import type { Scope } from "../scope.js";
import type { LowerSite } from "../site.js";
import type { Canvas } from "./canvas.js";
import type { Closing, LayerActivation } from "./canvas-layer.js";
import type { PlannedClosing } from "./closing.js";
import type { FusedActivation } from "./fusion.js";
import { emitCanvasLayer } from "./layer.js";
import { emitOnCanvas, mapsOf, runsOnCanvas } from "./on-canvas.js";
import type { ConvolutionNode, PlannedLayer } from "./plan.js";
import { type CanvasPart, canvasValue } from "./value.js";

/** A planned convolution with all that is fused behind it. */
export function lowerPlannedLayer(scope: Scope, node: ConvolutionNode, plan: PlannedLayer): void {
  const site = scope.site(node);
  const [, out, height, width] = site.shape as readonly [Dim, number, Dim, Dim];
  const canvas = scope.canvasFor(height, width, plan);
  const parts = partsOf(scope, node.inputs[0]!, canvas);
  const { closing } = plan;
  const { value, points, closed } = emitCanvasLayer(scope.e, {
    name: site.name,
    canvas,
    inputs: parts.map((part) => ({
      ...part,
      points: plan.readsPoints ? scope.pointsOf(part.name, canvas) : undefined,
      keepsPoints: plan.keeps.has(part.name),
    })),
    channels: site.inputShapes[0]![1] as number,
    out,
    kernel:
      node.op === "mix_conv"
        ? { mixed: emitMixedKernel(node.attributes, site) }
        : { constant: site.constant(1)!, name: node.inputs[1]! },
    bias: biasRow(scope.e, site, node, out),
    activation: plan.activation && activationOf(scope, site.name, plan.activation, out),
    residuals: plan.residuals.map((residual) => scope.readCanvas(residual, canvas)),
    chunk: plan.chunk,
    sums: plan.sums,
    closing: closing && closingOf(scope, closing),
  });
  if (closing && closed !== undefined) lowerClosed(scope, closing, closed);
  else scope.bind(plan.result, { canvas: { canvas, value } });
  parts.forEach(({ name }, index) => {
    const kept = points[index];
    if (kept !== undefined) scope.keepPoints(name, canvas, kept);
  });
}

function closingOf(scope: Scope, { conv, shuffle }: PlannedClosing): Closing {
  const kernelName = conv.inputs[1]!;
  return {
    name: conv.name,
    kernel: scope.graph.constants.get(kernelName)!,
    kernelName,
    shuffle: shuffle && { scale: shuffle.attributes.scale, order: shuffle.attributes.order ?? "CRD" },
  };
}

/** The bias of a convolution that a layer computed, and the pixels of its result. */
function lowerClosed(scope: Scope, { conv, shuffle }: PlannedClosing, closed: string): void {
  scope.e.within(scope.provenanceOf(conv.name), () => {
    const site = scope.site(conv);
    const bias = conv.inputs.length > 2;
    const outputs = site.shape[1] as number;
    const blocks = { blocksize: shuffle?.attributes.scale ?? 1, mode: "CRD" };
    if (!bias && shuffle) return site.result("DepthToSpace", [closed], blocks);
    if (!bias) return site.result("Identity", [closed]);
    const pixels = shuffle ? site.e.op("DepthToSpace", `${site.name}/pixels`, [closed], site.shape, blocks) : closed;
    const row = site.e.reshape(`${site.name}/bias_map`, site.read(2), [outputs], [1, outputs, 1, 1]);
    site.result("Add", [pixels, row]);
  });
}

function activationOf(scope: Scope, name: string, activation: FusedActivation, out: number): LayerActivation {
  if (activation.kind !== "prelu") return activation;
  const { slopes } = activation;
  const shape = scope.shapes.get(slopes)!;
  const row = scope.e.reshape(`${name}/slope_row`, scope.read(slopes, "nchw"), shape, [1, shape[0]!]);
  return {
    kind: "prelu",
    slopes: shape[0] === out ? row : scope.e.op("Expand", `${name}/slopes`, [row, scope.e.ints([1, out])], [1, out]),
  };
}

/** The bias as [1, O]. */
function biasRow(e: GraphEmitter, site: LowerSite, node: ConvolutionNode, out: number): string {
  const label = `${site.name}/bias_row`;
  if (node.op === "mix_conv") {
    const bias = emitBias(node.attributes, site);
    if (bias) return bias.mixed ? bias.value : e.reshape(label, bias.value, [out], [1, out]);
  } else if (node.inputs.length > 2) {
    return e.reshape(label, site.read(2), [out], [1, out]);
  }
  return e.floats(new Array<number>(out).fill(0), [1, out]);
}

/** The canvas on which a node can run as it is: all feature maps that it reads are there. */
export function canvasOfNode(scope: Scope, node: Node): Canvas | undefined {
  if (!runsOnCanvas(node, scope.shapes)) return undefined;
  const [first, ...rest] = mapsOf(node, scope.shapes).map((input) => scope.canvasOf(input));
  return rest.every((canvas) => canvas === first) ? first : undefined;
}

export function lowerOnCanvas(scope: Scope, node: Node, canvas: Canvas): void {
  const channels = scope.shapes.get(node.name)![1] as number;
  const shape = [1, 1, canvas.size.canvasHeight, canvas.size.canvasWidth, channels];
  const name = `${node.name}:canvas`;
  let value = "";
  const read = {
    onCanvas: (input: string): string => scope.readCanvas(input, canvas).value(),
    beside: (input: string): string => scope.read(input, "nchw"),
  };
  emitOnCanvas(node, scope.shapes, read, {
    e: scope.e,
    name,
    shape,
    result: (op, operands, attributes) => {
      value = scope.e.op(op, name, operands, shape, attributes);
    },
  });
  const made = canvasValue(scope.e, { name: node.name, canvas, channels }, () => ({ value, shape }));
  const parts = node.op === "concat" ? { parts: node.inputs.flatMap((input) => partsOf(scope, input, canvas)) } : {};
  scope.bind(node.name, { canvas: { canvas, value: { ...made, ...parts } } });
}

function partsOf(scope: Scope, name: string, canvas: Canvas): readonly CanvasPart[] {
  const value = scope.readCanvas(name, canvas);
  const { parts, picture, repeated } = value;
  return parts ?? [{ name, channels: scope.shapes.get(name)![1] as number, value: value.value, picture, repeated }];
}
