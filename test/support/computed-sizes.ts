/** Graphs of one sample that leave height and width open, and compute sizes as they run. */
import { bytesSource } from "../../src/base/bytes/byte-source.js";
import { randomNumbers } from "../../src/base/random.js";
import { dense } from "../../src/ir/ops/dense-tensor.js";
import { decodeGraph } from "../../src/onnx/decode.js";
import * as build from "../../src/onnx/graph/build.js";
import type { ModelWithGraph, NodeProto, TensorProto } from "../../src/onnx/graph/records.js";
import { inferModel } from "../../src/onnx/infer/infer-model.js";
import { loadSchemas } from "../../src/onnx/schemas/registry.js";
import { line, modelOf, weights } from "./onnx-graphs.js";
import { checkOpened } from "./opened-batch.js";
import { encoded } from "./sessions.js";

const schemas = await loadSchemas();
const integers = (name: string, ...values: readonly number[]): TensorProto =>
  build.intTensor(name, [values.length], values);
const floats = (name: string, ...values: readonly number[]): TensorProto => build.floatVector(name, values);
const scalar = (name: string, value: number): TensorProto => build.intTensor(name, [], [value]);

const CONSTANTS: readonly TensorProto[] = [
  weights("one", [1, 4, 1, 1]),
  weights("c11", [4, 1, 1]),
  weights("two", [2, 4, 1, 1]),
  integers("i0", 0),
  integers("i1", 1),
  integers("i2", 2),
  integers("i3", 3),
  integers("i4", 4),
  integers("i23", 2, 3),
  integers("i00", 0, 0),
  integers("minus", -1),
  integers("half", 2, 2),
  integers("all", 1, 4, 6, 6),
  integers("one4", 1, 4),
  integers("ones", 1),
  integers("ones4", 1, 1, 1, 1),
  integers("minus4", -1, -1, -1, -1),
  integers("max", 2 ** 62),
  scalar("s0", 0),
  scalar("s1", 1),
  floats("f11", 1, 1),
  floats("f22", 2, 2),
  floats("f2", 2),
  floats("third", 1 / 3),
];

/** What exporters write for `n, c, h, w = x.shape`, as vectors of one size and as scalars, and the shape. */
const SIZES = [
  "shape = Shape x",
  "n = Gather shape i0",
  "c = Gather shape i1",
  "h = Gather shape i2",
  "w = Gather shape i3",
  "sn = Gather shape s0",
  "hw = Slice shape i2 max i0",
];

export const int = (i: number) => ({ i });
export const CAST = { to: int(1) };
export const BACK = { to: int(7) };
/** Lines, or lines with attributes; without those of `SIZES`. The last gives y. */
export type Line = string | readonly [text: string, attributes: Readonly<Record<string, build.AttributeValue>>];
/** What a size makes of a picture: the same for each sample only where it holds no number of samples. */
export const seen = (size: string): readonly Line[] => [[`f = Cast ${size}`, CAST], "y = Mul x f"];
export const joined = (name: string, parts: string): Line => [`${name} = Concat ${parts}`, { axis: int(0) }];

/** Opens the batch of a graph of these lines, as far as it can be, and compares what it computes. */
export async function openedLines(lines: readonly Line[], opset = 17, mayScan = false) {
  const node: NodeProto[] = [...SIZES, ...lines].map((each) => (typeof each === "string" ? line(each) : line(...each)));
  const read = new Set(node.flatMap(({ input }) => input));
  const graph = build.graph({
    name: "g",
    node: node.filter(({ output }) => read.has(output[0]!) || output[0] === "y"),
    input: [build.valueInfo("x", "FLOAT", [1, 4, "H", "W"])],
    initializer: CONSTANTS.filter(({ name = "" }) => read.has(name)),
    output: [],
  });
  const type = inferModel(modelOf(graph, opset), schemas).get("y");
  const rank = (type?.kind === "tensor" ? type.shape?.length : undefined) ?? 4;
  // As PyTorch names sizes that it does not know.
  const output = [build.valueInfo("y", "FLOAT", ["y_0", "y_1", "y_2", "y_3"].slice(0, rank))];
  const bytes = await encoded(modelOf({ ...graph, output }, opset));
  const source = (await decodeGraph(bytesSource("source", bytes))).message as ModelWithGraph;
  const feeds = [1, 2, 3].map((seed) => {
    const next = randomNumbers(seed);
    const data = Array.from({ length: 144 }, () => Math.fround(2 * next() - 1));
    return new Map([["x", dense([1, 4, 6, 6], data)]]);
  });
  return checkOpened(source, feeds, mayScan);
}
