/** From the IR to one ONNX graph: nodes are lowered in order, segments that run sample by sample become a Scan. */
import type { Graph, Node } from "../ir/graph.js";
import type { GraphProto } from "../onnx/graph/records.js";
import { pruneGraph } from "../onnx/rewrite/prune-graph.js";
import { type EmitOptions, GraphEmitter, valueInfo } from "./emitter.js";
import { lowerScan } from "./lower-scan.js";
import { emitNode } from "./operators/index.js";
import { Scope } from "./scope.js";
import { segmentsOf } from "./segments.js";
import { canvasOfNode, lowerOnCanvas, lowerPlannedLayer } from "./winograd/lower-planned.js";
import { type CanvasPlan, planCanvases } from "./winograd/plan.js";

/** Lowers a verified graph, by a plan of its own or one that was made before. */
export function lowerGraph(graph: Graph, options: EmitOptions, plan = planCanvases(graph, options)): GraphProto {
  const e = new GraphEmitter(options);
  e.reserve([...graph.inputs, ...graph.nodes, ...graph.outputs].map((value) => value.name));
  const scope = new Scope(graph, e, publicNames(graph));
  for (const input of graph.inputs) scope.bind(input.name, { nchw: input.name });
  for (const segment of segmentsOf(graph, scope.shapes, plan, options)) {
    if (segment.kind === "plain") lowerNodes(scope, segment.nodes, plan);
    else lowerScan(scope, segment.nodes, plan, (inner, nodes) => lowerNodes(inner, nodes, plan));
  }
  const outputs = graph.outputs.map((output) => {
    const shape = scope.shapes.get(output.value)!;
    const value = scope.read(output.value, "nchw");
    if (value !== output.name)
      e.within(scope.provenanceOf(output.value), () => e.named("Identity", output.name, [value], shape));
    return valueInfo(output.name, shape);
  });
  const inputs = graph.inputs.map((input) => valueInfo(input.name, input.shape));
  return pruneGraph(e.finish(graph.name, inputs, outputs));
}

/** Values that are shown under one other name are emitted under that name, if nothing else has it. */
function publicNames(graph: Graph): (value: string) => string {
  const own = new Set(graph.nodes.map((node) => node.name));
  const names = new Map<string, string>();
  for (const { name, value } of graph.outputs) {
    if (own.has(value) && !own.has(name) && !names.has(value)) names.set(value, name);
  }
  return (value) => names.get(value) ?? value;
}

function lowerNodes(scope: Scope, nodes: readonly Node[], plan: CanvasPlan): void {
  for (const node of nodes) {
    if (plan.fused.has(node.name)) continue;
    scope.e.within(scope.provenanceOf(node.name), () => lowerNode(scope, node, plan));
  }
}

function lowerNode(scope: Scope, node: Node, plan: CanvasPlan): void {
  const layer = plan.layers.get(node.name);
  const canvas = layer ? undefined : canvasOfNode(scope, node);
  if (layer && (node.op === "conv" || node.op === "mix_conv")) lowerPlannedLayer(scope, node, layer);
  else if (canvas) lowerOnCanvas(scope, node, canvas);
  else emitNode(node, scope.site(node, plan.read.has(node.name)));
}
