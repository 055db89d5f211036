/** A graph that was exported for a batch of one, for any batch: a proof, node by node, that the first axis is only carried. */

import type { GraphProto, ModelWithGraph, NodeProto, ValueInfoProto } from "../../../onnx/graph/records.js";
import { inferModel } from "../../../onnx/infer/infer-model.js";
import { SmallValue } from "../../../onnx/infer/small-value.js";
import type { TypeInfo } from "../../../onnx/infer/type-info.js";
import { namesRead } from "../../../onnx/rewrite/names.js";
import type { SchemaRegistry } from "../../../onnx/schemas/registry.js";
import { onnxOpset } from "../read-graph.js";
import { NotRead } from "../reading.js";
import { isOnnxDomain } from "../source-constants.js";
import { neededNodes } from "../value-uses.js";
import type { BatchView, KnownShape, NodeEdits } from "./carried.js";
import { BATCH_ROWS } from "./rows.js";
import { keepsOrder, VIEWS } from "./views.js";
import { withOpenBatch } from "./with-open-batch.js";

export interface OpenedBatch {
  readonly model: ModelWithGraph;
  /** The name of the open size. */
  readonly symbol: string;
}

/** The first node of which it is not shown. */
export interface BatchRefusal {
  readonly node: string;
  readonly reason: string;
}

/**
 * @param reads what some nodes read in place of what they say, by position: convolutions whose kernels were raised, which
 *   mix a kernel for each sample
 */
export function openBatch(
  model: ModelWithGraph,
  schemas: SchemaRegistry,
  reads: ReadonlyMap<number, ReadonlySet<string>> = new Map(),
): OpenedBatch | BatchRefusal {
  const { graph } = model;
  const inputs = batchInputs(graph);
  if (inputs.size === 0) return { node: graph.input[0]?.name ?? "", reason: "no input has a batch of one" };
  const prover = new Prover(model, inputs, reads);
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
  if (prover.refusal !== undefined) return prover.refusal;
  const lost = graph.output.find(({ name = "" }) => prover.pending.has(name));
  if (lost !== undefined) return { node: lost.name ?? "", reason: "an output has its batch along another axis" };
  return withOpenBatch(model, prover.carried, prover.edits);
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

/** What takes a node's place for any batch. */
export type NodeChange =
  | { readonly kind: "inputs"; readonly integers: NodeEdits }
  /** A Reshape of a value to these sizes. */
  | { readonly kind: "reshape"; readonly of: string; readonly target: readonly number[] };

type TypeOf = (name: string) => TypeInfo | null;
type ShapeOf = (name: string) => KnownShape;
type IntegersOf = (name: string) => readonly number[] | undefined;

function isView({ domain, op_type = "" }: NodeProto): boolean {
  return isOnnxDomain(domain) && VIEWS.has(op_type);
}

class Prover {
  refusal: BatchRefusal | undefined;
  readonly carried: Set<string>;
  /** Values that hold each sample in order, with the batch at no axis of theirs yet: by what they are views of. */
  readonly pending = new Map<string, string>();
  readonly edits = new Map<number, NodeChange>();
  private readonly opset: number;

  constructor(
    model: ModelWithGraph,
    inputs: ReadonlySet<string>,
    private readonly reads: ReadonlyMap<number, ReadonlySet<string>>,
  ) {
    this.carried = new Set(inputs);
    this.opset = onnxOpset(model);
  }

  prove(node: NodeProto, index: number, typeOf: TypeOf, integersOf: IntegersOf): void {
    const read = [...(this.reads.get(index) ?? namesRead(node))];
    if (!read.some((name) => this.carried.has(name) || this.pending.has(name))) return;
    const shapeOf = (name: string): KnownShape => {
      const type = name === "" ? null : typeOf(name);
      return type?.kind === "tensor" ? (type.shape ?? undefined) : undefined;
    };
    if (isView(node) && this.view(node, index, shapeOf, integersOf)) return;
    const reason = this.reasonAgainst(node, index, read, shapeOf, integersOf);
    if (reason !== undefined) this.refusal = { node: node.name || node.output[0]!, reason };
    for (const output of node.output) if (output !== "") this.carried.add(output);
  }

  private reasonAgainst(
    node: NodeProto,
    index: number,
    read: readonly string[],
    shapeOf: ShapeOf,
    integersOf: IntegersOf,
  ): string | undefined {
    const waiting = read.find((name) => this.pending.has(name));
    if (waiting !== undefined) return `"${waiting}", which it reads, has its batch along another axis than the first`;
    if (this.reads.has(index)) return undefined;
    const row = isOnnxDomain(node.domain) ? BATCH_ROWS[node.op_type ?? ""] : undefined;
    if (row === undefined) return `nothing is known of what ${node.op_type ?? "it"} does with a batch`;
    const shown = judged(() => row(this.viewOf(node, shapeOf, integersOf)));
    if (typeof shown === "string") return shown;
    if (shown.size > 0) this.edits.set(index, { kind: "inputs", integers: shown });
    return undefined;
  }

  /** Whether a node that only gives its input another shape was shown to do so for each sample. */
  private view(node: NodeProto, index: number, shapeOf: ShapeOf, integersOf: IntegersOf): boolean {
    const [input, output] = [node.input[0]!, node.output[0]!];
    if (node.input.slice(1).some((name) => this.carried.has(name))) return false;
    if (this.carried.has(input)) {
      const shown = judged(() => BATCH_ROWS[node.op_type!]!(this.viewOf(node, shapeOf, integersOf)));
      if (typeof shown !== "string") {
        if (shown.size > 0) this.edits.set(index, { kind: "inputs", integers: shown });
        this.carried.add(output);
        return true;
      }
    } else if (!this.pending.has(input)) return false;
    const [from, to] = [shapeOf(input), shapeOf(output)];
    if (from === undefined || to === undefined || !isNumbers(to) || !keepsOrder(node, from)) return false;
    const of = this.pending.get(input) ?? input;
    if (to[0] === 1) {
      this.edits.set(index, { kind: "reshape", of, target: [0, ...to.slice(1)] });
      this.carried.add(output);
    } else this.pending.set(output, of);
    return true;
  }

  private viewOf(node: NodeProto, shapeOf: ShapeOf, integersOf: IntegersOf): BatchView {
    const at = (index: number): string => node.input[index] ?? "";
    return {
      node,
      opset: this.opset,
      carries: (index) => this.carried.has(at(index)),
      has: (index) => at(index) !== "",
      shape: (index) => shapeOf(at(index)),
      outputShape: (index) => shapeOf(node.output[index] ?? ""),
      integers: (index) => (at(index) === "" ? undefined : integersOf(at(index))),
    };
  }
}

function isNumbers(shape: readonly (number | string | null)[]): shape is readonly number[] {
  return shape.every((size) => typeof size === "number");
}

/** Attributes that cannot be read are a reason too. */
function judged(row: () => string | NodeEdits): string | NodeEdits {
  try {
    return row();
  } catch (cause) {
    if (cause instanceof NotRead) return cause.message;
    throw cause;
  }
}
