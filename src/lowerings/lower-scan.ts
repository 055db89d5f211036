/** A segment of a graph as a Scan over the batch; its body computes one sample, with its own initializers. */
import type { Shape } from "../ir/dim.js";
import type { Node } from "../ir/graph.js";
import { GraphEmitter, type Layout, valueInfo } from "./emitter.js";
import { Scope } from "./scope.js";
import { sampleGraph } from "./segments.js";
import { emitFromCanvases } from "./winograd/convert.js";
import type { CanvasPlan, PlannedLayer } from "./winograd/plan.js";

/** @param lowerNodes lowers the segment's nodes inside the body */
export function lowerScan(
  outer: Scope,
  nodes: readonly Node[],
  plan: CanvasPlan,
  lowerNodes: (inner: Scope, nodes: readonly Node[]) => void,
): void {
  const segment = sampleGraph(outer.graph, nodes, outer.shapes);
  const e = new GraphEmitter(outer.e.options, outer.e);
  // The body may not use the names of what is around it.
  const shown = new Map(
    [...segment.inputs.map(({ name }) => name), ...segment.outputs.map(({ value }) => value)].map((value) => [
      value,
      e.fresh(`${value}/one`),
    ]),
  );
  const inner = new Scope(segment, e, (value) => shown.get(value) ?? value, outer);
  // What all samples have in common is not taken apart: the body sees it in the graph around it.
  const isCommon = (value: string): boolean => outer.shapes.get(value)![0] === 1;
  for (const { name } of segment.inputs.filter(({ name }) => isCommon(name))) {
    inner.bind(name, { nchw: outer.read(name, "nchw") });
  }
  const scanned = segment.inputs
    .filter(({ name }) => !isCommon(name))
    .map(({ name }) => {
      const reader = canvasReader(segment.nodes, name, plan);
      const layout: Layout = reader ? "nhwc" : "nchw";
      return { name, reader, layout, sample: e.fresh(`${name}/sample`) };
    });
  const inputs = scanned.map(({ name, reader, layout, sample }) => {
    const shape = inner.shapeOf(name, layout);
    inner.bind(name, { [layout]: e.op("Unsqueeze", `${name}/sample:${layout}`, [sample, e.ints([0])], shape) });
    // Put there at once, so that routers read their means of it too.
    if (reader) inner.readCanvas(name, inner.canvasFor(shape[1]!, shape[2]!, reader));
    return valueInfo(sample, shape.slice(1));
  });
  lowerNodes(inner, segment.nodes);
  const outputs = segment.outputs.map(({ value }) => ({ value, ...sampleOutput(inner, value) }));
  const body = e.finish(
    `${nodes[0]!.name}/sample`,
    inputs,
    outputs.map(({ sample, shape }) => valueInfo(sample, shape)),
  );
  const results = outputs.map(({ value, shape }) => ({
    name: outer.e.fresh(`${value}/samples`),
    shape: [outer.shapes.get(value)![0]!, ...shape],
  }));
  const feeds = scanned.map(({ name, layout }) => outer.read(name, layout));
  outer.e.multi("Scan", `${nodes[0]!.name}/per_sample`, feeds, results, {
    body: { g: body },
    num_scan_inputs: scanned.length,
  });
  outputs.forEach(({ value, canvas }, index) => {
    const shape = outer.shapes.get(value)!;
    const { name } = results[index]!;
    outer.e.within(outer.provenanceOf(value), () => {
      if (canvas) outer.bind(value, { nhwc: emitFromCanvases(outer.e, value, canvas, name, shape) });
      else
        outer.bind(value, {
          nchw: outer.e.named("Squeeze", outer.nameOf(value), [name, outer.e.ints([1])], shape),
        });
    });
  });
}

/**
 * What the body gives for a value: what its last operator made, as it lies in memory. A Reshape or Squeeze at the end of a
 * body would be a copy, outside of it none.
 */
function sampleOutput(
  inner: Scope,
  value: string,
): { readonly sample: string; readonly shape: Shape; readonly canvas: ReturnType<Scope["canvasOf"]> } {
  const bound = inner.boundCanvas(value);
  if (bound) {
    const { value: sample, shape } = bound.value.raw();
    return { sample, shape, canvas: bound.canvas };
  }
  return { sample: inner.read(value, "nchw"), shape: inner.shapes.get(value)!, canvas: undefined };
}

/** A layer that reads an input on its canvas. */
function canvasReader(nodes: readonly Node[], input: string, plan: CanvasPlan): PlannedLayer | undefined {
  const layers = nodes.flatMap((node) => {
    const layer = plan.layers.get(node.name);
    return layer !== undefined && (node.inputs[0] === input || layer.residuals.includes(input)) ? [layer] : [];
  });
  return layers[0];
}
