/**
 * ONNX models as plain readonly records, in ONNX's own spelling (onnx.proto3). This is what smxc emits; the reader's
 * richer record of foreign files is in `decode.ts`. Nothing here knows the IR or protobuf.
 */
import type { LazyTensor } from "../tensors/tensor.js";

/** Element types that smxc emits, by their name in ONNX (`TensorProto.DataType`). */
export type DataType = "FLOAT" | "FLOAT16" | "INT64" | "BOOL" | "DOUBLE" | "INT32";

/** A dimension: a number, a symbol (`dim_param`), or unknown. */
export type Dimension = number | string | null;

export interface TensorType {
  readonly elem_type: DataType;
  /** Absent: unknown rank. */
  readonly shape?: readonly Dimension[];
}

export interface ValueInfo {
  readonly name: string;
  readonly type: TensorType;
}

/** Values of an initializer: small ones in place, weights produced while the file is written. */
export type Initializer =
  | {
      readonly name: string;
      readonly data_type: "INT64";
      readonly dims: readonly number[];
      readonly values: readonly number[];
    }
  | {
      readonly name: string;
      readonly data_type: "FLOAT" | "FLOAT16";
      readonly dims: readonly number[];
      readonly data: LazyTensor;
    };

export type Attribute =
  | { readonly type: "INT"; readonly value: number }
  | { readonly type: "FLOAT"; readonly value: number }
  | { readonly type: "STRING"; readonly value: string }
  | { readonly type: "INTS"; readonly value: readonly number[] }
  | { readonly type: "FLOATS"; readonly value: readonly number[] }
  | { readonly type: "STRINGS"; readonly value: readonly string[] }
  | { readonly type: "GRAPH"; readonly value: OnnxGraph };

export interface OnnxNode {
  readonly op_type: string;
  readonly name: string;
  /** An empty name is an absent optional input. */
  readonly input: readonly string[];
  readonly output: readonly string[];
  readonly attribute: Readonly<Record<string, Attribute>>;
  /** The layer that the node belongs to. Not written to files. */
  readonly origin?: string;
  /** `float32`: computed so in a graph of half precision too. Not written to files. */
  readonly precision?: "float32";
}

export interface OnnxGraph {
  readonly name: string;
  readonly node: readonly OnnxNode[];
  readonly initializer: readonly Initializer[];
  readonly input: readonly ValueInfo[];
  readonly output: readonly ValueInfo[];
  readonly value_info: readonly ValueInfo[];
}

export interface OnnxModel {
  readonly ir_version: number;
  readonly opset: number;
  readonly producer_name: string;
  readonly producer_version: string;
  readonly doc_string?: string;
  readonly metadata_props: ReadonlyMap<string, string>;
  readonly graph: OnnxGraph;
}
