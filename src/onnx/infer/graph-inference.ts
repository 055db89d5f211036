/**
 * Types and shapes of all values of a graph, as ONNX infers them for full_check (onnx/shape_inference/
 * implementation.cc): strict, with type checks. `sizes` adds what ONNX's data propagation does and more: sizes that
 * follow from other shapes.
 */

import type { FunctionProto, GraphProto, NodeProto, TensorProto } from "../graph/records.js";
import type { Place } from "../place.js";
import type { Schema } from "../schemas/registry.js";
import { attributeBinder } from "./bind-attributes.js";
import { refuseDepth } from "./call-budget.js";
import { checkSignatureTypes } from "./check-signature-types.js";
import { constantOf } from "./constant.js";
import { fault, InferenceFault, Undecided } from "./fault.js";
import { scannedInFirstTurn, typesEnteringLoop, typesLeavingLoop } from "./first-turn.js";
import { KnownValues } from "./known-values.js";
import { checkCompatible, mergeTypes } from "./merge.js";
import { NodeInference } from "./node-inference.js";
import { inferenceOf } from "./ops/index.js";
import { callId, type InferenceSetting, type Surroundings } from "./setting.js";
import { MOST_DIMENSIONS, type TypeInfo, typeInfo, UNSET } from "./type-info.js";
import { TypeScope } from "./type-scope.js";

export type { InferenceListener } from "./setting.js";

export class GraphInference {
  readonly types: TypeScope;
  private readonly values: KnownValues;
  /** Values of which nothing can be said, because what makes them is not inferred. */
  private readonly unknown = new Set<string>();
  /** Formal parameters that the caller of a function leaves out. */
  private readonly omitted = new Set<string>();
  /** Whether contradictions may come from an operator that nobody knows. */
  private isDoubtful: boolean;
  /** How many nodes have inputs or attributes that their operators do not take. */
  private misfits = 0;
  private readonly calls: readonly FunctionProto[];
  private readonly depth: number;

  /** @param outer of the graph around a sub-graph */
  constructor(
    private readonly setting: InferenceSetting,
    private readonly opsets: ReadonlyMap<string, number>,
    private readonly outer: GraphInference | null,
    { calls, depth, isDoubtful }: Surroundings,
  ) {
    this.types = new TypeScope(outer?.types ?? null);
    this.calls = calls;
    this.depth = depth;
    this.values = new KnownValues(this.types, outer?.values ?? null, setting);
    this.isDoubtful = isDoubtful;
  }

  /** Infers a graph whose inputs have the given types where they are known. Returns the types of its outputs. */
  inferGraph(graph: GraphProto, place: Place, inputs: readonly (TypeInfo | null)[]): readonly TypeInfo[] {
    const undeclared = new Map<string, TypeInfo>();
    this.declare(graph, inputs, undeclared);
    this.addInitializers(graph, place);
    for (const [n, node] of graph.node.entries()) this.inferNode(node, place.item("node", n, node.name), undeclared);
    return graph.output.map(({ name = "", type }) => {
      return type === undefined ? (undeclared.get(name) ?? UNSET) : (this.types.get(name) ?? UNSET);
    });
  }

  private declare(graph: GraphProto, inputs: readonly (TypeInfo | null)[], undeclared: Map<string, TypeInfo>): void {
    for (const { name = "", type } of graph.value_info) if (type !== undefined) this.types.set(name, typeInfo(type));
    for (const [i, { name = "", type }] of graph.input.entries()) {
      const given = inputs[i] ?? null;
      if (given !== null) this.types.set(name, mergeTypes(given, typeInfo(type)));
      else if (type !== undefined) this.types.set(name, typeInfo(type));
    }
    for (const { name = "", type } of graph.output) {
      if (type !== undefined) this.types.set(name, typeInfo(type));
      else undeclared.set(name, UNSET);
    }
  }

  private addInitializers(graph: GraphProto, place: Place): void {
    for (const [i, tensor] of graph.initializer.entries()) {
      this.values.setConstant(tensor.name ?? "", constantOf(tensor));
      this.addInitializer(tensor, tensor.dims.map(Number), "tensor", place.item("initializer", i, tensor.name));
    }
    for (const [i, { values, dims }] of graph.sparse_initializer.entries()) {
      if (values === undefined) continue;
      this.addInitializer(values, dims.map(Number), "sparse_tensor", place.item("sparse_initializer", i, values.name));
    }
  }

