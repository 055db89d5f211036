/** What one run of a graph takes: memory of a process with one session, and time. Predicted, not measured. */
import type { ModelProto, ValueInfoProto } from "../../onnx/graph/records.js";
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
import { Arena, type Chunk } from "./arena.js";
import { layoutsOf } from "./layouts.js";
import { memorySteps, type Step } from "./memory-steps.js";

export interface GraphCost {
  /** Bytes of an open session, before it runs. */
  readonly opened: number;
  /** Bytes of values that a run over so many pixels leaves in memory, the picture and its result aside. */
  bytes(pixels: number): number;
  /** The same where each value's memory is given back at once, as in WebAssembly. */
  liveBytes(pixels: number): number;
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

/** How far what is touched lies from what is alive towards the replay, which hangs on how pieces happen to fit (measured). */
const REPLAYED = 2 / 3;

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
  const planned = plannedIn(model);
  return {
    opened: weights * HELD_WEIGHTS + folded * HELD_FOLDED,
    bytes: (count) => {
      const [least, most] = [(mostAlive(steps) * count) / pixels, arenaBytes(steps, planned, pixels, count)];
      return least + (most - least) * REPLAYED;
    },
    liveBytes: (count) => (mostAlive(steps) * count) / pixels,
    macs: workIn(sites, 1, macsOf) / pixels,
    moved: workIn(sites, 1, bytesWritten) / pixels,
  };
}

/**
 * Values whose sizes a run knows before it begins: numbers, and those of its inputs. ONNX Runtime plans where they lie, and
 * takes one piece of memory for all of them, which it holds until the run ends.
 */
function plannedIn(model: ModelProto): ReadonlySet<string> {
  const dimsOf = ({ type }: ValueInfoProto) => type?.tensor_type?.shape?.dim ?? [];
  const fed = new Set(model.graph!.input.flatMap((port) => dimsOf(port).map(({ dim_param }) => dim_param)));
  const isKnown = (value: ValueInfoProto): boolean =>
    value.type?.tensor_type?.shape != null &&
    dimsOf(value).every(({ dim_value, dim_param }) => (dim_param ? fed.has(dim_param) : dim_value != null));
  return new Set(model.graph!.value_info.filter(isKnown).map(({ name = "" }) => name));
}

/**
 * What is less than a byte a pixel is no picture: it stays as it is, and lies in the first, small regions, between which
 * large ones do not fit.
 */
function arenaBytes(all: readonly Step[], planned: ReadonlySet<string>, from: number, to: number): number {
  const [pictures, others] = [new Arena(), new Arena()];
  const isPlanned = new Set(all.flatMap((step) => ("take" in step && planned.has(step.name) ? [step.take] : [])));
  const plan = all.filter((step) => isPlanned.has("take" in step ? step.take : step.give));
  const steps = all.filter((step) => !plan.includes(step));
  const chunks = new Map<number, readonly [Arena, Chunk]>();
  for (const step of steps) {
    if ("take" in step) {
      const isPicture = step.bytes >= from;
      const arena = isPicture ? pictures : others;
      chunks.set(step.take, [arena, arena.allocate(isPicture ? (step.bytes * to) / from : step.bytes)]);
    } else {
      const [arena, chunk] = chunks.get(step.give)!;
      arena.free(chunk);
    }
  }
  return (mostAlive(plan) * to) / from + pictures.touched + others.touched;
}

function mostAlive(steps: readonly Step[]): number {
  const bytes = new Map<number, number>();
  let [alive, most] = [0, 0];
  for (const step of steps) {
    if ("take" in step) bytes.set(step.take, step.bytes);
    alive += "take" in step ? step.bytes : -bytes.get(step.give)!;
    most = Math.max(most, alive);
  }
  return most;
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
