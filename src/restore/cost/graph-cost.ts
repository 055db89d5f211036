/** What one run of a graph takes: memory of a process with one session, and time. Predicted, not measured. */
import type { ModelProto } from "../../onnx/graph/records.js";
import { tensorOf } from "../../onnx/infer/type-info.js";
import { withOpenSizes } from "../../onnx/open-sizes.js";
import { valueOrigins } from "../../onnx/providers/value-origins.js";
import type { SchemaRegistry } from "../../onnx/schemas/registry.js";
import { plus, sum, times } from "../../onnx/work/figures.js";
import { macsOf } from "../../onnx/work/macs.js";
import { bytesOfValue, isView } from "../../onnx/work/memory.js";
import { type Site, sitesOf, turnsOf } from "../../onnx/work/sites.js";
import { weightsOf } from "../../onnx/work/weights.js";
import type { Size } from "../tiles.js";
import { layoutsOf } from "./layouts.js";
import { memorySteps } from "./memory-steps.js";
import { plannedValues, type ValueMemory, valueMemory } from "./value-memory.js";

export interface GraphCost extends ValueMemory {
  /** Bytes of an open session, before it runs. */
  readonly opened: number;
  /** Multiply-accumulates per pixel of the picture. */
  readonly macs: number;
  /** Bytes that nodes write per pixel of the picture. */
  readonly moved: number;
}

/** Where sizes are open, a graph is looked at with so many pixels along a side; the rest follows by pixels. */
const SIDE = 1024;

/** Weights are held as the file, as the session's initializers, and as what kernels make of them (measured). */
const HELD_WEIGHTS = 3;
/** What is computed of weights when a session opens is held once, with what is left over (measured). */
const HELD_FOLDED = 1.2;

export interface CostedGraph {
  /** Valid. */
  readonly model: ModelProto;
  /** The input that takes the picture. */
  readonly input: string;
  readonly channels: number;
  /** Sizes that the graph takes alone. */
  readonly fixed: Partial<Size>;
}

export function graphCost({ model: source, input, channels, fixed }: CostedGraph, schemas: SchemaRegistry): GraphCost {
  const model = withOpenSizes(source);
  const { height = SIDE, width = SIDE } = fixed;
  const picture = tensorOf(0, [1, channels, height, width]);
  const sites = sitesOf(model, schemas, {
    estimates: true,
    inputs: model.graph!.input.map(({ name }) => (name === input ? picture : null)),
  });
  const origins = valueOrigins(model);
  const isConstant = (node: Site["node"], name: string): boolean =>
    node.op_type === "Constant" || origins.get(node)?.constant(name) != null;
  const steps = memorySteps({
    sites,
    outputs: new Set(model.graph!.output.map(({ name = "" }) => name)),
    layouts: layoutsOf(sites, isConstant),
    isConstant,
  });
  const weights = sum([...weightsOf(model).values()].map(({ bytes }) => bytes));
  const folded = sum(
    sites.map(({ node, outputs }) =>
      node.op_type !== "Constant" && isConstant(node, node.output[0]!) ? (bytesOfValue(outputs[0] ?? null) ?? 0) : 0,
    ),
  );
  const pixels = height * width;
  return {
    opened: weights * HELD_WEIGHTS + folded * HELD_FOLDED,
    ...valueMemory(steps, plannedValues(model), pixels),
    macs: workIn(sites, 1, macsOf) / pixels,
    moved: workIn(sites, 1, bytesWritten) / pixels,
  };
}

function workIn(sites: readonly Site[], turns: number, of: (site: Site) => number | null): number {
  return sites.reduce((work, site) => {
    const each = times(turns, turnsOf(site, () => null) ?? 1);
    const inside = site.inner.length === 0 ? 0 : workIn(site.inner, each, of);
    return plus(work, plus(times(of(site) ?? 0, turns), inside));
  }, 0);
}

function bytesWritten({ node, outputs }: Site): number {
  return isView(node) ? 0 : sum(outputs.map((type) => bytesOfValue(type) ?? 0));
}
