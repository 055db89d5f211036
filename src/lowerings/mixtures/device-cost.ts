/**
 * What a mixed convolution costs in each lowering on a device that leaves control flow to the host: counts of its own graph
 * (device/graph-work.ts) times rates (device/rates.ts). Nothing but what a lowering emits counts, so the counts are those of the file.
 * The CPU's model is `winograd/cost.ts`.
 */
import type { Dim, Shape } from "../../ir/dim.js";
import type { Graph } from "../../ir/graph.js";
import { bankSizes, type MixConvAttributes } from "../../ir/ops/mixture.js";
import type { LazyTensor } from "../../tensors/tensor.js";
import { type GraphWork, graphWork } from "../device/graph-work.js";
import { elements } from "../device/node-work.js";
import { DEVICE_RATES } from "../device/rates.js";
import { type EmitOptions, GraphEmitter, valueInfo } from "../emitter.js";
import { Scope } from "../scope.js";
import type { Lowering, MixConvProblem } from "./lowering.js";

export interface DeviceCost extends GraphWork {
  readonly ns: number;
}

/** The sizes at which an open batch, height and width are judged: patches as the page runs them. */
export const TYPICAL_BATCH = 16;
export const TYPICAL_SIDE = 48;

export function deviceCost(lowering: Lowering, problem: MixConvProblem, options: EmitOptions): DeviceCost {
  const work = graphWork(layerGraph(lowering, problem, options));
  const { dispatch, byte, tiled, untiled } = DEVICE_RATES;
  const ns = work.dispatches * dispatch + work.bytes * byte + work.tiled * tiled + work.untiled * untiled;
  return { ...work, ns };
}

/** The shape at which a layer's input is judged. */
export function judgedShape(shape: Shape): readonly number[] {
  const typical = [TYPICAL_BATCH, undefined, TYPICAL_SIDE, TYPICAL_SIDE];
  return shape.map((size, axis) => (typeof size === "number" ? size : typical[axis]!));
}

/** One layer as the lowering emits it, all of whose sizes are known. */
export function layerGraph(lowering: Lowering, problem: MixConvProblem, options: EmitOptions) {
  const { attributes, x, factors } = problem;
  const picture = judgedShape(x);
  const samples = (size: Dim): number => (typeof size === "number" ? size : picture[0]!);
  const names = factors.map((_, index) => `factor${index}`);
  const graph: Graph = {
    name: "layer",
    inputs: [
      { name: "x", shape: picture },
      ...names.map((name, index) => ({ name, shape: [samples(factors[index]![0]!), ...factors[index]!.slice(1)] })),
    ],
    constants: constantsOf(attributes, picture[1]!),
    nodes: [
      {
        op: "mix_conv",
        name: "y",
        inputs: ["x", "bank", ...(attributes.bias === "none" ? [] : ["bias"]), ...names],
        attributes,
        origin: { layer: "layer", pointer: "" },
      },
    ],
    outputs: [{ name: "y", value: "y" }],
    betas: [],
  };
  const e = new GraphEmitter(options);
  e.reserve(["x", "y", ...names]);
  const scope = new Scope(graph, e, (value) => value);
  for (const { name } of graph.inputs) scope.bind(name, { nchw: name });
  lowering.emit(attributes, scope.site(graph.nodes[0]!));
  return e.finish(
    "layer",
    graph.inputs.map(({ name, shape }) => valueInfo(name, shape)),
    [valueInfo("y", scope.shapes.get("y")!)],
  );
}

function constantsOf(attributes: MixConvAttributes, channels: number): ReadonlyMap<string, LazyTensor> {
  const { experts, out, perGroup } = bankSizes(attributes, channels);
  const bias = { none: 0, plain: out, bank: experts * out }[attributes.bias];
  return new Map([
    ["bank", zeros([experts * out, perGroup, ...attributes.kernel])],
    ...(bias === 0 ? [] : ([["bias", zeros([bias])]] as const)),
  ]);
}

function zeros(shape: readonly number[]): LazyTensor {
  return { shape, read: async () => new Float64Array(elements(shape)) };
}
