/** Lowers the nodes of a graph that stay on a canvas. */
import type { Dim } from "../../ir/dim.js";
import type { Node } from "../../ir/graph.js";
import type { GraphEmitter } from "../emitter.js";
import { emitBias, emitMixedKernel } from "../mixtures/mix-kernel.js";
import type { Scope } from "../scope.js";
import type { LowerSite } from "../site.js";
import type { Canvas } from "./canvas.js";
import { emitCanvasLayer } from "./layer.js";
import { emitOnCanvas, runsOnCanvas } from "./on-canvas.js";
import type { ConvolutionNode, PlannedLayer } from "./plan.js";
import { canvasValue } from "./value.js";

/** A planned convolution with all that is fused behind it. */
export function lowerPlannedLayer(scope: Scope, node: ConvolutionNode, plan: PlannedLayer): void {
  const site = scope.site(node);
  const [, out, height, width] = site.shape as readonly [Dim, number, Dim, Dim];
  const canvas = scope.canvasFor(height, width, plan);
  const value = emitCanvasLayer(scope.e, {
    name: site.name,
    canvas,
    x: scope.readCanvas(node.inputs[0]!, canvas),
    channels: site.inputShapes[0]![1] as number,
    out,
    kernel:
      node.op === "mix_conv"
        ? { mixed: emitMixedKernel(node.attributes, site) }
        : { constant: site.constant(1)!, name: node.inputs[1]! },
    bias: biasRow(scope.e, site, node, out),
    relu: plan.relu,
    residual: plan.residual === undefined ? undefined : scope.readCanvas(plan.residual, canvas),
    chunk: plan.chunk,
    sums: plan.sums,
  });
  scope.bind(plan.result, { canvas: { canvas, value } });
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

/** The canvas on which a node can run as it is: all that it reads is there. */
export function canvasOfNode(scope: Scope, node: Node): Canvas | undefined {
  if (!runsOnCanvas(node, scope.shapes)) return undefined;
  const [first, ...rest] = node.inputs.map((input) => scope.canvasOf(input));
  return rest.every((canvas) => canvas === first) ? first : undefined;
}

export function lowerOnCanvas(scope: Scope, node: Node, canvas: Canvas): void {
  const inputs = node.inputs.map((input) => scope.readCanvas(input, canvas).value());
  const channels = scope.shapes.get(node.name)![1] as number;
  const shape = [1, 1, canvas.size.canvasHeight, canvas.size.canvasWidth, channels];
  const name = `${node.name}:canvas`;
  let value = "";
  emitOnCanvas(node, inputs, {
    e: scope.e,
    name,
    shape,
    result: (op, operands, attributes) => {
      value = scope.e.op(op, name, operands, shape, attributes);
    },
  });
  scope.bind(node.name, {
    canvas: { canvas, value: canvasValue(scope.e, { name: node.name, canvas, channels }, { value, shape }) },
  });
}
