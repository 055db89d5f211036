/** Parts of networks for pictures of one size, in a few lines. */
import * as build from "../../src/onnx/graph/build.js";
import type { ModelProto, NodeProto, TensorProto } from "../../src/onnx/graph/records.js";
import { line, modelOf } from "./onnx-graphs.js";
import type { Size } from "./opened-sizes.js";

export const C = 4;

/** A part of a network for pictures of one size: nodes from `x` [1,4,h,w] to `y`, and the constants that they read. */
export interface Part {
  readonly nodes: readonly (string | NodeProto)[];
  readonly constants?: readonly TensorProto[];
  readonly opset?: number;
  /** Of `y`; absent: nothing is declared. */
  readonly shape?: readonly number[];
}

export const integers = (name: string, ...values: readonly number[]): TensorProto =>
  build.intTensor(name, [values.length], values);
export const floats = (name: string, ...values: readonly number[]): TensorProto => build.floatVector(name, values);
export const ints = (...values: readonly number[]) => ({ ints: values });

export function network(part: (h: number, w: number) => Part): {
  readonly export: (size: Size) => ModelProto;
  readonly inputs: (size: Size) => ReadonlyMap<string, readonly number[]>;
} {
  return {
    inputs: ([h, w]) => new Map([["x", [1, C, h, w]]]),
    export: ([h, w]) => {
      const { nodes, constants = [], opset = 17, shape } = part(h, w);
      const graph = build.graph({
        name: "g",
        input: [build.valueInfo("x", "FLOAT", [1, C, h, w])],
        node: nodes.map((node) => (typeof node === "string" ? line(node) : node)),
        initializer: constants,
        output: [build.valueInfo("y", "FLOAT", shape)],
      });
      return modelOf(graph, opset);
    },
  };
}

/** Square, so that no number tells height from width. */
export const EXPORTED: Size = [8, 8];
