import { create, type MessageInitShape, toBinary } from "@bufbuild/protobuf";
import {
  type AttributeProtoSchema,
  AttributeProto_AttributeType as AttributeType,
  ModelProtoSchema,
  type TensorProtoSchema,
  type ValueInfoProtoSchema,
} from "onnx-buf";

/** What surrounds an attribute in a graph of one node that ONNX Runtime opens. */
export interface Surroundings {
  /** Versions of the operator that ONNX Runtime has a kernel for. */
  readonly versions: readonly number[];
  readonly inputs: readonly MessageInitShape<typeof ValueInfoProtoSchema>[];
  readonly constants?: readonly MessageInitShape<typeof TensorProtoSchema>[];
  readonly attributes?: readonly MessageInitShape<typeof AttributeProtoSchema>[];
  /** Element type of the output, FLOAT unless given. */
  readonly gives?: number;
  /** Outputs, one unless given. */
  readonly outputs?: readonly number[];
  /** The attribute's texts for a word, where it holds several. */
  readonly texts?: (word: string) => readonly string[];
  /** Words that depend on the machine. */
  readonly skips?: readonly string[];
}

export const [FLOAT, UINT8, INT32, INT64, STRING, FLOAT16, UINT64] = [1, 2, 6, 7, 8, 10, 13];

export function value(name: string, elemType: number, ...sizes: readonly number[]) {
  const dim = sizes.map((size) => ({ value: { case: "dimValue" as const, value: BigInt(size) } }));
  return { name, type: { value: { case: "tensorType" as const, value: { elemType, shape: { dim } } } } };
}

export function floats(name: string, dims: readonly number[], floatData: readonly number[]) {
  return { name, dataType: FLOAT, dims: dims.map(BigInt), floatData: [...floatData] };
}

export function bytes(name: string, dims: readonly number[]) {
  const size = dims.reduce((product, dim) => product * dim, 1);
  return { name, dataType: UINT8, dims: dims.map(BigInt), int32Data: new Array<number>(size).fill(1) };
}

export function ints64(name: string, values: readonly number[]) {
  return { name, dataType: INT64, dims: [BigInt(values.length)], int64Data: values.map(BigInt) };
}

export function int(name: string, i: number) {
  return { name, type: AttributeType.INT, i: BigInt(i) };
}

export function ints(name: string, ...values: readonly number[]) {
  return { name, type: AttributeType.INTS, ints: values.map(BigInt) };
}

export function reals(name: string, ...values: readonly number[]) {
  return { name, type: AttributeType.FLOATS, floats: [...values] };
}

export function text(name: string, word: string) {
  return { name, type: AttributeType.STRING, s: new TextEncoder().encode(word) };
}

export function texts(name: string, words: readonly string[]) {
  return { name, type: AttributeType.STRINGS, strings: words.map((word) => new TextEncoder().encode(word)) };
}

/** @param operator of another domain than ai.onnx with the domain before it */
export function modelWith(
  operator: string,
  version: number,
  attribute: string,
  word: string,
  around: Surroundings,
): Uint8Array {
  const dot = operator.lastIndexOf(".");
  const domain = dot < 0 ? "" : operator.slice(0, dot);
  const constants = around.constants ?? [];
  const outputs = around.outputs ?? [around.gives ?? FLOAT];
  const given = around.texts === undefined ? text(attribute, word) : texts(attribute, around.texts(word));
  return toBinary(
    ModelProtoSchema,
    create(ModelProtoSchema, {
      irVersion: 10n,
      opsetImport: [{ domain, version: BigInt(version) }],
      graph: {
        name: "g",
        input: [...around.inputs],
        initializer: constants.filter(({ name }) => name !== ""),
        node: [
          {
            opType: operator.slice(dot + 1),
            domain,
            input: [...around.inputs, ...constants].map(({ name }) => name ?? ""),
            output: outputs.map((_, i) => `y${i}`),
            attribute: [...(around.attributes ?? []), given],
          },
        ],
        output: outputs.map((elemType, i) => ({
          name: `y${i}`,
          type: { value: { case: "tensorType" as const, value: { elemType } } },
        })),
      },
    }),
  );
}