  private addInitializer(
    tensor: TensorProto,
    shape: readonly number[],
    kind: "tensor" | "sparse_tensor",
    place: Place,
  ): void {
    const name = tensor.name ?? "";
    const isKnown = shape.length <= MOST_DIMENSIONS;
    const type: TypeInfo = { kind, elem: tensor.data_type ?? 0, shape: isKnown ? shape : null };
    const declared = this.types.get(name);
    if (declared !== undefined) this.guard(place, () => checkCompatible(type, declared));
    else if (this.setting.irVersion >= 4) this.types.set(name, type);
  }

  /** Reports what the step throws. Returns whether it went through. */
  private guard(place: Place, step: () => void): boolean {
    try {
      step();
      return true;
    } catch (e) {
      if (e instanceof Undecided) return false;
      if (!(e instanceof InferenceFault)) throw e;
      const isCertain = e.kind === "signature" || !this.isDoubtful;
      if (e.kind === "signature" || e.kind === "operator") this.misfits++;
      this.setting.listener.contradiction?.(e.kind, place, e.message, isCertain);
      return false;
    }
  }

  private inferNode(node: NodeProto, place: Place, undeclared: Map<string, TypeInfo>): void {
    const domain = node.domain ?? "";
    const version = this.opsets.get(domain) ?? (domain === "" ? this.opsets.get("ai.onnx") : undefined);
    const schema = version === undefined ? null : this.setting.schemas.find(domain, node.op_type ?? "", version);
    const misfitsBefore = this.misfits;
    const done = this.guard(place, () => {
      const outputs = this.outputTypes(node, schema, place);
      for (const [o, name] of node.output.entries()) this.update(name, outputs[o] ?? UNSET, undeclared);
    });
    if (done) this.values.follow(node);
    this.forgetUnknown(node);
    const typeOf = (name: string): TypeInfo | null => this.types.get(name) ?? null;
    this.setting.listener.visited?.(node, place, schema, typeOf, this.values, this.misfits === misfitsBefore);
  }

  /** Types of the outputs, as far as they can be inferred. */
  private outputTypes(node: NodeProto, schema: Schema | null, place: Place): readonly TypeInfo[] {
    const inputs = node.input.map((name) => this.types.get(name) ?? null);
    if (schema === null) return this.calledTypes(node, inputs, place);
    const isInferred = schema.hasInference || schema.hasPlainFunctionBody;
    const infer = isInferred ? inferenceOf(schema.domain, schema.name, schema.sinceVersion) : null;
    if (isInferred && infer === null) this.setting.listener.notInferred?.(schema, place);
    const isReady = !node.input.some((name) => this.isUnknown(name));
    const outputs = infer !== null && isReady ? this.run(node, schema, infer, inputs, place) : null;
    return checkSignatureTypes(schema, inputs, outputs ?? node.output.map(() => UNSET));
  }

  /** Null when the operator would need what is not known, such as a constant left in the file. */
  private run(
    node: NodeProto,
    schema: Schema,
    infer: (node: NodeInference) => void,
    inputs: readonly (TypeInfo | null)[],
    place: Place,
  ): readonly TypeInfo[] | null {
    const inference = new NodeInference({
      node,
      sinceVersion: schema.sinceVersion,
      inputTypes: inputs,
      constants: node.input.map((name) => this.values.constant(name)),
      sizes: node.input.map((name) => this.values.sizes(name)),
      isGiven: (name) => !this.omitted.has(name),
      inferGraph: (graph, types) => this.inferInner(node, graph, place, types),
    });
    try {
      infer(inference);
    } catch (e) {
      if (e instanceof Undecided) return null;
      throw e;
    }
    return this.setting.estimates && node.op_type === "Loop"
      ? typesLeavingLoop(inference.outputs, inputs)
      : inference.outputs;
  }

