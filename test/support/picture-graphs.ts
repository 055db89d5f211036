/** Tiny ONNX graphs of pictures, as anyone may have them: what they compute is said by one line of nodes. */
import type { Dimension } from "../../src/onnx/graph/build.js";
import * as build from "../../src/onnx/graph/build.js";
import type { ModelProto, NodeProto, TensorProto } from "../../src/onnx/graph/records.js";
import { encoded } from "./sessions.js";

export interface PictureGraph {
  readonly channels?: Dimension;
  readonly size?: readonly [Dimension, Dimension];
  readonly batch?: Dimension;
  /** From `x` to `y`. */
  readonly nodes: readonly NodeProto[];
  readonly constants?: readonly TensorProto[];
  readonly inputs?: readonly string[];
  readonly output?: readonly Dimension[] | undefined;
  readonly metadata?: ReadonlyMap<string, string>;
}

export function pictureGraph(graph: PictureGraph): ModelProto {
  const { channels = 3, size = ["H", "W"], batch = "N", nodes, constants = [], inputs = [], metadata } = graph;
  const output = "output" in graph ? graph.output : ["N", channels, "h", "w"];
  return build.model({
    ir_version: 8,
    opset_import: [build.opset(17)],
    metadata_props: [...(metadata ?? [])].map(([key, value]) => build.property(key, value)),
    graph: build.graph({
      name: "anyone's",
      input: [
        build.valueInfo("x", "FLOAT", [batch, channels, ...size]),
        ...inputs.map((name) => build.valueInfo(name, "FLOAT", [1])),
      ],
      output: [build.valueInfo("y", "FLOAT", output)],
      initializer: [...constants],
      node: [...nodes],
    }),
  });
}

export function bytesOf(graph: PictureGraph): Promise<Uint8Array<ArrayBuffer>> {
  return encoded(pictureGraph(graph));
}

export function floats(name: string, shape: readonly number[], ...values: readonly number[]): TensorProto {
  return build.floatTensor(name, "FLOAT", { shape, read: async () => Float32Array.from(values) });
}

/** y = x · scale + shift, by channel or for all. */
export function affine(scale: readonly number[], shift: readonly number[]): Pick<PictureGraph, "nodes" | "constants"> {
  return {
    nodes: [build.node("Mul", ["x", "scale"], ["scaled"], {}), build.node("Add", ["scaled", "shift"], ["y"], {})],
    constants: [floats("scale", [1, scale.length, 1, 1], ...scale), floats("shift", [1, shift.length, 1, 1], ...shift)],
  };
}
