/** Decoded messages as readonly records in ONNX's spelling. An absent optional field is undefined, not its default. */
import type { Blob } from "./blob.js";
import type { MESSAGES, MessageName } from "./messages.js";

/** A 64-bit integer: a number where that is exact, otherwise a bigint. Two equal values have equal types. */
export type Int64 = number | bigint;

/** One stretch of a numeric field: packed values, or single values with a tag before each. */
export interface NumbersPart {
  readonly tagged: boolean;
  readonly content: Blob;
}

/** Values of `float_data` and its siblings, validated and counted, but left encoded. */
export interface Numbers {
  readonly count: number;
  readonly parts: readonly NumbersPart[];
}

/** A field that this version of ONNX does not have, or has with another wire type. */
export interface UnknownField {
  readonly number: number;
  readonly wireType: number;
  /** Tag and value. */
  readonly content: Blob;
  /** Where it was read, in bytes from the start of the file; absent where it was made. */
  readonly offset?: number;
}

interface Scalars {
  readonly int32: number;
  readonly int64: Int64;
  readonly float: number;
  readonly string: string;
  readonly blob: Blob;
  readonly "attribute-type": number;
  readonly "data-location": number;
  readonly "int32-numbers": Numbers;
  readonly "int64-numbers": Numbers;
  readonly "float-numbers": Numbers;
  readonly "double-numbers": Numbers;
}

type Value<T> = T extends keyof Scalars ? Scalars[T] : T extends MessageName ? Message<T> : never;

type FieldOf<N extends MessageName> = (typeof MESSAGES)[N][number];

/** The record of a message: every field of its table, and what is in no table. */
export type Message<N extends MessageName> = {
  readonly [F in FieldOf<N> as F["name"]]: F["repeated"] extends true
    ? readonly Value<F["type"]>[]
    : Value<F["type"]> | undefined;
} & { readonly unknown: readonly UnknownField[] };

export interface ModelProto extends Message<"ModelProto"> {}
/** A model whose graph is there. */
export interface ModelWithGraph extends ModelProto {
  readonly graph: GraphProto;
}
export interface GraphProto extends Message<"GraphProto"> {}
export interface NodeProto extends Message<"NodeProto"> {}
export interface AttributeProto extends Message<"AttributeProto"> {}
export interface TensorProto extends Message<"TensorProto"> {}
export interface SparseTensorProto extends Message<"SparseTensorProto"> {}
export interface ValueInfoProto extends Message<"ValueInfoProto"> {}
export interface TypeProto extends Message<"TypeProto"> {}
export interface TensorShapeProto extends Message<"TensorShapeProto"> {}
export interface FunctionProto extends Message<"FunctionProto"> {}
export interface SequenceProto extends Message<"SequenceProto"> {}
export interface MapProto extends Message<"MapProto"> {}
export interface OptionalProto extends Message<"OptionalProto"> {}
