/** A graph that was exported for a batch of one, for any batch: a proof, node by node, that the first axis is only carried. */

import type { GraphProto, ModelWithGraph, NodeProto, ValueInfoProto } from "../../../onnx/graph/records.js";
import { inferModel } from "../../../onnx/infer/infer-model.js";
import { SmallValue } from "../../../onnx/infer/small-value.js";
import type { Shape } from "../../../onnx/infer/type-info.js";
import type { SchemaRegistry } from "../../../onnx/schemas/registry.js";
import { onnxOpset } from "../source-nodes.js";
import { neededNodes } from "../value-uses.js";
import { inScans } from "./in-scans.js";
import { hasIntegerDefaults } from "./known-sizes.js";
import { type BatchRefusal, type Inferred, Prover } from "./prover.js";
import { withRepeatedPictures } from "./repeat-pictures.js";
import { type Opened, withDeclared, withOpenBatch, withoutLeft } from "./with-open-batch.js";

/** The first opset whose Scan is that of today. */
const SCANS_SINCE = 9;

export interface OpenedBatch {
  readonly model: ModelWithGraph;
  /** The name of the open size. */
  readonly symbol: string;
  /** The first node for which parts run sample by sample, where some do. */
  readonly scanned: readonly BatchRefusal[];
}

/**
 * Opens the batch of a graph that was exported for one sample.
 *
 * @param reads what some nodes read in place of what they say, by position: convolutions whose kernels were raised, which
 *   mix a kernel for each sample
 * @param mayScan whether parts of which it is not shown may run sample by sample, in a Scan
 */
export function openBatch(
  model: ModelWithGraph,
  schemas: SchemaRegistry,
  reads: ReadonlyMap<number, ReadonlySet<string>> = new Map(),
  mayScan = false,
): OpenedBatch | BatchRefusal {
  const { graph } = model;
  const inputs = batchInputs(graph);
  if (inputs.size === 0) return { node: graph.input[0]?.name ?? "", reason: "no input has a batch of 1" };
  const visits = visitsOf(model, schemas, reads);
  if ("reason" in visits) return visits;
  const strict = proven(model, visits, inputs, reads, false);
  const refusal = strict.refusal ?? outputRefusal(graph, strict, strict.pending);
  const types = inferModel(model, schemas);
  const opened = ({ carried, edits }: Prover) => {
    const written = withOpenBatch(model, carried, edits, types);
    return { ...withDeclared(written, carried, types, schemas), positions: written.positions };
  };
  const finished = (whole: Opened, { pending, repeats }: Prover): Opened =>
    withRepeatedPictures(withoutLeft(whole, graph, pending), repeats);
  if (refusal === undefined) return { ...finished(opened(strict), strict), scanned: [] };
  if (!mayScan || onnxOpset(model) < SCANS_SINCE) return refusal;
  const apart = provenApart(model, visits, inputs, reads);
  const lost = apart.refusal ?? outputRefusal(graph, apart, apart.inside);
  if (lost !== undefined) return lost;
  const whole = opened(apart);
  const moved = new Set([...apart.apart].map((index) => whole.positions[index]!));
  const scanned = inScans(whole, { apart: moved, carried: apart.carried, inside: apart.inside }, types);
  return "reason" in scanned ? scanned : { ...finished(scanned, apart), scanned: [refusal] };
}

/** A node that outputs depend on, with what is inferred of what it reads and gives. */
interface Visit extends Inferred {
  readonly node: NodeProto;
  readonly index: number;
}

function visitsOf(
  model: ModelWithGraph,
  schemas: SchemaRegistry,
  reads: ReadonlyMap<number, ReadonlySet<string>>,
): readonly Visit[] | BatchRefusal {
  const { graph } = model;
  const needed = neededNodes(graph, (index) => reads.get(index));
  const positions = new Map(graph.node.map((node, index) => [node, index]));
  // What a caller may give is no constant, whatever its default.
  const given = new Set(graph.input.map(({ name }) => name));
  const mayBeOthers = hasIntegerDefaults(model);
  const visits = new Map<number, Visit>();
  inferModel(model, schemas, {
    listener: {
      visited: (node, _, __, typeOf, known) => {
        const index = positions.get(node);
        if (index === undefined || !needed.has(index)) return;
        const integersOf = (name: string): readonly number[] | undefined => {
          const constant = given.has(name) ? null : known.constant(name);
          return constant === null ? undefined : SmallValue.from(constant)?.data;
        };
        const elementsOf = (name: string): Shape | undefined =>
          given.has(name) || (mayBeOthers && known.constant(name) === null)
            ? undefined
            : (known.elements(name) ?? undefined);
        visits.set(index, { node, index, typeOf, integersOf, elementsOf });
      },
    },
  });
  const unseen = [...needed].find((index) => !visits.has(index));
  if (unseen !== undefined) {
    const { name, output } = graph.node[unseen]!;
    return { node: name || output[0]!, reason: "its shape cannot be inferred" };
  }
  return [...visits.values()].sort((a, b) => a.index - b.index);
}

function proven(
  model: ModelWithGraph,
  visits: readonly Visit[],
  inputs: ReadonlySet<string>,
  reads: ReadonlyMap<number, ReadonlySet<string>>,
  mayRunApart: boolean,
  noViews: ReadonlySet<string> = new Set(),
): Prover {
  const prover = new Prover(model, inputs, reads, mayRunApart, noViews);
  for (const visit of visits) {
    if (prover.refusal !== undefined) break;
    prover.prove(visit.node, visit.index, visit);
  }
  return prover;
}

/** Views whose batch is lost run apart with those who read them; all others are views as in a proof without parts. */
function provenApart(
  model: ModelWithGraph,
  visits: readonly Visit[],
  inputs: ReadonlySet<string>,
  reads: ReadonlyMap<number, ReadonlySet<string>>,
): Prover {
  const noViews = new Set<string>();
  for (;;) {
    const prover = proven(model, visits, inputs, reads, true, noViews);
    const shown = model.graph.output
      .map(({ name = "" }) => name)
      .filter((name) => prover.pending.has(name) || prover.counts(name));
    if (prover.lost.size === 0 && shown.length === 0) return prover;
    for (const name of [...prover.lost, ...shown]) noViews.add(name);
  }
}

function outputRefusal(
  graph: GraphProto,
  prover: Prover,
  lost: { has(name: string): boolean },
): BatchRefusal | undefined {
  const names = graph.output.map(({ name = "" }) => name);
  const output = names.find((name) => lost.has(name));
  if (output !== undefined) return { node: output, reason: "an output does not have its batch as the first axis" };
  const counting = names.find((name) => prover.counts(name));
  return counting === undefined ? undefined : { node: counting, reason: "an output contains the number of samples" };
}

/** The inputs whose first size is one: the main one, and others of two axes and more. */
function batchInputs(graph: GraphProto): ReadonlySet<string> {
  const constants = new Set(graph.initializer.map(({ name }) => name));
  const own = graph.input.filter(({ name }) => !constants.has(name));
  const isBatch = ({ type }: ValueInfoProto, least: number): boolean => {
    const dim = type?.tensor_type?.shape?.dim ?? [];
    return dim.length >= least && Number(dim[0]?.dim_value) === 1;
  };
  return new Set(own.flatMap((info, index) => (isBatch(info, index === 0 ? 1 : 2) ? [info.name ?? ""] : [])));
}
