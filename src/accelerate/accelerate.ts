/** Any ONNX graph in: what smxc can read of it is compiled and put back; all else stays as it is. */
import { type Compiled, compileGraph } from "../compile.js";
import type { LoweringOptions } from "../compile-options.js";
import type { GraphReading } from "../frontends/onnx/graph-reading.js";
import { islandGraph } from "../frontends/onnx/island-graph.js";
import { canRunWhole } from "../frontends/onnx/island-order.js";
import { findIslands, type Island } from "../frontends/onnx/islands.js";
import type { RaisedKernels } from "../frontends/onnx/raise/raise-kernels.js";
import { readGraph } from "../frontends/onnx/read-graph.js";
import { type ComputeConstant, SourceConstants } from "../frontends/onnx/source-constants.js";
import { onnxOpset } from "../frontends/onnx/source-nodes.js";
import { trimIsland } from "../frontends/onnx/trim-island.js";
import { type ValueUses, valueUses } from "../frontends/onnx/value-uses.js";
import type { Graph, Origin } from "../ir/graph.js";
import { verifyGraph } from "../ir/verify.js";
import type { GraphProto, ModelWithGraph } from "../onnx/graph/records.js";
import { splice } from "../onnx/rewrite/splice.js";
import type { SchemaRegistry } from "../onnx/schemas/registry.js";
import { type BetaOptions, withBetas } from "./betas.js";
import { gainsOf, hasOneBatch, whyNothingGains } from "./gains.js";
import { type IslandPlan, kernelReports, leftNodes, nameOf } from "./parts.js";
import type { AccelerateReport } from "./report.js";

/** A graph to take in. It is valid, holds its external data, and is of an opset that smxc writes its own nodes for. */
export interface GraphSource {
  readonly model: ModelWithGraph;
  /** Computes what depends on constants alone; without it such values stay what they are. */
  readonly compute?: ComputeConstant;
  /** What convolutions with computed kernels are taken for. */
  readonly kernels?: RaisedKernels;
}

export interface Accelerated {
  readonly model: ModelWithGraph;
  /** The islands that were compiled. */
  readonly compiled: readonly Compiled[];
  /** Every island after its passes, those that stay too: what lowerings can be measured on. */
  readonly judged: readonly Graph[];
  /** Names of the outputs that show β, behind the source's. */
  readonly betas: readonly string[];
  /** Routers, by the names of their β, that choose one expert where the source mixes. */
  readonly hard: readonly string[];
  readonly report: Omit<AccelerateReport, "batch" | "height" | "width">;
}

/** The last opset that smxc writes its own nodes for; what they mean is the same in all that came after. */
const NEWEST_OPSET = 21;

/**
 * Compiles the islands of a graph that gain by it. Pure but for `compute`.
 *
 * @param because why no island may be compiled; undefined where they may
 * @throws SmxcError where β that are given do not fit
 */
export function accelerate(
  source: GraphSource,
  options: LoweringOptions,
  schemas: SchemaRegistry,
  because?: string,
  betas: BetaOptions = {},
): Accelerated {
  const { model } = source;
  const { graph } = model;
  const constants = new SourceConstants(model, graph, source.compute);
  const reading = readGraph(model, graph, constants, valueUses(graph), schemas, source.kernels);
  const written = { ...options, opset: Math.min(onnxOpset(model), NEWEST_OPSET) };
  const { plans, uses } = planIslands(graph, reading, written, because);
  const islands = plans.filter(({ taken }) => taken.length > 0);
  const graphs = islands.map(({ report, taken }) => islandGraph(report.name, taken, graph, reading, uses));
  const routed = withBetas(graphs, graph, betas);
  const compiled = routed.islands.map((island) => compileGraph(island, written));
  const replacements = compiled.map(({ model: part }, index) => ({ nodes: islands[index]!.taken, graph: part.graph }));
  const betaOutputs = compiled.flatMap(shownBetas);
  const output = [...graph.output, ...betaOutputs];
  return {
    model: replacements.length === 0 ? model : { ...model, graph: splice({ ...graph, output }, replacements) },
    compiled,
    judged: plans.flatMap(({ judged }) => judged ?? []),
    betas: betaOutputs.map(({ name = "" }) => name),
    hard: routed.hard,
    report: {
      islands: plans.map(({ report }) => report),
      kernels: kernelReports(graph, constants, reading, plans, source.kernels),
      left: leftNodes(graph, reading, uses),
    },
  };
}

