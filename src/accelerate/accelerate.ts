/** Any ONNX graph in: what smxc can read of it is compiled and put back; all else stays as it is. */
import { type Compiled, compileGraph } from "../compile.js";
import type { LoweringOptions } from "../compile-options.js";
import { islandGraph } from "../frontends/onnx/island-graph.js";
import { findIslands, type Island } from "../frontends/onnx/islands.js";
import { type GraphReading, onnxOpset, readGraph } from "../frontends/onnx/read-graph.js";
import { type ComputeConstant, SourceConstants } from "../frontends/onnx/source-constants.js";
import { trimIsland } from "../frontends/onnx/trim-island.js";
import { type ValueUses, valueUses } from "../frontends/onnx/value-uses.js";
import type { Origin } from "../ir/graph.js";
import { verifyGraph } from "../ir/verify.js";
import type { GraphProto, ModelWithGraph } from "../onnx/graph/records.js";
import { splice } from "../onnx/rewrite/splice.js";
import type { SchemaRegistry } from "../onnx/schemas/registry.js";
import { gainsOf, hasOneBatch, whyNothingGains } from "./gains.js";
import { kernelReports, leftNodes, nameOf } from "./parts.js";
import type { AccelerateReport, IslandReport } from "./report.js";

/** A graph to take in. It is valid, holds its external data, and is of an opset that smxc writes its own nodes for. */
export interface GraphSource {
  readonly model: ModelWithGraph;
  /** Computes what depends on constants alone; without it such values stay what they are. */
  readonly compute?: ComputeConstant;
}

export interface Accelerated {
  readonly model: ModelWithGraph;
  /** The islands that were compiled. */
  readonly compiled: readonly Compiled[];
  readonly report: Omit<AccelerateReport, "batch">;
}

/** The last opset that smxc writes its own nodes for; what they mean is the same in all that came after. */
const NEWEST_OPSET = 21;

/**
 * Compiles the islands of a graph that gain by it. Pure but for `compute`.
 *
 * @param because why no island may be compiled; undefined where they may
 */
export function accelerate(
  source: GraphSource,
  options: LoweringOptions,
  schemas: SchemaRegistry,
  because?: string,
): Accelerated {
  const { model } = source;
  const { graph } = model;
  const constants = new SourceConstants(model, graph, source.compute);
  const reading = readGraph(model, graph, constants, valueUses(graph), schemas);
  const uses = usesOf(graph, reading, () => true);
  const written = { ...options, opset: Math.min(onnxOpset(model), NEWEST_OPSET) };
  const plans = findIslands(graph, reading.readings, uses).map((island) =>
    because === undefined ? planIsland(island, graph, reading, uses, written) : keptIsland(island, graph, because),
  );
  const taken = new Set(plans.flatMap(({ taken }) => taken));
  const finalUses = usesOf(graph, reading, (index) => taken.has(index));
  const compiled = plans
    .filter((plan) => plan.taken.length > 0)
    .map((plan) => ({
      nodes: plan.taken,
      compiled: compileGraph(islandGraph(plan.report.name, plan.taken, graph, reading, finalUses), written),
    }));
  const replacements = compiled.map((each) => ({ nodes: each.nodes, graph: each.compiled.model.graph! }));
  return {
    model: replacements.length === 0 ? model : { ...model, graph: splice(graph, replacements) },
    compiled: compiled.map((each) => each.compiled),
    report: {
      islands: plans.map(({ report }) => report),
      kernels: kernelReports(graph, constants),
      left: leftNodes(graph, reading),
    },
  };
}

/** Uses of values where some nodes are the IR that they were read as. */
function usesOf(graph: GraphProto, { readings }: GraphReading, isTaken: (index: number) => boolean): ValueUses {
  return valueUses(graph, (index) => {
    const reading = readings[index]!;
    return reading.kind === "read" && isTaken(index) ? reading.reads : undefined;
  });
}

interface IslandPlan {
  readonly report: IslandReport;
  /** What of the island is compiled; nothing where nothing gains. */
  readonly taken: Island;
}

function keptIsland(island: Island, graph: GraphProto, reason: string): IslandPlan {
  return { taken: [], report: { name: nameOf(graph.node[island[0]!]!), nodes: island.length, became: "kept", reason } };
}

function planIsland(
  island: Island,
  graph: GraphProto,
  reading: GraphReading,
  uses: ValueUses,
  options: LoweringOptions,
): IslandPlan {
  const name = nameOf(graph.node[island[0]!]!);
  const whole = islandGraph(name, island, graph, reading, uses);
  verifyGraph(whole, `reading the island ${name}`);
  const gains = gainsOf(whole, options);
  const positions = positionsOf(island, reading);
  const at = (origins: ReadonlySet<Origin>): ReadonlySet<number> =>
    new Set([...origins].map((origin) => positions.get(origin)!));
  const gaining = at(gains.origins);
  if (gaining.size === 0) return keptIsland(island, graph, whyNothingGains(whole, gains));
  const joining = at(gains.joining);
  const taken = trimIsland(island, gaining, uses, (index) => joining.has(index));
  if (!hasOneBatch(islandGraph(name, taken, graph, reading, uses)))
    return keptIsland(island, graph, "its values have several batches");
  const reason = `${gaining.size} of its ${gains.choices.length} convolutions gain`;
  return { taken, report: { name: nameOf(graph.node[taken[0]!]!), nodes: taken.length, became: "compiled", reason } };
}

function positionsOf(island: Island, { readings }: GraphReading): ReadonlyMap<Origin, number> {
  return new Map(
    island.flatMap((index) => {
      const each = readings[index]!;
      return each.kind === "read" ? each.nodes.map(({ origin }) => [origin, index] as const) : [];
    }),
  );
}
