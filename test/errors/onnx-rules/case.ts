import { create, type MessageInitShape, toBinary } from "@bufbuild/protobuf";
import {
  AttributeProtoSchema,
  AttributeProto_AttributeType as AttributeType,
  FunctionProtoSchema,
  type GraphProto,
  GraphProtoSchema,
  type ModelProto,
  ModelProtoSchema,
  NodeProtoSchema,
  SparseTensorProtoSchema,
  TensorProto_DataLocation,
  TensorProtoSchema,
  ValueInfoProtoSchema,
} from "onnx-buf";
import { type ByteSource, bytesSource } from "../../../src/base/bytes/byte-source.js";
import type { ExternalDataFolder, ExternalDataState } from "../../../src/onnx/check/external-folder.js";
import type { RuleId } from "../../../src/onnx/check/rules.js";
import type { Provider } from "../../../src/onnx/providers/provider.js";

/** A model that breaks exactly one rule. */
export interface RuleCase {
  readonly source: ByteSource;
  readonly folder?: ExternalDataFolder;
  /** Of a file that holds a value instead of a model. */
  readonly kind?: "SequenceProto" | "OptionalProto" | "MapProto";
  /** For rules about targets. */
  readonly target?: Provider;
  /** Notes that are told beside, always. */
  readonly notes?: readonly RuleId[];
  /** Where the finding is, when it is worth a test. */
  readonly place?: string;
  /** What to do, where the finding says more than its rule. */
  readonly hint?: string;
}

export type RuleCases = Partial<Record<RuleId, RuleCase>>;

export const FLOAT = 1;
export const INT64 = 7;
export const STRING = 8;
export const EXTERNAL = TensorProto_DataLocation.EXTERNAL;

/** `y = Relu(x)`, which breaks no rule. */
export function soundModel(): ModelProto {
  return create(ModelProtoSchema, {
    irVersion: 10n,
    opsetImport: [{ domain: "", version: 17n }],
    graph: {
      name: "g",
      node: [node({ opType: "Relu", name: "relu", input: ["x"], output: ["y"] })],
      input: [floatValue("x")],
      output: [floatValue("y")],
    },
  });
}

export function node(init: MessageInitShape<typeof NodeProtoSchema>) {
  return create(NodeProtoSchema, init);
}

export function floatValue(name: string) {
  return create(ValueInfoProtoSchema, {
    name,
    type: {
      value: {
        case: "tensorType",
        value: { elemType: FLOAT, shape: { dim: [{ value: { case: "dimParam", value: "N" } }] } },
      },
    },
  });
}

export function tensor(init: MessageInitShape<typeof TensorProtoSchema> = {}) {
  return create(TensorProtoSchema, { name: "w", dataType: FLOAT, dims: [1n], floatData: [1], ...init });
}

export function sparse(init: MessageInitShape<typeof SparseTensorProtoSchema> = {}) {
  return create(SparseTensorProtoSchema, {
    dims: [4n],
    values: tensor({ dims: [2n], floatData: [1, 2] }),
    indices: create(TensorProtoSchema, { dataType: INT64, dims: [2n], int64Data: [0n, 3n] }),
    ...init,
  });
}

export function attribute(init: MessageInitShape<typeof AttributeProtoSchema>) {
  return create(AttributeProtoSchema, init);
}

export function graphOf(init: MessageInitShape<typeof GraphProtoSchema>) {
  return create(GraphProtoSchema, init);
}

/** A function of the domain `local` that computes `y = Relu(x)`. */
export function localFunction(init: MessageInitShape<typeof FunctionProtoSchema> = {}) {
  return create(FunctionProtoSchema, {
    name: "f",
    domain: "local",
    input: ["x"],
    output: ["y"],
    opsetImport: [{ domain: "", version: 17n }],
    node: [node({ opType: "Relu", input: ["x"], output: ["y"] })],
    ...init,
  });
}

/** Adds functions, and calls the first of them instead of Relu. */
export function withFunctions(model: ModelProto, ...functions: ReturnType<typeof localFunction>[]): void {
  model.functions.push(...functions);
  model.opsetImport.push(...create(ModelProtoSchema, { opsetImport: [{ domain: "local", version: 1n }] }).opsetImport);
  model.graph!.node[0]!.opType = "f";
  model.graph!.node[0]!.domain = "local";
}

/** Adds an initializer and uses it: `y = Add(x, w)`. */
export function withInitializer(model: ModelProto, init: MessageInitShape<typeof TensorProtoSchema> = {}): void {
  const relu = model.graph!.node[0]!;
  relu.opType = "Add";
  relu.input.push("w");
  model.graph!.initializer.push(tensor(init));
}

export function withSparse(model: ModelProto, init: MessageInitShape<typeof SparseTensorProtoSchema> = {}): void {
  const relu = model.graph!.node[0]!;
  relu.opType = "Add";
  relu.input.push("w");
  model.graph!.sparseInitializer.push(sparse(init));
}

/** Replaces Relu by an If whose branches are given. */
export function withBranches(model: ModelProto, branch: (name: string) => GraphProto): void {
  model.graph!.input.push(
    create(ValueInfoProtoSchema, {
      name: "c",
      type: { value: { case: "tensorType", value: { elemType: 9, shape: {} } } },
    }),
  );
  model.graph!.node[0] = node({
    opType: "If",
    input: ["c"],
    output: ["y"],
    attribute: ["then_branch", "else_branch"].map((name) => ({ name, type: AttributeType.GRAPH, g: branch(name) })),
  });
}

export function broken(change: (model: ModelProto) => void, more: Omit<RuleCase, "source"> = {}): RuleCase {
  const model = soundModel();
  change(model);
  return { source: bytesSource("model.onnx", toBinary(ModelProtoSchema, model) as Uint8Array<ArrayBuffer>), ...more };
}

/** The sound model, followed by fields that onnx-buf cannot write; protobuf merges them in. */
export function appended(...parts: readonly (readonly number[])[]): RuleCase {
  const model = toBinary(ModelProtoSchema, soundModel());
  return { source: bytesSource("model.onnx", Uint8Array.from([...model, ...parts.flat()])) };
}

/** A folder in which every location is in the same state, of `bytes` when it is regular. */
export function folderOf(state: ExternalDataState, bytes = new Uint8Array(8)): ExternalDataFolder {
  return {
    state: async () => state,
    open: async () => ({
      size: bytes.length,
      read: async (offset, length) => bytes.subarray(offset, offset + length),
      close: async () => {},
    }),
  };
}

export { AttributeType };
