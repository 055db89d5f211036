/**
 * Builds one ONNX graph. Lowerings call it with the shape of every value that they make, so that each value has a
 * value_info and a name that leads back to the document's layer: `<layer>` for the layer's result, `<layer>/<step>` for
 * what leads to it.
 */
import { freshName } from "../base/fresh-name.js";
import { type Dim, dimText, type Shape, sameDim } from "../ir/dim.js";
import * as build from "../onnx/graph/build.js";
import type { ElementTypeName } from "../onnx/graph/element-types.js";
import type { EmittedNode, Provenance } from "../onnx/graph/provenance.js";
import type { AttributeProto, GraphProto, TensorProto, ValueInfoProto } from "../onnx/graph/records.js";
import type { LazyTensor } from "../tensors/tensor.js";
import type { Target } from "./targets.js";

/** What holds for the whole compile. */
export interface EmitOptions {
  readonly target: Target;
  readonly opset: number;
  /** `auto`, or the name of a lowering. */
  readonly lowering: string;
  /** Whether Winograd convolutions may be used; they may when absent. */
  readonly winograd?: boolean;
  /** Whether the graph is to hold no control flow (Scan, Loop, If); it may when absent. */
  readonly portable?: boolean;
  /** Threads inside one operator that the choice is for; 1 when absent. */
  readonly threads?: number;
  /** Nanoseconds measured on the machine at hand, under the keys of the cost model. */
  readonly measured?: ReadonlyMap<string, number>;
}

/** How a feature map [N,C,H,W] lies in memory; other values have the one layout `nchw`. */
export type Layout = "nchw" | "nhwc";

export type AttributeValue = number | string | readonly number[] | build.AttributeValue;

export class GraphEmitter {
  readonly options: EmitOptions;
  private provenance: Provenance = {};
  private readonly nodes: EmittedNode[] = [];
  private readonly initializers: TensorProto[] = [];
  /** Initializers by content, so that equal constants are stored once. */
  private readonly stored = new Map<LazyTensor | string, string>();
  private readonly infos = new Map<string, ValueInfoProto>();
  /** Names in use in this graph and all around it: ONNX forbids shadowing. */
  private readonly taken: Set<string>;

  /** The emitter whose graph holds the constants: this one, or an enclosing one. */
  private readonly constants: GraphEmitter;
  private readonly outermost: GraphEmitter;
  /** Values that are made once, by what they are. */
  private readonly made = new Map<string, string>();

  /**
   * @param enclosing the emitter of the graph around this one, for the body of a Scan
   * @param constants `own`: initializers live in this graph, where ONNX Runtime finds the constant kernels of fast
   *   convolutions; `enclosing`: in the graph around it, shared by all bodies
   */
  constructor(options: EmitOptions, enclosing?: GraphEmitter, constants: "own" | "enclosing" = "own") {
    this.options = options;
    this.taken = enclosing ? enclosing.taken : new Set();
    this.constants = enclosing && constants === "enclosing" ? enclosing.constants : this;
    this.outermost = enclosing?.outermost ?? this;
  }

  /** Emits nodes of a layer, in a precision; those inside `work` that say nothing of their own are of it. */
  within<T>(provenance: Provenance, work: () => T): T {
    const outer = this.provenance;
    this.provenance = provenance;
    try {
      return work();
    } finally {
      this.provenance = outer;
    }
  }

  /** Emits nodes that are computed in float32 in any case. */
  exactly<T>(work: () => T): T {
    return this.within({ ...this.provenance, precision: "float32" }, work);
  }

  /** Keeps names that are spoken for, such as the graph's inputs and its layers' results. */
  reserve(names: Iterable<string>): void {
    for (const name of names) this.taken.add(name);
  }

  /** A name that nothing else has. */
  fresh(wanted: string): string {
    return freshName(wanted, this.taken);
  }

  /** Adds a node with one output of the given shape; returns the output's name, which is also the node's. */
  op(
    op: string,
    name: string,
    inputs: readonly string[],
    shape: Shape,
    attributes: Readonly<Record<string, AttributeValue>> = {},
    elementType: ElementTypeName = "FLOAT",
  ): string {
    const output = this.fresh(name);
    return this.named(op, output, inputs, shape, attributes, elementType);
  }

