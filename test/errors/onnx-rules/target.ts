import { create } from "@bufbuild/protobuf";
import { type ModelProto, OperatorSetIdProtoSchema, ValueInfoProtoSchema } from "onnx-buf";
import { broken, FLOAT, floatValue, graphOf, INT64, node, type RuleCases, tensor, withBranches } from "./case.js";

const FLOAT16 = 10;
const BFLOAT16 = 16;

/** Sizes are numbers, or symbols. */
export function value(name: string, elemType: number, ...dims: readonly (number | string)[]) {
  const dim = dims.map((size) =>
    typeof size === "number"
      ? { value: { case: "dimValue" as const, value: BigInt(size) } }
      : { value: { case: "dimParam" as const, value: size } },
  );
  return create(ValueInfoProtoSchema, {
    name,
    type: { value: { case: "tensorType", value: { elemType, shape: { dim } } } },
  });
}

/** A 1×1 convolution of one channel whose weight is `w`, an initializer unless it is made an input. */
export function convolution(model: ModelProto, weightIsInput: boolean, batch: number | string = 1): void {
  const graph = model.graph!;
  graph.node[0] = node({ opType: "Conv", name: "conv", input: ["x", "w"], output: ["y"] });
  graph.input = [value("x", FLOAT, batch, 1, 8, 8)];
  graph.output = [value("y", FLOAT, batch, 1, 8, 8)];
  if (weightIsInput) graph.input.push(value("w", FLOAT, 1, 1, 1, 1));
  else graph.initializer.push(tensor({ dims: [1n, 1n, 1n, 1n] }));
}

/** Relu on tensors of a type. */
function reluOf(model: ModelProto, elemType: number): void {
  model.graph!.input = [value("x", elemType, 4)];
  model.graph!.output = [value("y", elemType, 4)];
}

export const TARGET_CASES = {
  "onnx/target-version": broken(
    (m) => {
      m.irVersion = 14n;
    },
    { target: "cpu", place: "model" },
  ),
  "onnx/target-refused": broken((m) => reluOf(m, BFLOAT16), { target: "cpu", place: 'graph.node[0] "relu"' }),
  "onnx/target-custom-operator": broken(
    (m) => {
      m.opsetImport.push(create(OperatorSetIdProtoSchema, { domain: "mine", version: 1n }));
      m.graph!.node[0]!.domain = "mine";
    },
    { target: "cpu", place: 'graph.node[0] "relu"', notes: ["onnx/node-not-checked"] },
  ),
  "onnx/target-moved": broken(
    (m) => {
      m.graph!.node[0]!.opType = "Selu";
    },
    { target: "webgpu", place: 'graph.node[0] "relu"' },
  ),
  "onnx/target-wrong-values": broken(
    (m) => {
      convolution(m, false);
      m.graph!.input = [value("x", FLOAT, 1, 6, 8, 8)];
      m.graph!.output = [value("y", FLOAT, 1, 4, 6, 6)];
      m.graph!.initializer = [tensor({ dims: [4n, 6n, 3n, 3n], floatData: new Array(4 * 6 * 9).fill(0) })];
    },
    { target: "webgpu", place: 'graph.node[0] "conv"' },
  ),
  "onnx/target-control-flow": broken(
    (m) =>
      withBranches(m, (name) =>
        graphOf({
          name,
          node: [{ opType: "Relu", input: ["x"], output: [name] }],
          output: [floatValue(name)],
        }),
      ),
    { target: "cuda", place: "graph.node[0]" },
  ),
  "onnx/target-constant-kernel": broken((m) => convolution(m, true), {
    target: "cpu",
    place: 'graph.node[0] "conv"',
  }),
  "onnx/target-dynamic-shape": broken((m) => convolution(m, false, "N"), {
    target: "cuda",
    place: 'graph.input[0] "x"',
  }),
  "onnx/target-float16": broken((m) => reluOf(m, FLOAT16), { target: "wasm", place: 'graph.node[0] "relu"' }),
  "onnx/target-not-known": broken(
    (m) => {
      m.opsetImport[0]!.version = 18n;
      m.graph!.input.push(value("shape", INT64, 1));
      m.graph!.node[0] = node({ opType: "CenterCropPad", input: ["x", "shape"], output: ["y"] });
      m.graph!.output = [value("y", FLOAT, "M")];
    },
    { target: "cuda", place: "graph.node[0]" },
  ),
} as const satisfies RuleCases;
