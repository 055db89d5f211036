/** What the inference of one node sees and sets; the counterpart of ONNX's `InferenceContext`. */
import type { AttributeProto, GraphProto, NodeProto } from "../graph/records.js";
import type { Constant } from "./constant.js";
import { fault, refuse, Undecided } from "./fault.js";
import {
  type Dim,
  hasShape,
  isTensor,
  MOST_DIMENSIONS,
  type Shape,
  type TensorInfo,
  type TypeInfo,
  UNSET,
} from "./type-info.js";

/** The node's surroundings, as its graph knows them. */
export interface NodeScope {
  readonly node: NodeProto;
  readonly sinceVersion: number;
  /** By input; null where nothing is known, also for an input left out. */
  readonly inputTypes: readonly (TypeInfo | null)[];
  readonly constants: readonly (Constant | null)[];
  /** Whether an input is there, in the node and, inside a function, in its call. */
  isGiven(name: string): boolean;
  /** Sizes held by an integer input, where they follow from other shapes. */
  readonly sizes: readonly (Shape | null)[];
  /** Types of a sub-graph's outputs, for inputs of those types (null: not known). */
  inferGraph(graph: GraphProto, inputs: readonly (TypeInfo | null)[]): readonly TypeInfo[];
}

export class NodeInference {
  readonly outputs: TypeInfo[];
  private readonly attributes: ReadonlyMap<string, AttributeProto>;

  constructor(private readonly scope: NodeScope) {
    this.outputs = scope.node.output.map(() => UNSET);
    this.attributes = new Map(scope.node.attribute.map((attribute) => [attribute.name ?? "", attribute]));
  }

  /** Opset version that the operator's signature is from. */
  get version(): number {
    return this.scope.sinceVersion;
  }

  /** Name of the operator. */
  get operator(): string {
    return this.scope.node.op_type ?? "";
  }

  get inputCount(): number {
    return this.scope.inputTypes.length;
  }

  get outputCount(): number {
    return this.outputs.length;
  }

  hasInput(i: number): boolean {
    const name = this.scope.node.input[i];
    return name !== undefined && name !== "" && this.scope.isGiven(name);
  }

  hasOutput(o: number): boolean {
    return Boolean(this.scope.node.output[o]);
  }

  /** The input's type, null when it is not known. */
  type(i: number): TypeInfo | null {
    const type = this.scope.inputTypes[i];
    if (type === undefined) refuse(`there is no input ${i}`);
    return type;
  }

  constant(i: number): Constant | null {
    const constant = this.scope.constants[i];
    if (constant === undefined) refuse(`there is no input ${i}`);
    return constant;
  }

  /** Whether the shapes of the first `count` inputs are known. */
  knowsShapes(count: number): boolean {
    for (let i = 0; i < count; i++) if (!this.knowsShape(i)) return false;
    return true;
  }

  knowsShape(i: number): boolean {
    const type = this.scope.inputTypes[i] ?? null;
    return type !== null && hasShape(type);
  }

  /** The shape of a dense input; empty for anything else, as an absent protobuf message is. */
  denseShape(i: number): Shape {
    const type = this.type(i);
    return (type?.kind === "tensor" ? type.shape : null) ?? [];
  }

  /** The shape of an input that must be a tensor of known shape. */
  shape(i: number): Shape {
    const type = this.type(i);
    if (!isTensor(type)) throw fault("operator", `input ${i} is not a tensor`);
    if (type.shape === null) refuse(`the shape of input ${i} is not known`);
    return type.shape;
  }

  elem(i: number): number {
    const type = this.type(i);
    return isTensor(type) ? type.elem : 0;
  }

  attribute(name: string): AttributeProto | undefined {
    return this.attributes.get(name);
  }

  /** The attribute's integer, 0 when it is there without one, `otherwise` when it is not there. */
  int(name: string, otherwise: number): number {
    const attribute = this.attributes.get(name);
    return attribute === undefined ? otherwise : Number(attribute.i ?? 0);
  }

  ints(name: string): number[] | null {
    return this.attributes.get(name)?.ints.map(Number) ?? null;
  }