  /** Like `op`, under exactly this name, which was reserved before. */
  named(
    op: string,
    output: string,
    inputs: readonly string[],
    shape: Shape,
    attributes: Readonly<Record<string, AttributeValue>> = {},
    elementType: ElementTypeName = "FLOAT",
  ): string {
    this.push(op, output, inputs, [output], attributes);
    this.infos.set(output, valueInfo(output, shape, elementType));
    return output;
  }

  /** Adds a node with several outputs, whose names were reserved before. */
  multi(
    op: string,
    name: string,
    inputs: readonly string[],
    outputs: readonly { readonly name: string; readonly shape: Shape }[],
    attributes: Readonly<Record<string, AttributeValue>> = {},
  ): void {
    const names = outputs.map((output) => output.name);
    this.push(op, this.fresh(name), inputs, names, attributes);
    for (const output of outputs) this.infos.set(output.name, valueInfo(output.name, output.shape));
  }

  private push(
    op: string,
    name: string,
    inputs: readonly string[],
    outputs: readonly string[],
    attributes: Readonly<Record<string, AttributeValue>>,
  ): void {
    const attribute = attributesOf(attributes);
    this.nodes.push({ ...build.node(op, inputs, outputs, { name, attribute }), ...this.provenance });
  }

  /** A float initializer whose values come when the file is written. The same tensor is stored once. */
  weight(name: string, data: LazyTensor): string {
    return this.store(data, name, (unique) => build.floatTensor(unique, "FLOAT", data));
  }

  /** A small float constant. */
  floats(values: readonly number[], dims: readonly number[] = [values.length]): string {
    const content = `floats.${dims.join("x")}:${values.join(",")}`;
    const name = values.length <= 4 ? `const.${values.join(",")}` : `const.${dims.join("x")}`;
    const data = constantTensor(values, dims);
    return this.store(content, name, (unique) => build.floatTensor(unique, "FLOAT", data));
  }

  /** Int64 values such as a shape or axes; a vector unless other dimensions are given. */
  ints(values: readonly number[], dims: readonly number[] = [values.length]): string {
    const name = `ints.${values.slice(0, 8).join(",")}`;
    const content = `ints.${dims.join("x")}:${values.join(",")}`;
    return this.store(content, name, (unique) => build.intTensor(unique, dims, values));
  }

  /** A zero-dimensional int64. */
  int(value: number): string {
    return this.store(`int:${value}`, `int.${value}`, (unique) => build.intTensor(unique, [], [value]));
  }

  /**
   * What is made of constants alone, in the outermost graph: ONNX Runtime computes it when a session opens, and all bodies see
   * it. The same content is made once.
   */
  ofConstants(content: string, make: (top: GraphEmitter) => string): string {
    const top = this.outermost;
    const known = top.made.get(content);
    if (known !== undefined) return known;
    const value = top.within(this.provenance, () => make(top));
    top.made.set(content, value);
    return value;
  }

  /** What several layers of this graph read: made for the first of them. */
  once(content: string, make: () => string): string {
    const known = this.made.get(content);
    if (known !== undefined) return known;
    const value = make();
    this.made.set(content, value);
    return value;
  }

  private store(content: LazyTensor | string, name: string, make: (name: string) => TensorProto): string {
    if (this.constants !== this) return this.constants.store(content, name, make);
    const known = this.stored.get(content);
    if (known !== undefined) return known;
    const unique = this.fresh(name);
    this.stored.set(content, unique);
    this.initializers.push(make(unique));
    return unique;
  }

  /** A reduction over axes, which moved from an attribute to an input at opset 13 (ReduceSum) and 18 (the others). */
  reduce(
    op: "ReduceMean" | "ReduceSum" | "ReduceMax",
    name: string,
    input: string,
    axes: readonly number[],
    keep: boolean,
    shape: Shape,
  ): string {
    const { inputs, attributes } = this.reduction(op, input, axes, keep);
    return this.op(op, name, inputs, shape, attributes);
  }

