/** The constants of a graph: what no caller can change. */

import { isOnnxDomain } from "../../onnx/domains.js";
import { elementCode } from "../../onnx/graph/element-types.js";
import type { GraphProto, ModelProto, NodeProto, TensorProto } from "../../onnx/graph/records.js";
import { callId } from "../../onnx/infer/setting.js";
import { floatsOf } from "../../onnx/read/floats-of.js";
import type { LazyTensor } from "../../tensors/tensor.js";

/** Computes values that depend on constants alone: ONNX Runtime, on the nodes that lead to the value. */
export type ComputeConstant = (name: string) => Promise<Float32Array>;

const FLOAT = elementCode("FLOAT");
/** IR version since which an initializer that is an input too is only its default. */
const DEFAULTS_SINCE = 4;
/** Operators whose result differs from run to run, or may. */
const RANDOM: ReadonlySet<string> = new Set([
  "Dropout",
  "RandomNormal",
  "RandomNormalLike",
  "RandomUniform",
  "RandomUniformLike",
  "Bernoulli",
  "Multinomial",
]);

export class SourceConstants {
  private readonly stored: ReadonlyMap<string, TensorProto>;
  /** Values that follow from constants alone. */
  private readonly computed: Set<string>;
  private readonly made = new Map<string, LazyTensor>();
  private readonly names = new Map<LazyTensor, string>();

  constructor(
    model: ModelProto,
    graph: GraphProto,
    /** Absent: what would have to be computed is no constant that can be read. */
    private readonly compute?: ComputeConstant,
  ) {
    this.stored = storedTensors(model, graph);
    this.computed = new Set();
    const isConstant = (name: string): boolean => name === "" || this.has(name);
    const isCall = callsOf(model);
    for (const node of graph.node) {
      if (node.input.length > 0 && node.input.every(isConstant) && isPure(node) && !isCall(node))
        for (const output of node.output) if (output !== "") this.computed.add(output);
    }
  }

  has(name: string): boolean {
    return this.stored.has(name) || this.computed.has(name);
  }

  /** Whether the file holds it as it is. */
  isStored(name: string): boolean {
    return this.stored.has(name);
  }

  /** A float32 constant, always the same one for a name. @param shape of a value that has to be computed */
  tensor(name: string, shape: readonly number[] | undefined): LazyTensor | undefined {
    const tensor = this.made.get(name) ?? this.make(name, shape);
    if (tensor !== undefined) {
      this.made.set(name, tensor);
      this.names.set(tensor, name);
    }
    return tensor;
  }

  /** The name of a constant as it is in the source. */
  nameOf(tensor: LazyTensor): string | undefined {
    return this.names.get(tensor);
  }

  private make(name: string, shape: readonly number[] | undefined): LazyTensor | undefined {
    const stored = this.stored.get(name);
    if (stored !== undefined) return (stored.data_type === FLOAT && floatsOf(stored)) || undefined;
    const { compute } = this;
    if (!this.computed.has(name) || shape === undefined || compute === undefined) return undefined;
    return { shape, read: () => compute(name) };
  }
}

/** Initializers that callers cannot override, and the values of Constant nodes. */
function storedTensors(model: ModelProto, graph: GraphProto): ReadonlyMap<string, TensorProto> {
  const isDefault = Number(model.ir_version ?? 0) >= DEFAULTS_SINCE;
  const inputs = new Set(isDefault ? graph.input.map(({ name = "" }) => name) : []);
  const stored = new Map<string, TensorProto>();
  for (const tensor of graph.initializer) {
    const { name = "" } = tensor;
    if (!inputs.has(name)) stored.set(name, tensor);
  }
  for (const { op_type, domain, output, attribute } of graph.node) {
    if (op_type !== "Constant" || !isOnnxDomain(domain)) continue;
    const value = attribute.find(({ name, t }) => name === "value" && t !== undefined)?.t;
    if (value !== undefined && output.length === 1) stored.set(output[0]!, value);
  }
  return stored;
}

/** Nodes of ONNX's own operators, without sub-graphs, whose results are the same in every run. */
function isPure({ op_type = "", domain, attribute }: NodeProto): boolean {
  return (
    isOnnxDomain(domain) &&
    !RANDOM.has(op_type) &&
    attribute.every(({ g, graphs }) => g === undefined && graphs.length === 0)
  );
}

/** Whether a node calls a function of the model, which may have the name of one of ONNX's operators. */
export function callsOf({ functions }: ModelProto): (node: NodeProto) => boolean {
  const called = new Set(functions.map(({ domain, name, overload }) => callId(domain, name, overload)));
  return ({ domain, op_type, overload }) => called.has(callId(domain, op_type, overload));
}
