/** Exports for one sample of open height and width compute sizes as they run: which hold the number of samples, and where. */
import { describe, expect, it } from "vitest";
import { bytesSource } from "../../src/base/bytes/byte-source.js";
import { randomNumbers } from "../../src/base/random.js";
import type { OpenedBatch } from "../../src/frontends/onnx/batch/open-batch.js";
import { dense } from "../../src/ir/ops/dense-tensor.js";
import { decodeGraph } from "../../src/onnx/decode.js";
import * as build from "../../src/onnx/graph/build.js";
import type { ModelWithGraph, NodeProto, TensorProto } from "../../src/onnx/graph/records.js";
import { inferModel } from "../../src/onnx/infer/infer-model.js";
import { loadSchemas } from "../../src/onnx/schemas/registry.js";
import { line, linesOf, modelOf, weights } from "../support/onnx-graphs.js";
import { checkOpened } from "../support/opened-batch.js";
import { encoded } from "../support/sessions.js";

const schemas = await loadSchemas();
const integers = (name: string, ...values: readonly number[]): TensorProto =>
  build.intTensor(name, [values.length], values);
const floats = (name: string, ...values: readonly number[]): TensorProto => build.floatVector(name, values);
const scalar = (name: string, value: number): TensorProto => build.intTensor(name, [], [value]);

