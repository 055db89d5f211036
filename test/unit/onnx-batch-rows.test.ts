/** What is shown of single operators: that they carry the first axis of a batch of one, or why not. */
import { describe, expect, it } from "vitest";
import { bytesSource } from "../../src/base/bytes/byte-source.js";
import { randomNumbers } from "../../src/base/random.js";
import { dense } from "../../src/ir/ops/dense-tensor.js";
import { decodeGraph } from "../../src/onnx/decode.js";
import * as build from "../../src/onnx/graph/build.js";
import type { ElementTypeName } from "../../src/onnx/graph/element-types.js";
import { elementType } from "../../src/onnx/graph/element-types.js";
import type { GraphProto, ModelWithGraph, TensorProto } from "../../src/onnx/graph/records.js";
import { inferModel } from "../../src/onnx/infer/infer-model.js";
import { loadSchemas } from "../../src/onnx/schemas/registry.js";
import { line, modelOf, weights } from "../support/onnx-graphs.js";
import { checkOpened } from "../support/opened-batch.js";
import { encoded, type Values } from "../support/sessions.js";

const schemas = await loadSchemas();

/** A picture, a vector, a sequence and a second picture: each a sample. */
const SIZES: Readonly<Record<string, readonly number[]>> = {
  x: [1, 4, 6, 6],
  v: [1, 4],
  t: [1, 5, 4],
  z: [1, 4, 6, 6],
};

const vector = (name: string, values: readonly number[]): TensorProto => build.intTensor(name, [values.length], values);
const floats = (name: string, values: readonly number[]): TensorProto =>
  build.floatTensor(name, "FLOAT", { shape: [values.length], read: async () => Float32Array.from(values) });

const CONSTANTS: readonly TensorProto[] = [
  weights("scalar", []),
  weights("c", [4]),
  weights("c11", [4, 1, 1]),
  weights("one", [1, 4, 1, 1]),
  weights("two", [2, 4, 1, 1]),
  weights("five", [1, 1, 4, 1, 1]),
  weights("m", [4, 3]),
  weights("m1", [1, 4, 3]),
  weights("m2", [2, 4, 3]),
  weights("k", [4, 4, 3, 3]),
  weights("k4", [1, 4]),
  weights("left", [3, 5]),
  floats("doubled", [1, 1, 2, 2]),
  floats("larger", [1.5, 1, 1, 1]),
  vector("i0", [0]),
  vector("i1", [1]),
  vector("i2", [2]),
  vector("i23", [2, 3]),
  vector("rows", [1, 4, 36]),
  vector("open", [-1, 4, 36]),
  vector("zero", [0, 4, 36]),
  vector("rest", [1, 4, -1]),
  vector("lost", [4, 36]),
  vector("wide", [1, 4, 12, 12]),
  vector("odd", [1, 4, 7, 6]),
  vector("thrice", [3, 4, 6, 6]),
  vector("added", [1, 1, 4, 6, 6]),
  vector("times", [1, 2, 1, 1]),
  vector("times2", [2, 1, 1, 1]),
  vector("around", [0, 0, 1, 1, 0, 0, 1, 1]),
  vector("front", [1, 0, 0, 0, 0, 0, 0, 0]),
];

const int = (i: number) => ({ i });
const ints = (...values: readonly number[]) => ({ ints: values });

type Attributes = Readonly<Record<string, build.AttributeValue>>;
/** The nodes, the last first; the attributes of the first; and the reason against it, if there is one. */
type Case = readonly [nodes: string, attributes?: Attributes, reason?: RegExp, opset?: number];

