/** Follows the batch through a graph, node by node. */

import { isOnnxDomain } from "../../../onnx/domains.js";
import type { ModelWithGraph, NodeProto } from "../../../onnx/graph/records.js";
import type { TypeInfo } from "../../../onnx/infer/type-info.js";
import { namesRead } from "../../../onnx/rewrite/names.js";
import { SHAPE_READERS } from "../operator-families.js";
import { NotRead } from "../reading.js";
import { callsOf } from "../source-constants.js";
import { onnxOpset } from "../source-nodes.js";
import type { BatchView, KnownShape, NodeEdits, Repeat, VectorElement } from "./carried.js";
import { CountedSizes, type KnownElements } from "./counted-sizes.js";
import { BATCH_ROWS } from "./rows.js";
import { sampleSizes } from "./sample-sizes.js";
import { COUNTED_INPUTS } from "./sized-rows.js";
import { keepsOrder, VIEWS } from "./views.js";

/** A node of which it is not shown that it only carries the batch. */
export interface BatchRefusal {
  readonly node: string;
  readonly reason: string;
}

/** What takes a node's place for any batch. */
export type NodeChange =
  | { readonly kind: "inputs"; readonly edits: NodeEdits }
  /** A Reshape of a value to these sizes; those that are computed are the node's own. */
  | { readonly kind: "reshape"; readonly of: string; readonly target: readonly VectorElement[] };

/** What is inferred of the values that a node reads and gives, at a batch of one. */
export interface Inferred {
  typeOf(name: string): TypeInfo | null;
  /** The values of a constant vector. */
  integersOf(name: string): readonly number[] | undefined;
  readonly elementsOf: KnownElements;
}