  /** The attribute's text, empty when it is there without one, `otherwise` when it is not there. */
  text(name: string, otherwise: string): string {
    const attribute = this.attributes.get(name);
    if (attribute === undefined) return otherwise;
    const bytes = attribute.s?.bytes;
    return bytes == null ? "" : new TextDecoder().decode(bytes);
  }

  /** Sets the output's element type and keeps what else is known of it. */
  setElem(o: number, elem: number, kind: TensorInfo["kind"] = "tensor"): void {
    const output = this.output(o);
    if (output.kind !== kind && output.kind !== "unset") throw fault("operator", `output ${o} is no ${kind}`);
    this.outputs[o] = { kind, elem, shape: isTensor(output) ? output.shape : null };
  }

  /** Sets the output's shape and keeps its element type. */
  setShape(o: number, shape: Shape): void {
    const output = this.output(o);
    if (!isTensor(output) && output.kind !== "unset") throw fault("operator", `output ${o} is no tensor`);
    if (shape.length > MOST_DIMENSIONS) throw new Undecided("more dimensions than tensors have");
    this.outputs[o] = { kind: "tensor", elem: isTensor(output) ? output.elem : 0, shape };
  }

  setType(o: number, type: TypeInfo): void {
    this.output(o);
    this.outputs[o] = type;
  }

  output(o: number): TypeInfo {
    const output = this.outputs[o];
    if (output === undefined) refuse(`there is no output ${o}`);
    return output;
  }

  /** Gives the output the input's type without shape; of sequences and the like all of it. */
  copyElem(i: number, o: number): void {
    const type = this.type(i);
    if (type === null) throw fault("operator", `the type of input ${i} is not known`);
    if (isTensor(type)) this.copyTensorElem(type, i, o);
    else if (type.kind === "map" && (type.key === 0 || type.value.kind === "unset")) throw incomplete(i);
    else if ((type.kind === "sequence" || type.kind === "optional") && type.elem.kind === "unset") throw incomplete(i);
    else if (type.kind !== "opaque" && type.kind !== "unset") this.setType(o, type);
  }

  private copyTensorElem(type: TensorInfo, i: number, o: number): void {
    if (type.elem === 0) throw incomplete(i);
    const output = this.output(o);
    if (isTensor(output)) this.outputs[o] = { ...output, elem: type.elem };
    else this.setElem(o, type.elem, type.kind);
  }

  /** Gives the output the input's shape. */
  copyShape(i: number, o: number): void {
    const from = this.type(i);
    const to = this.output(o);
    if (from === null || from.kind !== to.kind) refuse(`input ${i} and output ${o} are of different kinds`);
    if (isTensor(from) && isTensor(to)) this.outputs[o] = { ...to, shape: from.shape ?? to.shape };
    else if (from.kind === "opaque" || from.kind === "unset") refuse(`input ${i} has no shape`);
    else this.outputs[o] = from;
  }

  /** Gives output 0 the type and shape of input 0. */
  copyFirst(): void {
    this.copyElem(0, 0);
    if (this.knowsShape(0)) this.copyShape(0, 0);
  }

  /**
   * The sizes that an INT64 vector input holds: from a constant, from other shapes, or, where only the number of sizes
   * is known, as many unknown ones. Null when even that is not known.
   */
  sizesOf(i: number): Shape | null {
    const constant = this.constant(i);
    if (constant !== null) return constant.values("INT64");
    const derived = this.scope.sizes[i] ?? null;
    if (derived !== null) return derived;
    if (!this.knowsShape(i)) return null;
    const [count, ...more] = this.shape(i);
    if (count === undefined || more.length > 0) refuse(`input ${i} must be a vector`);
    // A vector that claims more sizes is not believed (onnx#8321).
    const isUsable = typeof count === "number" && count >= 0 && count <= MOST_DIMENSIONS;
    return isUsable ? new Array<Dim>(count).fill(null) : null;
  }

  inferGraph(attributeName: string, inputs: readonly (TypeInfo | null)[]): readonly TypeInfo[] {
    const graph = this.attributes.get(attributeName)?.g;
    if (graph === undefined) throw fault("operator", `the attribute ${attributeName} holds no graph`);
    return this.scope.inferGraph(graph, inputs);
  }
}

function incomplete(i: number) {
  return fault("operator", `the element type of input ${i} is not known`);
}