  /** Operands and attributes of a reduction. */
  reduction(
    op: "ReduceMean" | "ReduceSum" | "ReduceMax",
    input: string,
    axes: readonly number[],
    keep: boolean,
  ): { readonly inputs: readonly string[]; readonly attributes: Readonly<Record<string, AttributeValue>> } {
    const keepdims = keep ? 1 : 0;
    return op === "ReduceSum" || this.options.opset >= 18
      ? { inputs: [input, this.ints(axes)], attributes: { keepdims } }
      : { inputs: [input], attributes: { keepdims, axes } };
  }

  /**
   * Reshape between shapes that may hold symbols. Sizes that stay in place are copied (0), one other may be left to ONNX
   * Runtime (-1); only what remains is read from the input's shape at run time.
   */
  reshape(name: string, input: string, from: Shape, to: Shape): string {
    return this.op("Reshape", name, [input, this.reshapeTarget(name, input, from, to)], to);
  }

  /**
   * The second operand of a Reshape to a shape that may hold symbols. `data` is the shape of what is reshaped; sizes
   * that only run time knows are read from `source`, a value of shape `from`.
   */
  reshapeTarget(name: string, source: string, from: Shape, to: Shape, data: Shape = from): string {
    const target = to.map((dim, axis) => {
      if (typeof dim === "number") return dim;
      return axis < data.length && sameDim(dim, data[axis]!) ? 0 : undefined;
    });
    const open = target.flatMap((size, axis) => (size === undefined ? [axis] : []));
    if (open.length <= 1) return this.ints(target.map((size) => size ?? -1));
    const pieces = target.map((size, axis) => {
      if (size !== undefined) return this.ints([size]);
      const start = from.findIndex((dim) => sameDim(dim, to[axis]!));
      if (start < 0) throw new RangeError(`${name}: no axis of the source has the size ${dimText(to[axis]!)}`);
      return this.op("Shape", `${name}/size${axis}`, [source], [1], { start, end: start + 1 }, "INT64");
    });
    return this.op("Concat", `${name}/shape`, pieces, [to.length], { axis: 0 }, "INT64");
  }

  transpose(name: string, input: string, shape: Shape, perm: readonly number[]): string {
    return this.op("Transpose", name, [input], shape, { perm });
  }

  /** The finished graph. */
  finish(name: string, inputs: readonly ValueInfoProto[], outputs: readonly ValueInfoProto[]): GraphProto {
    const declared = new Set([...inputs, ...outputs].map((value) => value.name));
    return build.graph({
      name,
      node: this.nodes,
      initializer: this.initializers,
      input: inputs,
      output: outputs,
      value_info: [...this.infos.values()].filter((info) => !declared.has(info.name)),
    });
  }
}

export function valueInfo(name: string, shape: Shape, elementType: ElementTypeName = "FLOAT"): ValueInfoProto {
  return build.valueInfo(name, elementType, shape.map(dimension));
}

function dimension(dim: Dim): number | string {
  return typeof dim === "number" ? dim : dimText(dim);
}

export function constantTensor(values: readonly number[], dims: readonly number[]): LazyTensor {
  return { shape: dims, read: async () => Float64Array.from(values) };
}

function attributesOf(attributes: Readonly<Record<string, AttributeValue>>): readonly AttributeProto[] {
  return Object.entries(attributes).map(([name, value]) => build.attribute(name, contentOf(name, value)));
}

/** Attributes that ONNX declares as FLOAT even when the value is a whole number. */
const FLOAT_ATTRIBUTES: ReadonlySet<string> = new Set(["alpha", "beta", "epsilon", "momentum", "cubic_coeff_a"]);

function contentOf(name: string, value: AttributeValue): build.AttributeValue {
  if (typeof value === "number") return FLOAT_ATTRIBUTES.has(name) ? { f: value } : { i: value };
  if (typeof value === "string") return { s: value };
  return isNumbers(value) ? { ints: value } : value;
}

function isNumbers(value: readonly number[] | build.AttributeValue): value is readonly number[] {
  return Array.isArray(value);
}