interface Known extends Inferred {
  shapeOf(name: string): KnownShape;
}

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
  /** Of `pending`, and of sizes that hold the number of samples: values that are read as what they are at a batch of one. */
  readonly lost = new Set<string>();
  private readonly vectors = new CountedSizes();
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

  /** Whether a value holds the number of samples, as a size that is computed. */
  counts(name: string): boolean {
    return this.vectors.counts(name);
  }

  prove(node: NodeProto, index: number, inferred: Inferred): void {
    const read = [...(this.reads.get(index) ?? namesRead(node))];
    const depends = (name: string): boolean => this.carries(name) || this.counts(name);
    const dependent = read.some(depends);
    if (!dependent && !read.some((name) => this.vectors.has(name))) return;
    const shapeOf = (name: string): KnownShape => {
      const type = name === "" ? null : inferred.typeOf(name);
      return type?.kind === "tensor" ? (type.shape ?? undefined) : undefined;
    };
    const known = { ...inferred, shapeOf };
    const unsized = this.reads.has(index) ? "" : this.size(node, read, known);
    if (unsized === undefined || !dependent) return;
    if (isView(node) && !this.isCall(node) && this.view(node, index, known)) return;
    const reason = this.reasonAgainst(node, index, read, known, unsized);
    const outputs = node.output.filter((name) => name !== "");
    if (reason === undefined) {
      for (const output of outputs) this.carried.add(output);
      return;
    }
    for (const name of read) if (this.counts(name)) this.lost.add(name);
    if (this.mayRunApart && !this.reads.has(index)) {
      this.apart.add(index);
      for (const output of outputs) (isOneSample(shapeOf(output)) ? this.carried : this.inside).add(output);
    } else this.refusal = { node: node.name || node.output[0]!, reason };
  }

  /** Whether a value depends on the samples, rather than on how many there are. */
  private carries(name: string): boolean {
    return this.carried.has(name) || this.pending.has(name) || this.inside.has(name);
  }

  /** Follows sizes that a node computes: undefined where it does so; otherwise why not, or nothing where it computes none. */
  private size(node: NodeProto, read: readonly string[], known: Known): string | undefined {
    if (!isOnnxDomain(node.domain) || this.isCall(node) || this.noViews.has(node.output[0]!)) return "";
    const isShape = SHAPE_READERS.has(node.op_type ?? "");
    const samples = read.filter((name) => this.carries(name));
    if (isShape ? samples.some((name) => !this.carried.has(name)) : samples.length > 0) return "";
    const input = node.input[0] ?? "";
    const of = { shape: this.firstKnown(input, known.shapeOf(input)), carries: this.carried.has(input) };
    return judged(() => this.vectors.follow(node, of, known));
  }

  private reasonAgainst(
    node: NodeProto,
    index: number,
    read: readonly string[],
    known: Known,
    unsized: string,
  ): string | undefined {
    for (const name of read) if (this.pending.has(name)) this.lost.add(name);
    const waiting = read.find((name) => this.pending.has(name) || this.inside.has(name));
    if (waiting !== undefined) return `its input "${waiting}" does not have its batch as the first axis`;
    if (unsized !== "") return unsized;
    const isOwn = isOnnxDomain(node.domain) && !this.isCall(node) && !this.reads.has(index);
    const operator = node.op_type ?? "";
    const places = (isOwn ? COUNTED_INPUTS.get(operator) : undefined) ?? [];
    const others = new Set(node.input.filter((_, place) => !places.includes(place)));
    const isElsewhere = (name: string): boolean => others.has(name) || !node.input.includes(name);
    const counting = read.find((name) => this.counts(name) && isElsewhere(name));
    if (counting !== undefined) return `its input "${counting}" contains the number of samples`;
    if (this.reads.has(index)) return this.mixture(node, read, known.shapeOf);
    const row = isOwn ? BATCH_ROWS[operator] : undefined;
    if (row === undefined) return `it is not known what ${operator || "it"} does with a batch`;
    const shown = judged(() => row(this.viewOf(node, known)));
    if (typeof shown === "string") return shown;
    if (shown.size > 0) this.edits.set(index, { kind: "inputs", edits: shown });
    return undefined;
  }

  /** A kernel for each sample needs a picture for each, which is another value where the source has one for all. */
  private mixture(node: NodeProto, read: readonly string[], shapeOf: Known["shapeOf"]): string | undefined {
    const picture = node.input[0]!;
    if (this.carried.has(picture)) return undefined;
    const shape = shapeOf(picture);
    if (!shape?.every((size) => typeof size === "number") || shape[0] !== 1)
      return `the size of "${picture}", which is the same for every sample, is not known`;
    this.repeats.set(node.output[0]!, { like: read.find((name) => this.carried.has(name))!, shape });
    return undefined;
  }

  /** Whether a node that only gives its input another shape was shown to do so for each sample. */
  private view(node: NodeProto, index: number, known: Known): boolean {
    const [input, output] = [node.input[0]!, node.output[0]!];
    const others = node.input.slice(1);
    if (others.some((name) => this.carries(name) || this.given.has(name))) return false;
    if (this.carried.has(input)) {
      const shown = judged(() => BATCH_ROWS[node.op_type!]!(this.viewOf(node, known)));
      if (typeof shown !== "string") {
        if (shown.size > 0) this.edits.set(index, { kind: "inputs", edits: shown });
        this.carried.add(output);
        return true;
      }
    } else if (!this.pending.has(input)) return false;
    const [from, to] = [this.firstKnown(input, known.shapeOf(input)), known.shapeOf(output)];
    if (this.noViews.has(output)) return false;
    if (from === undefined || to === undefined || !keepsOrder(node, from)) return false;
    const of = this.pending.get(input) ?? input;
    if (to[0] === 1) {
      const computed = node.op_type === "Reshape" ? this.vectors.of(node.input[1] ?? "", known) : undefined;
      const target = sampleSizes(to, this.firstKnown(of, known.shapeOf(of)), computed);
      if (target === undefined) return false;
      this.edits.set(index, { kind: "reshape", of, target });
      this.carried.add(output);
    } else this.pending.set(output, of);
    return true;
  }

  private viewOf(node: NodeProto, known: Known): BatchView {
    const { shapeOf, integersOf } = known;
    const at = (index: number): string => node.input[index] ?? "";
    return {
      node,
      opset: this.opset,
      carries: (index) => this.carried.has(at(index)),
      has: (index) => at(index) !== "",
      isGiven: (index) => this.given.has(at(index)),
      shape: (index) => this.firstKnown(at(index), shapeOf(at(index))),
      outputShape: (index) => shapeOf(node.output[index] ?? ""),
      integers: (index) => (at(index) === "" || this.counts(at(index)) ? undefined : integersOf(at(index))),
      sizes: (index) => (this.carries(at(index)) ? undefined : this.vectors.of(at(index), known)),
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

/** Attributes that cannot be read are a reason too. */
function judged<T>(row: () => T): T | string {
  try {
    return row();
  } catch (cause) {
    if (cause instanceof NotRead) return cause.message;
    throw cause;
  }
}