const CONSTANTS: readonly TensorProto[] = [
  weights("k", [4, 4, 3, 3]),
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
  integers("lost", 0, 4),
  integers("ones", 1),
  integers("ones4", 1, 1, 1, 1),
  integers("minus4", -1, -1, -1, -1),
  integers("open3", 4, -1, 6),
  integers("max", 2 ** 62),
  scalar("s0", 0),
  scalar("s1", 1),
  scalar("s2", 2),
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

const int = (i: number) => ({ i });
const CAST = { to: int(1) };
const BACK = { to: int(7) };
/** Lines, or lines with attributes; without those of `SIZES`. The last gives y. */
type Line = string | readonly [text: string, attributes: Readonly<Record<string, build.AttributeValue>>];
type Case = readonly [title: string, lines: readonly Line[], reason?: RegExp | undefined, opset?: number];
/** What a size makes of a picture: the same for each sample only where it holds no number of samples. */
const seen = (size: string): readonly Line[] => [[`f = Cast ${size}`, CAST], "y = Mul x f"];
const joined = (name: string, parts: string): Line => [`${name} = Concat ${parts}`, { axis: int(0) }];

const CASES: readonly Case[] = [
  ["a number of samples first", [joined("t", "n c minus"), "y = Reshape x t"]],
  ["a one first", [joined("t", "i1 c h w"), "y = Reshape x t"]],
  ["a one first, and the rest left over", [joined("t", "i1 i4 minus w"), "y = Reshape x t"]],
  ["a zero first", [joined("t", "i0 i4 h w"), "y = Reshape x t"]],
  ["what is left over first", [joined("t", "minus i4 h w"), "r = Relu x", "y = Reshape r t"]],
  [
    "what is left over of other sizes first",
    [joined("t", "minus c h i1"), "r = Reshape x t", "e = Relu r", "y = Reshape e shape"],
    /"r", which it reads/,
  ],
  ["a one and a shape's end", [joined("t", "one4 hw"), "y = Reshape x t"]],
  ["a one, and zeros that are sizes", [joined("t", "i1 c h w"), ["y = Reshape x t", { allowzero: int(1) }]]],
  ["samples first, and zeros that are sizes", [joined("t", "n c h w"), ["y = Reshape x t", { allowzero: int(1) }]]],
  ["a shape as it is", ["r = Relu x", "y = Reshape r shape"]],
  ["scalars", ["u = Unsqueeze sn i0", joined("t", "u c h w"), "q = Squeeze t", "y = Reshape x q"]],
  ["parts of a shape", [["s = Shape x", { start: int(0), end: int(-2) }], joined("t", "s hw"), "y = Reshape x t"]],
  ["samples among the channels", ["m = Mul n c", joined("t", "i1 m h w"), "r = Reshape x t", "y = Relu r"]],
  ["samples among channels that are open", ["m = Mul n w", joined("t", "i1 c h m"), "r = Reshape x t", "y = Relu r"]],
  ["samples first and among the channels", ["m = Mul n c", joined("t", "n m h w"), "y = Reshape x t"]],
  [
    "samples before channels, and back",
    ["m = Mul n c", joined("t", "m h w"), "r = Reshape x t", joined("b", "n c h w"), "y = Reshape r b"],
  ],
  [
    "samples before channels, and a one back",
    ["m = Mul n c", joined("t", "m h w"), "r = Reshape x t", joined("b", "i1 i4 h w"), "y = Reshape r b"],
  ],
  [
    "samples before channels, read there",
    ["m = Mul n c", joined("t", "m h w"), "r = Reshape x t", "e = Relu r", joined("b", "n c h w"), "y = Reshape e b"],
    /"r", which it reads/,
  ],
  [
    "more than one left over",
    ["m = Mul n h", "o = Mul n w", joined("t", "i1 c m o"), "y = Reshape x t"],
    /its shape is computed/,
  ],
  [
    "a batch behind another axis",
    [joined("t", "c n h w"), "y = Reshape x t"],
    /another first axis|batch along another axis/,
  ],
  ["a shape of a shape", ["s = Shape shape", "z = ConstantOfShape s", "t = Sub shape z", "y = Reshape x t"], /adds to/],
  ["other sizes in what is computed", ["a = Div h i2", "b = Mul a i2", ...seen("b")]],
  ["the number of samples in what is computed", seen("n"), /"f", which it reads, holds the number of samples/],
  ["samples, divided away", ["m = Mul n h", "d = Div m n", ...seen("d")]],
  [
    "samples, taken away",
    ["m = Mul n i3", "s = Sub m n", "t = Sub s n", "p = Sub t n", ...seen("p")],
    /holds the number/,
  ],
  ["multiples, halved", ["m = Mul n i4", "d = Div m i4", joined("t", "d c h w"), "y = Reshape x t"]],
  ["samples, halved", ["d = Div n i2", "a = Add d i1", ...seen("a")], /divides a multiple/],
  ["samples of samples", ["d = Mul n n", ...seen("d")], /by itself/],
  ["divided by samples", ["d = Div h n", ...seen("d")], /divides by/],
  ["one more than the samples", ["d = Add n i1", ...seen("d")], /adds to/],
  ["samples, halved in floats", [["f = Cast n", CAST], "d = Div f f2", "y = Mul x d"], /divides a multiple/],
  ["thirds of samples", [["f = Cast n", CAST], "d = Mul f third", "e = Floor d", "y = Mul x e"], /not whole/],
  [
    "samples by way of floats",
    [
      ["f = Cast n", CAST],
      "d = Mul f f2",
      "e = Floor d",
      ["b = Cast e", BACK],
      "o = Div b i2",
      joined("t", "o c h w"),
      "y = Reshape x t",
    ],
  ],
  ["samples as truth", [["b = Cast n", { to: int(9) }], "y = Where b x x"], /cannot hold every number/],
  ["a choice by samples", ["b = Equal n i1", "y = Where b x x"], /compares with/],
  [
    "sizes that stay, as expand has them",
    [
      joined("t", "n minus h w"),
      "e = Equal t minus4",
      "v = Where e ones4 t",
      "p = GlobalAveragePool x",
      "y = Expand p v",
    ],
  ],
  ["one constant for each sample", ["e = Expand one shape", "y = Add x e"]],
  ["one constant of fewer axes for each sample", ["e = Expand c11 shape", ["y = Concat x e", { axis: int(1) }]]],
  ["repeats of a constant", [joined("t", "n i1 h w"), "e = Tile one t", ["y = Concat x e", { axis: int(1) }]]],
  [
    "repeats of two constants",
    [joined("t", "n i1 h w"), "e = Tile two t", "a = ReduceMean e", "y = Add x a"],
    /repeats its first axis/,
  ],
  [
    "a constant with its samples elsewhere",
    [joined("t", "i1 c n w"), "e = Expand one t", "y = Add x e"],
    /not as its first size/,
  ],
  ["a constant of a size", ["z = ConstantOfShape shape", ["y = Concat x z", { axis: int(1) }]]],
  [
    "a constant with as many channels as samples",
    [joined("t", "i1 n h w"), "z = ConstantOfShape t", "y = Add x z"],
    /not first/,
  ],
  [
    "a constant that is reshaped to samples",
    ["d = Div h h", joined("t", "n c d d"), "r = Reshape one t", "y = Add x r"],
    /the same for all/,
  ],
  ["repeats of pictures", ["p = GlobalAveragePool x", joined("t", "i1 i1 h w"), "e = Tile p t", "y = Sub x e"]],
  [
    "as many repeats as samples",
    [
      "p = GlobalAveragePool x",
      joined("t", "i1 n h w"),
      "e = Tile p t",
      ["a = ReduceMean e", { axes: { ints: [1, 2, 3] } }],
      "y = Sub x a",
    ],
    /repeats are computed|repeats the samples/,
  ],
  [
    "an enlargement to sizes",
    ["s = Slice shape i0 i2 i0", "d = Mul hw half", joined("t", "s d"), "y = Resize x - - t"],
  ],
  ["an enlargement by scales that are put together", [joined("t", "f11 f22"), "y = Resize x - t"]],
  ["an enlargement that repeats samples", [joined("t", "f22 f11"), "y = Resize x - t"], /resizes the first axis/],
  [
    "an enlargement of rows to the number of samples",
    ["d = Mul h n", joined("t", "d w"), ["y = Resize x - - t", { axes: { ints: [2, 3] } }]],
    /to the number of samples/,
    18,
  ],
  ["pads that are computed", [["m = Mod h i4", {}], joined("p", "i0 i0 i0 i0 i0 i0 m i0"), "y = Pad x p"]],
  [
    "pads of samples",
    ["a = Mod h i4", joined("p", "i0 i0 i0 i0 i0 i0 n a"), "y = Pad x p"],
    /"p", which it reads, holds the number/,
  ],
  ["slices to sizes", ["d = Div h i2", "y = Slice x i0 d i2"]],
  ["slices to the number of samples", ["y = Slice x i0 n i2"]],
  ["slices to the number of samples and more", ["d = Mod h i4", "e = Add d n", "y = Slice x i0 e i2"], /adds to/],
  [
    "slices to sizes and the number of samples",
    [joined("e", "n h"), "y = Slice x i00 e i23"],
    /"e", which it reads, holds the number/,
  ],
  ["a size that is chosen by samples", [["y = Gather x n", { axis: int(2) }]], /holds the number/],
  [
    "a size that nothing tells",
    ["r = Range s0 sn s1", "f = Gather shape r", ...seen("f")],
    /holds the number|nothing is known/,
  ],
  ["before slices had inputs", [joined("t", "i1 c h w"), "y = Reshape x t"], undefined, 11],
];

async function opened(lines: readonly Line[], opset = 17, mayScan = false) {
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

describe("a graph that computes sizes opens, or says why not", () => {
  it.each(CASES.map((each) => [each[0], each] as const))("%s", async (_, [, lines, reason, opset]) => {
    const found = await opened(lines, opset);
    if (reason === undefined) expect(found).not.toHaveProperty("reason");
    else expect(found).toMatchObject({ reason: expect.stringMatching(reason) });
  });
});

/** The operators around a Reshape whose sizes were computed anew. */
const operatorsOf = (model: ModelWithGraph): readonly string[] =>
  linesOf(model.graph).map((each) => each.split(" ")[2]!);

describe("sizes are computed anew", () => {
  it("of the parts that made them, and once", async () => {
    const lines = [joined("t", "i1 c h w"), "a = Reshape x t", "b = Relu a", "y = Reshape b t"];
    const { model } = (await opened(lines)) as OpenedBatch;
    const nodes = linesOf(model.graph).filter((each) => !/ = (Shape|Gather) /.test(each));
    expect(nodes).toEqual([
      "t/samples = Concat batch/0x4 h w",
      "a = Reshape x t/samples",
      "b = Relu a",
      "y = Reshape b t/samples",
    ]);
  });

  it("of elements of a vector, where nothing made it of parts", async () => {
    const lines = [joined("t", "one4 hw"), ["q = Mul t ones", {}], "y = Reshape x q"] as const;
    const { model } = (await opened(lines)) as OpenedBatch;
    const nodes = linesOf(model.graph).filter((each) => / = (Gather|Concat|Reshape) /.test(each));
    expect(nodes).toEqual([
      "t = Concat one4 hw",
      "q/2 = Gather q batch/2",
      "q/3 = Gather q batch/3",
      "q/samples = Concat batch/0x4 q/2 q/3",
      "y = Reshape x q/samples",
    ]);
  });
});

describe("parts that run sample by sample", () => {
  it("hold what counts the samples that they read", async () => {
    const { model } = (await opened(seen("n"), 17, true)) as OpenedBatch;
    expect(operatorsOf(model)).toEqual(["Scan", "Squeeze"]);
  });

  it("read sizes of what is around them", async () => {
    const sizes = ["d = Div h i2", "e = Mul d i2", joined("q", "i1 c e w")];
    const inside: Line = ["m = ReduceMax x", { axes: { ints: [0] } }];
    const { model } = (await opened([...sizes, inside, "b = Expand m q", "y = Add x b"], 17, true)) as OpenedBatch;
    expect(operatorsOf(model).filter((op) => !["Shape", "Gather"].includes(op))).toEqual([
      "Div",
      "Mul",
      "Concat",
      "Scan",
      "Squeeze",
      "Expand",
      "Add",
    ]);
  });

  it("are refused where they compute sizes that others read", async () => {
    const inside: readonly Line[] = [
      ["i = ReduceMax x", { axes: { ints: [0] }, keepdims: int(0) }],
      "m = Mul i x",
      "s = Shape m",
      "r = Gather s i2",
      "b = Slice i i0 r i1",
      "o = Add b x",
    ];
    const found = await opened([...inside, ["f = Cast r", CAST], "z = Div x f", "y = Add o z"], 17, true);
    expect(found).toEqual({ node: "r", reason: "a part that runs sample by sample computes it for all samples" });
  });
});