function shownBetas({ reference, model }: Compiled): GraphProto["output"] {
  const names = new Set(reference.betas.map(({ name }) => name));
  return model.graph.output.filter(({ name = "" }) => names.has(name));
}

/** Uses of values where some nodes are the IR that they were read as. */
function usesOf(graph: GraphProto, { readings }: GraphReading, taken: ReadonlySet<number>): ValueUses {
  return valueUses(graph, (index) => {
    const reading = readings[index]!;
    return reading.kind === "read" && taken.has(index) ? reading.reads : undefined;
  });
}

interface PlannedIslands {
  readonly plans: readonly IslandPlan[];
  /** Where what is taken reads what its IR reads, and all else what the source says. */
  readonly uses: ValueUses;
}

/**
 * What is taken reads no shapes of other values, as the source's nodes may. Nodes are taken to be such until that leads to
 * islands that cannot run in one piece: then those that were not taken read what they read in the source.
 */
function planIslands(
  graph: GraphProto,
  reading: GraphReading,
  options: LoweringOptions,
  because: string | undefined,
): PlannedIslands {
  let maybeTaken: ReadonlySet<number> = new Set(graph.node.keys());
  for (;;) {
    const before = usesOf(graph, reading, maybeTaken);
    const plans = findIslands(graph, reading.readings, before).map((island) =>
      because === undefined ? planIsland(island, graph, reading, before, options) : keptIsland(island, graph, because),
    );
    const islands = plans.map((plan) => plan.taken).filter((taken) => taken.length > 0);
    const taken = new Set(islands.flat());
    const uses = usesOf(graph, reading, taken);
    if (canRunWhole(islands, uses)) return { plans, uses };
    const less = new Set([...maybeTaken].filter((index) => taken.has(index)));
    if (less.size === maybeTaken.size)
      throw new Error("islands that read what the source says cannot run in one piece");
    maybeTaken = less;
  }
}

function keptIsland(island: Island, graph: GraphProto, reason: string, judged?: Graph): IslandPlan {
  const name = nameOf(graph.node[island[0]!]!);
  return { island, taken: [], judged, report: { name, nodes: island.length, became: "kept", reason } };
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
  if (gaining.size === 0) return keptIsland(island, graph, whyNothingGains(whole, gains), gains.prepared);
  const [joining, vanishing] = [at(gains.joining), at(gains.vanishing)];
  const taken = trimIsland(
    island,
    gaining,
    uses,
    (index) => joining.has(index),
    (index) => vanishing.has(index),
  );
  const part = islandGraph(name, taken, graph, reading, uses);
  if (part.outputs.length === 0) return keptIsland(island, graph, "no value of it is read", gains.prepared);
  if (!hasOneBatch(part)) return keptIsland(island, graph, "its values have different batch sizes", gains.prepared);
  const reason = `${gains.convolutions} of its ${gains.choices.length} convolutions become faster`;
  const report = { name: nameOf(graph.node[taken[0]!]!), nodes: taken.length, became: "compiled", reason } as const;
  return { island, taken, report, judged: gains.prepared };
}

function positionsOf(island: Island, { readings }: GraphReading): ReadonlyMap<Origin, number> {
  return new Map(
    island.flatMap((index) => {
      const each = readings[index]!;
      return each.kind === "read" ? each.nodes.map(({ origin }) => [origin, index] as const) : [];
    }),
  );
}
