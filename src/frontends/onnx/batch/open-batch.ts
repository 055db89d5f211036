/** A graph that was exported for a batch of one, for any batch: a proof, node by node, that the first axis is only carried. */

import type { GraphProto, ModelWithGraph, ValueInfoProto } from "../../../onnx/graph/records.js";
import { inferModel } from "../../../onnx/infer/infer-model.js";
import { SmallValue } from "../../../onnx/infer/small-value.js";
import type { SchemaRegistry } from "../../../onnx/schemas/registry.js";
import { neededNodes } from "../value-uses.js";
import { inScans } from "./in-scans.js";
import { type BatchRefusal, Prover } from "./prover.js";
import { withOpenBatch } from "./with-open-batch.js";

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
  if (inputs.size === 0) return { node: graph.input[0]?.name ?? "", reason: "no input has a batch of one" };
  const strict = proven(model, schemas, inputs, reads, false);
  const refusal = strict.refusal ?? outputRefusal(graph, strict.pending);
  if (refusal === undefined) return { ...withOpenBatch(model, strict.carried, strict.edits), scanned: [] };
  if (!mayScan) return refusal;
  const apart = proven(model, schemas, inputs, reads, true);
  const lost = apart.refusal ?? outputRefusal(graph, apart.inside);
  if (lost !== undefined) return lost;
  const opened = withOpenBatch(model, apart.carried, apart.edits);
  const types = inferModel(model, schemas);
  return { ...inScans(opened, apart, types), scanned: [refusal] };
}

function proven(
  model: ModelWithGraph,
  schemas: SchemaRegistry,
  inputs: ReadonlySet<string>,
  reads: ReadonlyMap<number, ReadonlySet<string>>,
  mayRunApart: boolean,
): Prover {
  const { graph } = model;
  const prover = new Prover(model, inputs, reads, mayRunApart);
  const needed = neededNodes(graph, (index) => reads.get(index));
  const positions = new Map(graph.node.map((node, index) => [node, index]));
  inferModel(model, schemas, {
    listener: {
      contradiction: () => {},
      notInferred: () => {},
      visited: (node, _, __, typeOf, known) => {
        const index = positions.get(node);
        if (index === undefined || !needed.has(index) || prover.refusal !== undefined) return;
        prover.prove(node, index, typeOf, (name) => {
          const constant = known.constant(name);
          return constant === null ? undefined : SmallValue.from(constant)?.data;
        });
      },
    },
  });
  return prover;
}

function outputRefusal(graph: GraphProto, lost: { has(name: string): boolean }): BatchRefusal | undefined {
  const output = graph.output.find(({ name = "" }) => lost.has(name));
  return output && { node: output.name ?? "", reason: "an output has its batch along another axis" };
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
