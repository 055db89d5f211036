/** Follows the batch through a graph, node by node. */

import { isOnnxDomain } from "../../../onnx/domains.js";
import type { ModelWithGraph, NodeProto } from "../../../onnx/graph/records.js";
import type { TypeInfo } from "../../../onnx/infer/type-info.js";
import { namesRead } from "../../../onnx/rewrite/names.js";
import { NotRead } from "../reading.js";
import { callsOf } from "../source-constants.js";
import { onnxOpset } from "../source-nodes.js";
import type { BatchView, KnownShape, NodeEdits, Repeat } from "./carried.js";
import { BATCH_ROWS } from "./rows.js";
import { keepsOrder, VIEWS } from "./views.js";

/** A node of which it is not shown that it only carries the batch. */
export interface BatchRefusal {
  readonly node: string;
  readonly reason: string;
}

/** What takes a node's place for any batch. */
export type NodeChange =
  | { readonly kind: "inputs"; readonly edits: NodeEdits }
  /** A Reshape of a value to these sizes. */
  | { readonly kind: "reshape"; readonly of: string; readonly target: readonly number[] };

type TypeOf = (name: string) => TypeInfo | null;
type ShapeOf = (name: string) => KnownShape;
type IntegersOf = (name: string) => readonly number[] | undefined;

function isView({ domain, op_type = "" }: NodeProto): boolean {
  return isOnnxDomain(domain) && VIEWS.has(op_type);
}

export class Prover {
  /** The first node of which it is not shown. */
  refusal: BatchRefusal | undefined;
  readonly carried: Set<string>;
  /** Values that hold each sample in order, with the batch at no axis of theirs yet: by what they are views of. */
  readonly pending = new Map<string, string>();
  readonly edits = new Map<number, NodeChange>();
  /** Pictures that are the same for every sample, by what the convolution gives that mixes a kernel for each. */
  readonly repeats = new Map<string, Repeat>();
  /** Nodes that have to run sample by sample. */
  readonly apart = new Set<number>();
  /** Values that only such nodes can read: their first axis is not one of samples. */
  readonly inside = new Set<string>();
  /** Of `pending`: values that are read as what they are, so that their batch is lost. */
  readonly lost = new Set<string>();
  private readonly opset: number;
  private readonly given: ReadonlySet<string>;
  private readonly isCall: (node: NodeProto) => boolean;

  constructor(
    model: ModelWithGraph,
    inputs: ReadonlySet<string>,
    private readonly reads: ReadonlyMap<number, ReadonlySet<string>>,
    /** Whether nodes of which it is not shown may run sample by sample. */
    private readonly mayRunApart: boolean,
    /** Views that are not taken for ones, by what they give. */
    private readonly noViews: ReadonlySet<string> = new Set(),
  ) {
    this.carried = new Set(inputs);
    this.opset = onnxOpset(model);
    this.given = new Set(model.graph.input.map(({ name = "" }) => name));
    this.isCall = callsOf(model);
  }

  prove(node: NodeProto, index: number, typeOf: TypeOf, integersOf: IntegersOf): void {
    const read = [...(this.reads.get(index) ?? namesRead(node))];
    const depends = (name: string): boolean =>
      this.carried.has(name) || this.pending.has(name) || this.inside.has(name);
    if (!read.some(depends)) return;
    const shapeOf = (name: string): KnownShape => {
      const type = name === "" ? null : typeOf(name);
      return type?.kind === "tensor" ? (type.shape ?? undefined) : undefined;
    };
    if (isView(node) && !this.isCall(node) && this.view(node, index, shapeOf, integersOf)) return;
    const reason = this.reasonAgainst(node, index, read, shapeOf, integersOf);
    const outputs = node.output.filter((name) => name !== "");
    if (reason === undefined) for (const output of outputs) this.carried.add(output);
    else if (this.mayRunApart && !this.reads.has(index)) {
      this.apart.add(index);
      for (const output of outputs) (isOneSample(shapeOf(output)) ? this.carried : this.inside).add(output);
    } else this.refusal = { node: node.name || node.output[0]!, reason };
  }