const FIRST = /along the first axis/;
const CASES: readonly Case[] = [
  ["y = Relu x"],
  ["y = Clip x scalar"],
  ["y = Add x z"],
  ["y = Add x scalar"],
  ["y = Mul c11 x"],
  ["y = Mul x one"],
  ["y = Mul x two", {}, /its own first axis/],
  ["y = Mul x five", {}, /more axes/],
  ["y = Add v t", {}, /differ in rank/],
  ["y = PRelu x c11"],
  ["y = PRelu one z", {}, /slope/],
  ["y = Conv x k", { pads: ints(1, 1, 1, 1) }],
  ["y = MaxPool x", { kernel_shape: ints(2, 2) }],
  ["y i = MaxPool x", { kernel_shape: ints(2, 2) }, /count over all samples/],
  ["y = GlobalAveragePool x"],
  ["y = InstanceNormalization x c c"],
  ["y = BatchNormalization x c c c q\nq = Abs c", {}],
  ["y = LayerNormalization t c", { axis: int(-1) }],
  ["y = LayerNormalization t v", { axis: int(-1) }, /depends on the sample/],
  ["y = LayerNormalization t c", { axis: int(0) }, FIRST],
  ["y = Softmax t", { axis: int(1) }],
  ["y = Softmax t", { axis: int(-3) }, FIRST],
  ["y = ReduceMean x", { axes: ints(2, 3) }],
  ["y = ReduceMean x", { axes: ints(1, 2, 3), keepdims: int(0) }],
  ["y = ReduceMean x", { axes: ints(0, 1) }, FIRST],
  ["y = ReduceMean x", {}, /all axes/],
  ["y = ReduceSum x i23"],
  ["y = ReduceSum x i0", {}, FIRST],
  ["y = ArgMax v", { axis: int(1) }],
  ["y = ArgMax v", { axis: int(0) }, FIRST],
  ["y = MatMul v m"],
  ["y = MatMul t m"],
  ["y = MatMul t m1"],
  ["y = MatMul t m2", {}, /its own axes in front/],
  ["y = MatMul left t"],
  ["y = MatMul m3 v", {}, /second input/],
  ["y = MatMul t u\nu = Transpose t", { perm: ints(0, 2, 1) }],
  ["y = Gemm v m"],
  ["y = Gemm v k4", { transB: int(1) }],
  ["y = Gemm v k4", { transA: int(1) }, /transposes the batch/],
  ["y = Gemm k4 sq v", {}, /an input other than the first/],
  ["y = Transpose x", { perm: ints(0, 2, 3, 1) }],
  ["y = Transpose x", { perm: ints(1, 0, 2, 3) }, /does not have its batch as the first axis/],
  ["y = Reshape x rows"],
  ["y = Reshape x open"],
  ["y = Reshape x zero"],
  ["y = Reshape x rest"],
  ["y = Reshape x rows", { allowzero: int(1) }],
  ["y = Reshape x lost", {}, /does not have its batch as the first axis/],
  ["y = Expand x thrice", {}, /repeats/],
  ["y = Expand x added", {}, /adds axes/],
  ["y = Tile x times"],
  ["y = Tile x times2", {}, /repeats/],
  ["y = Flatten x", { axis: int(1) }],
  ["y = Flatten x", { axis: int(2) }, /does not have its batch as the first axis/],
  ["y = Unsqueeze x i1"],
  ["y = Unsqueeze x i0"],
  ["y = Squeeze x i0", {}, /does not have its batch as the first axis/],
  ["y = Concat x z", { axis: int(1) }],
  ["y = Concat x z", { axis: int(0) }, FIRST],
  ["y = Concat x one6", { axis: int(-1) }, /same for all samples/],
  ["y = Slice x i0 i2 i1"],
  ["y = Slice x i0 i1 i0", {}, /cuts the first axis/],
  ["y = Gather x i1", { axis: int(1) }],
  ["y = Gather x i0", { axis: int(0) }, FIRST],
  ["y = Pad x around"],
  ["y = Pad x front", {}, /pads the first axis/],
  ["y = Resize x - doubled"],
  ["y = Resize x - larger", {}, /resizes the first axis/],
  ["y = Resize x - - wide"],
  ["y = Resize x - - odd", {}, /not exact multiples/],
  ["y = Resize x scalar4 doubled", { coordinate_transformation_mode: { s: "tf_crop_and_resize" } }, /move the samples/],
  ["y = DepthToSpace x", { blocksize: int(2) }],
  ["y y2 = Split x", { axis: int(1) }],
  ["y y2 = Split x", { axis: int(3) }],
  ["y = CumSum x i0", {}, /is not known what CumSum/],
];

const OWN: readonly TensorProto[] = [
  weights("sq", [4, 4]),
  weights("m3", [3, 1]),
  weights("one6", [1, 4, 6, 1]),
  floats("scalar4", [0, 0, 0, 0, 1, 1, 1, 1]),
];

/** The scales of a Resize are floats, which are not followed. */
const RESIZED = [1, 4, "h", "w"];

function modelWith([text, attributes = {}, , opset = 17]: Case): ModelWithGraph {
  const lines = text.split("\n");
  const node = lines.map((each, index) => line(each, index === lines.length - 1 ? attributes : {})).toReversed();
  const read = new Set(node.flatMap(({ input }) => input));
  const inputs = Object.entries(SIZES).filter(([name]) => read.has(name));
  const undeclared = build.graph({
    name: "g",
    node,
    input: inputs.map(([name, dims]) => build.valueInfo(name, "FLOAT", dims)),
    initializer: [...CONSTANTS, ...OWN].filter(({ name = "" }) => read.has(name)),
    output: [],
  });
  return declared(undeclared, opset);
}

function declared(graph: GraphProto, opset: number): ModelWithGraph {
  const type = inferModel(modelOf(graph, opset), schemas).get("y");
  if (type?.kind !== "tensor") throw new Error("nothing is inferred of y");
  const element = elementType(type.elem)!.name as ElementTypeName;
  const output = [build.valueInfo("y", element, type.shape ?? RESIZED)];
  return modelOf({ ...graph, output }, opset) as ModelWithGraph;
}

function feedsOf({ graph }: ModelWithGraph): readonly Values[] {
  return [1, 2, 3].map((seed) => {
    const next = randomNumbers(seed);
    return new Map(
      graph.input.map(({ name = "" }) => {
        const size = SIZES[name]!;
        const count = size.reduce((product, each) => product * each, 1);
        return [
          name,
          dense(
            size,
            Array.from({ length: count }, () => Math.fround(2 * next() - 1)),
          ),
        ];
      }),
    );
  });
}

describe("of an operator", () => {
  it.each(CASES.map((each) => [each[0], each] as const))("%s", async (_, each) => {
    const bytes = await encoded(modelWith(each));
    const source = (await decodeGraph(bytesSource("source", bytes))).message as ModelWithGraph;
    const opened = await checkOpened(source, feedsOf(source), false);
    const reason = each[2];
    if (reason === undefined) expect(opened).not.toHaveProperty("reason");
    else expect(opened).toMatchObject({ reason: expect.stringMatching(reason) });
  });
});