  private inferInner(
    node: NodeProto,
    graph: GraphProto,
    place: Place,
    types: readonly (TypeInfo | null)[],
  ): readonly TypeInfo[] {
    if (this.setting.irVersion >= 4 && graph.input.length !== types.length) {
      throw fault("operator", `a sub-graph has ${graph.input.length} inputs, but ${types.length} are passed`);
    }
    const initializers = new Set(graph.initializer.map((tensor) => tensor.name));
    const both = graph.input.find(({ name }) => initializers.has(name));
    if (both !== undefined) throw fault("operator", `${both.name} is input and initializer of a sub-graph`);
    const tooDeep = refuseDepth(this.depth);
    if (tooDeep !== null) {
      this.setting.listener.notFollowed?.(place, tooDeep);
      throw new Undecided(tooDeep);
    }
    const inner = new GraphInference(this.setting, this.opsets, this, this.surroundings(this.calls));
    if (this.setting.estimates && node.op_type === "Scan") {
      const first = scannedInFirstTurn(node, (name) => this.values.constant(name));
      for (const [i, value] of first) inner.values.setConstant(graph.input[i]?.name ?? "", value);
    }
    const isLoop = this.setting.estimates && node.op_type === "Loop";
    const known = isLoop
      ? typesEnteringLoop(
          types,
          node.input.map((name) => this.types.get(name) ?? null),
        )
      : types;
    return inner.inferGraph(graph, place, known);
  }

  private calledTypes(node: NodeProto, inputs: readonly (TypeInfo | null)[], place: Place): readonly TypeInfo[] {
    const fn = this.setting.functions.get(callId(node.domain, node.op_type, node.overload));
    if (fn === undefined) return this.doubt(node);
    const infer = () => this.followCall(fn, node, inputs, place);
    const { memory } = this.setting;
    if (memory === null) return infer() ?? this.doubt(node);
    const hasConstants = node.input.some((name) => this.values.ownConstant(name) !== undefined);
    return memory.recall(fn, node, { inputs, isDoubtful: this.isDoubtful, hasConstants }, infer) ?? this.doubt(node);
  }

  /** Nothing is known of what the node gives. */
  private doubt(node: NodeProto): readonly TypeInfo[] {
    this.isDoubtful = true;
    return node.output.map(() => UNSET);
  }

  /** Null when the call is not followed. */
  private followCall(
    fn: FunctionProto,
    node: NodeProto,
    inputs: readonly (TypeInfo | null)[],
    place: Place,
  ): readonly TypeInfo[] | null {
    const reason = this.setting.budget.refuse(fn, this.calls, this.depth);
    if (reason !== null) {
      this.setting.listener.notFollowed?.(place, reason);
      return null;
    }
    const opsets = new Map(fn.opset_import.map(({ domain = "", version = 0 }) => [domain, Number(version)]));
    const inner = new GraphInference(this.setting, opsets, null, this.surroundings([...this.calls, fn]));
    return inner.inferFunction(fn, node, inputs, this.values, place);
  }

  private surroundings(calls: readonly FunctionProto[]): Surroundings {
    return { calls, depth: this.depth + 1, isDoubtful: this.isDoubtful };
  }

  /** Infers a call of a function: its parameters have the types, and the constants, of the call. */
  private inferFunction(
    fn: FunctionProto,
    call: NodeProto,
    inputs: readonly (TypeInfo | null)[],
    caller: KnownValues,
    place: Place,
  ): readonly TypeInfo[] {
    for (const [i, name] of fn.input.entries()) {
      const given = call.input[i] ?? "";
      const type = inputs[i] ?? null;
      const constant = caller.ownConstant(given);
      if (given === "") this.omitted.add(name);
      else if (type !== null) this.types.set(name, type);
      else this.unknown.add(name);
      if (constant !== undefined) this.values.setConstant(name, constant);
    }
    const bind = attributeBinder(fn, call);
    for (const [n, node] of fn.node.entries()) {
      this.inferNode(bind(node), place.named("function", fn.name ?? "").item("node", n, node.name), new Map());
    }
    return fn.output.map((name) => this.types.get(name) ?? UNSET);
  }

  private isUnknown(name: string): boolean {
    return name !== "" && this.types.get(name) === undefined && this.isMarkedUnknown(name);
  }

  private isMarkedUnknown(name: string): boolean {
    return this.unknown.has(name) || (this.outer?.isMarkedUnknown(name) ?? false);
  }

  /** Outputs without a type are not judged further: either nothing is known, or the contradiction has been reported. */
  private forgetUnknown(node: NodeProto): void {
    for (const name of node.output) if (name !== "" && this.types.get(name) === undefined) this.unknown.add(name);
  }

  private update(name: string, type: TypeInfo, undeclared: Map<string, TypeInfo>): void {
    if (name === "" || type.kind === "unset") return;
    const declared = this.types.get(name);
    if (declared === undefined) {
      this.types.set(name, type);
      if (undeclared.has(name)) undeclared.set(name, type);
    } else {
      this.types.set(name, mergeTypes(type, declared));
    }
  }
}
