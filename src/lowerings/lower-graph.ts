/** From the IR to one ONNX graph: nodes are lowered in order, regions that run sample by sample become a Scan. */
import type { Graph, Node } from "../ir/graph.js";
import { definition } from "../ir/infer.js";
import type { OnnxGraph } from "../onnx/model.js";
import { type EmitOptions, GraphEmitter, valueInfo } from "./emitter.js";
import { pruneGraph } from "./prune-graph.js";
import { regionGraph, segmentsOf } from "./regions.js";
import { Scope } from "./scope.js";
import { canvasOfNode, lowerOnCanvas, lowerPlannedLayer } from "./winograd/lower-planned.js";
import { type CanvasPlan, planCanvases } from "./winograd/plan.js";

/** Lowers a verified graph. */
export function lowerGraph(graph: Graph, options: EmitOptions): OnnxGraph {
  const e = new GraphEmitter(options);
  e.reserve([...graph.inputs, ...graph.nodes, ...graph.outputs].map((value) => value.name));
  const scope = new Scope(graph, e, publicNames(graph));
  for (const input of graph.inputs) scope.bind(input.name, { nchw: input.name });
  const plan = planCanvases(graph, options);
  for (const segment of segmentsOf(graph, scope.shapes, plan, options)) {
    if (segment.kind === "plain") lowerNodes(scope, segment.nodes, plan);
    else lowerScan(scope, segment.nodes, plan);
  }
  const outputs = graph.outputs.map((output) => {
    const shape = scope.shapes.get(output.value)!;
    const value = scope.read(output.value, "nchw");
    if (value !== output.name) e.named("Identity", output.name, [value], shape);
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
    const layer = plan.layers.get(node.name);
    const canvas = layer ? undefined : canvasOfNode(scope, node);
    if (layer && (node.op === "conv" || node.op === "mix_conv")) lowerPlannedLayer(scope, node, layer);
    else if (canvas) lowerOnCanvas(scope, node, canvas);
    else definition(node).lower(node.attributes, scope.site(node));
  }
}

/** A region as a Scan over the batch; its body computes one sample, with its own initializers. */
function lowerScan(outer: Scope, nodes: readonly Node[], plan: CanvasPlan): void {
  const region = regionGraph(outer.graph, nodes, outer.shapes);
  const e = new GraphEmitter(outer.e.options, outer.e);
  const shown = new Map(region.outputs.map(({ value }) => [value, e.fresh(`${value}/one`)]));
  const inner = new Scope(region, e, (value) => shown.get(value) ?? value, outer);
  // What all samples have in common is not taken apart: the body sees it in the graph around it.
  const isCommon = (value: string): boolean => outer.shapes.get(value)![0] === 1;
  const [common, scanned] = [
    region.inputs.filter(({ name }) => isCommon(name)),
    region.inputs.filter(({ name }) => !isCommon(name)),
  ];
  for (const { name } of common) inner.bind(name, { nchw: outer.read(name, "nchw") });
  const inputs = scanned.map((input) => {
    const sample = e.fresh(`${input.name}/sample`);
    inner.bind(input.name, { nchw: e.op("Unsqueeze", `${input.name}/one`, [sample, e.ints([0])], input.shape) });
    return valueInfo(sample, input.shape.slice(1));
  });
  lowerNodes(inner, region.nodes, plan);
  const outputs = region.outputs.map(({ value }) => {
    const shape = inner.shapes.get(value)!.slice(1);
    return valueInfo(e.op("Squeeze", `${value}/row`, [inner.read(value, "nchw"), e.ints([0])], shape), shape);
  });
  const body = e.finish(`${nodes[0]!.name}/sample`, inputs, outputs);
  const results = region.outputs.map(({ value }) => ({ name: outer.nameOf(value), shape: outer.shapes.get(value)! }));
  const feeds = scanned.map((input) => outer.read(input.name, "nchw"));
  outer.e.multi("Scan", `${nodes[0]!.name}/per_sample`, feeds, results, {
    body: { type: "GRAPH", value: body },
    num_scan_inputs: scanned.length,
  });
  for (const { value } of region.outputs) outer.bind(value, { nchw: outer.nameOf(value) });
}