  private reasonAgainst(
    node: NodeProto,
    index: number,
    read: readonly string[],
    shapeOf: ShapeOf,
    integersOf: IntegersOf,
  ): string | undefined {
    for (const name of read) if (this.pending.has(name)) this.lost.add(name);
    const waiting = read.find((name) => this.pending.has(name) || this.inside.has(name));
    if (waiting !== undefined) return `"${waiting}", which it reads, has its batch along another axis than the first`;
    if (this.reads.has(index)) return this.mixture(node, read, shapeOf);
    const row = isOnnxDomain(node.domain) && !this.isCall(node) ? BATCH_ROWS[node.op_type ?? ""] : undefined;
    if (row === undefined) return `nothing is known of what ${node.op_type ?? "it"} does with a batch`;
    const shown = judged(() => row(this.viewOf(node, shapeOf, integersOf)));
    if (typeof shown === "string") return shown;
    if (shown.size > 0) this.edits.set(index, { kind: "inputs", edits: shown });
    return undefined;
  }

  /** A kernel for each sample needs a picture for each, which is another value where the source has one for all. */
  private mixture(node: NodeProto, read: readonly string[], shapeOf: ShapeOf): string | undefined {
    const picture = node.input[0]!;
    if (this.carried.has(picture)) return undefined;
    const shape = shapeOf(picture);
    if (!shape?.every((size) => typeof size === "number") || shape[0] !== 1)
      return `the size of "${picture}", which is the same for every sample, is not known`;
    this.repeats.set(node.output[0]!, { like: read.find((name) => this.carried.has(name))!, shape });
    return undefined;
  }

  /** Whether a node that only gives its input another shape was shown to do so for each sample. */
  private view(node: NodeProto, index: number, shapeOf: ShapeOf, integersOf: IntegersOf): boolean {
    const [input, output] = [node.input[0]!, node.output[0]!];
    const others = node.input.slice(1);
    if (others.some((name) => this.carried.has(name) || this.inside.has(name) || this.given.has(name))) return false;
    if (this.carried.has(input)) {
      const shown = judged(() => BATCH_ROWS[node.op_type!]!(this.viewOf(node, shapeOf, integersOf)));
      if (typeof shown !== "string") {
        if (shown.size > 0) this.edits.set(index, { kind: "inputs", edits: shown });
        this.carried.add(output);
        return true;
      }
    } else if (!this.pending.has(input)) return false;
    const [from, to] = [this.firstKnown(input, shapeOf(input)), shapeOf(output)];
    if (this.noViews.has(output)) return false;
    if (from === undefined || to === undefined || !keepsOrder(node, from)) return false;
    const of = this.pending.get(input) ?? input;
    if (to[0] === 1) {
      const target = sampleTarget(this.firstKnown(of, shapeOf(of)), to);
      if (target === undefined) return false;
      this.edits.set(index, { kind: "reshape", of, target });
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
      isGiven: (index) => this.given.has(at(index)),
      shape: (index) => this.firstKnown(at(index), shapeOf(at(index))),
      outputShape: (index) => shapeOf(node.output[index] ?? ""),
      integers: (index) => (at(index) === "" ? undefined : integersOf(at(index))),
    };
  }

  /** What carries the batch has one sample, whether that is inferred or not. */
  private firstKnown(name: string, shape: KnownShape): KnownShape {
    return shape !== undefined && shape.length > 0 && this.carried.has(name) ? [1, ...shape.slice(1)] : shape;
  }
}

/** A vector of one element may be a size or an index, which is none of a sample. */
function isOneSample(shape: KnownShape): boolean {
  return shape !== undefined && shape.length > 1 && shape[0] === 1;
}

/**
 * What a Reshape of a value to samples of this shape says: a zero where an open size is that of the same axis, and what is
 * left over for one other. Undefined where more are open.
 */
function sampleTarget(from: KnownShape, to: readonly (number | string | null)[]): readonly number[] | undefined {
  const target = to.map((size, axis) => {
    if (axis === 0) return 0;
    if (typeof size === "number") return size;
    return size !== null && size === from?.[axis] ? 0 : -1;
  });
  return target.filter((size) => size === -1).length > 1 ? undefined : target;
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
