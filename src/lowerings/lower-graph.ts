/** From the IR to one ONNX graph: nodes are lowered in order, regions that run sample by sample become a Scan. */
import type { Shape } from "../ir/dim.js";
import type { Graph, Node } from "../ir/graph.js";
import { definition, inferShapes } from "../ir/infer.js";
import type { OnnxGraph } from "../onnx/model.js";
import { type EmitOptions, GraphEmitter, type Layout, type LowerSite, valueInfo } from "./emitter.js";
import { regionGraph, type Segment, segmentsOf } from "./regions.js";

/** The ONNX values that hold an IR value, by layout. */
type Binding = { readonly [L in Layout]?: string };

const PERMUTATIONS: Readonly<Record<Layout, readonly number[]>> = { nhwc: [0, 2, 3, 1], nchw: [0, 3, 1, 2] };

/** Lowers a verified graph. */
export function lowerGraph(graph: Graph, options: EmitOptions): OnnxGraph {
  const e = new GraphEmitter(options);
  e.reserve([...graph.inputs, ...graph.nodes, ...graph.outputs].map((value) => value.name));
  const scope = new Scope(graph, e, publicNames(graph));
  for (const input of graph.inputs) scope.bind(input.name, { nchw: input.name });
  for (const segment of segmentsOf(graph, scope.shapes, options)) lowerSegment(scope, segment);
  const outputs = graph.outputs.map((output) => {
    const shape = scope.shapes.get(output.value)!;
    const value = scope.read(output.value, "nchw");
    if (value !== output.name) e.named("Identity", output.name, [value], shape);
    return valueInfo(output.name, shape);
  });
  const inputs = graph.inputs.map((input) => valueInfo(input.name, input.shape));
  return e.finish(graph.name, inputs, outputs);
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

/** One ONNX graph in the making: the IR graph that it computes, its emitter, and where each value is. */
class Scope {
  readonly graph: Graph;
  readonly e: GraphEmitter;
  readonly shapes: ReadonlyMap<string, Shape>;
  /** The name under which a value's result is emitted. */
  readonly nameOf: (value: string) => string;
  /** Values that are hard choices. */
  readonly oneHot: ReadonlySet<string>;
  private readonly bindings = new Map<string, Binding>();

  constructor(graph: Graph, e: GraphEmitter, nameOf: (value: string) => string = (value) => value) {
    this.graph = graph;
    this.e = e;
    this.nameOf = nameOf;
    this.shapes = inferShapes(graph);
    this.oneHot = new Set(graph.nodes.filter((node) => node.op === "one_hot").map((node) => node.name));
  }

  bind(name: string, binding: Binding): void {
    this.bindings.set(name, { ...this.bindings.get(name), ...binding });
  }

  layoutOf(name: string): Layout {
    const binding = this.bindings.get(name);
    return binding?.nchw === undefined && binding?.nhwc !== undefined ? "nhwc" : "nchw";
  }

  read(name: string, layout: Layout): string {
    const constant = this.graph.constants.get(name);
    if (constant) return this.e.weight(name, constant);
    const binding = this.bindings.get(name)!;
    const ready = binding[layout];
    if (ready !== undefined) return ready;
    const shape = shapeIn(this.shapes.get(name)!, layout);
    const source = binding[layout === "nchw" ? "nhwc" : "nchw"]!;
    const perm = PERMUTATIONS[layout];
    const converted =
      layout === "nchw"
        ? this.e.named("Transpose", this.nameOf(name), [source], shape, { perm })
        : this.e.transpose(nhwcName(name), source, shape, perm);
    this.bind(name, { [layout]: converted });
    return converted;
  }
}

function nhwcName(name: string): string {
  return `${name}:nhwc`;
}

function shapeIn(shape: Shape, layout: Layout): Shape {
  return layout === "nhwc" ? PERMUTATIONS.nhwc.map((axis) => shape[axis]!) : shape;
}

function lowerSegment(scope: Scope, segment: Segment): void {
  if (segment.kind === "plain") for (const node of segment.nodes) definition(node).lower(node.attributes, siteOf(scope, node));
  else lowerScan(scope, segment.nodes);
}

function siteOf(scope: Scope, node: Node): LowerSite {
  const { e } = scope;
  const shape = scope.shapes.get(node.name)!;
  return {
    e,
    name: node.name,
    inputNames: node.inputs,
    inputShapes: node.inputs.map((input) => scope.shapes.get(input)!),
    shape,
    read: (index, layout = "nchw") => scope.read(node.inputs[index]!, layout),
    layoutOf: (index) => scope.layoutOf(node.inputs[index]!),
    shapeIn: (layout) => shapeIn(shape, layout),
    isOneHot: (index) => scope.oneHot.has(node.inputs[index]!),
    constant: (index) => scope.graph.constants.get(node.inputs[index]!),
    result(op, inputs, attributes = {}, layout = "nchw") {
      const value =
        layout === "nchw"
          ? e.named(op, scope.nameOf(node.name), inputs, shape, attributes)
          : e.op(op, nhwcName(node.name), inputs, shapeIn(shape, layout), attributes);
      scope.bind(node.name, { [layout]: value });
    },
    bind: (value, layout = "nchw") => scope.bind(node.name, { [layout]: value }),
  };
}

/** A region as a Scan over the batch; its body computes one sample, with its own initializers. */
function lowerScan(outer: Scope, nodes: readonly Node[]): void {
  const region = regionGraph(outer.graph, nodes, outer.shapes);
  const e = new GraphEmitter(outer.e.options, outer.e);
  const shown = new Map(region.outputs.map(({ value }) => [value, e.fresh(`${value}/one`)]));
  const inner = new Scope(region, e, (value) => shown.get(value) ?? value);
  const inputs = region.inputs.map((input) => {
    const sample = e.fresh(`${input.name}/sample`);
    inner.bind(input.name, { nchw: e.op("Unsqueeze", `${input.name}/one`, [sample, e.ints([0])], input.shape) });
    return valueInfo(sample, input.shape.slice(1));
  });
  for (const node of region.nodes) definition(node).lower(node.attributes, siteOf(inner, node));
  const outputs = region.outputs.map(({ value }) => {
    const shape = inner.shapes.get(value)!.slice(1);
    return valueInfo(e.op("Squeeze", `${value}/row`, [inner.read(value, "nchw"), e.ints([0])], shape), shape);
  });
  const body = e.finish(`${nodes[0]!.name}/sample`, inputs, outputs);
  const results = region.outputs.map(({ value }) => ({ name: outer.nameOf(value), shape: outer.shapes.get(value)! }));
  const feeds = region.inputs.map((input) => outer.read(input.name, "nchw"));
  outer.e.multi("Scan", `${nodes[0]!.name}/per_sample`, feeds, results, {
    body: { type: "GRAPH", value: body },
    num_scan_inputs: region.inputs.length,
  });
  for (const { value } of region.outputs) outer.bind(value, { nchw: outer.nameOf(value) });
}
