/** Models of a few nodes, as plain objects in ONNX's spelling. */
import type { Plain } from "../../unit/onnx-support/write-record.js";

export const FLOAT = 1;
export const INT64 = 7;
export const BOOL = 9;

const utf8 = (text: string): number[] => [...new TextEncoder().encode(text)];

export const int = (name: string, i: number | bigint): Plain => ({ name, i, type: 2 });
export const float = (name: string, f: number): Plain => ({ name, f, type: 1 });
export const text = (name: string, s: string): Plain => ({ name, s: utf8(s), type: 3 });
export const ints = (name: string, values: readonly (number | bigint)[]): Plain => ({ name, ints: values, type: 7 });
export const floats = (name: string, values: readonly number[]): Plain => ({ name, floats: values, type: 6 });
export const graph = (name: string, g: Plain): Plain => ({ name, g, type: 5 });

export function node(
  op_type: string,
  input: readonly string[],
  output: readonly string[],
  ...attribute: readonly (Plain | null)[]
): Plain {
  return { op_type, input, output, name: `${op_type} of ${output[0]}`, attribute: attribute.filter((a) => a !== null) };
}

export function value(name: string, elem_type: number, shape?: readonly (number | string)[]): Plain {
  const dim = shape?.map((size) => (typeof size === "number" ? { dim_value: size } : { dim_param: size }));
  return { name, type: { tensor_type: dim === undefined ? { elem_type } : { elem_type, shape: { dim } } } };
}

export function floatTensor(name: string, dims: readonly number[], values: readonly number[]): Plain {
  return { name, dims, data_type: FLOAT, float_data: values };
}

export function int64Tensor(name: string, dims: readonly number[], values: readonly number[]): Plain {
  return { name, dims, data_type: INT64, int64_data: values };
}

export interface ModelParts {
  readonly opset: number;
  readonly nodes: readonly Plain[];
  readonly inputs: readonly Plain[];
  readonly outputs: readonly Plain[];
  readonly initializers?: readonly Plain[];
  readonly functions?: readonly Plain[];
  /** Default 8. */
  readonly irVersion?: number;
}

export function modelOf({
  opset,
  nodes,
  inputs,
  outputs,
  initializers = [],
  functions = [],
  irVersion = 8,
}: ModelParts): Plain {
  return {
    ir_version: irVersion,
    opset_import: [{ version: opset }, ...(functions.length > 0 ? [{ domain: "f", version: 1 }] : [])],
    functions,
    graph: { name: "g", node: nodes, input: inputs, output: outputs, initializer: initializers },
  };
}
