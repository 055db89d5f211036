/** Exports for one sample of open height and width compute sizes as they run: which hold the number of samples, and where. */
import { describe, expect, it } from "vitest";
import { BACK, CAST, int, joined, type Line, openedLines, seen } from "../support/computed-sizes.js";

type Case = readonly [title: string, lines: readonly Line[], reason?: RegExp | undefined, opset?: number];

const CASES: readonly Case[] = [
  ["a number of samples first", [joined("t", "n c minus"), "y = Reshape x t"]],
  ["a one first", [joined("t", "i1 c h w"), "y = Reshape x t"]],
  ["a one first, and the rest left over", [joined("t", "i1 i4 minus w"), "y = Reshape x t"]],
  ["a zero first", [joined("t", "i0 i4 h w"), "y = Reshape x t"]],
  ["what is left over first", [joined("t", "minus i4 h w"), "r = Relu x", "y = Reshape r t"]],
  [
    "what is left over of other sizes first",
    [joined("t", "minus c h i1"), "r = Reshape x t", "e = Relu r", "y = Reshape e shape"],
    /its input "r"/,
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
    /its input "r"/,
  ],
  [
    "more than one left over",
    ["m = Mul n h", "o = Mul n w", joined("t", "i1 c m o"), "y = Reshape x t"],
    /its shape is not constant/,
  ],
  [
    "a batch behind another axis",
    [joined("t", "c n h w"), "y = Reshape x t"],
    /the first axis of its result is not the batch|does not have its batch as the first axis/,
  ],
  ["a shape of a shape", ["s = Shape shape", "z = ConstantOfShape s", "t = Sub shape z", "y = Reshape x t"], /adds to/],
  ["other sizes in what is computed", ["a = Div h i2", "b = Mul a i2", ...seen("b")]],
  ["the number of samples in what is computed", seen("n"), /its input "f" contains the number of samples/],
  ["as many numbers of samples as samples", ["e = Expand n n", ...seen("e")], /its input "n"/],
  ["samples, divided away", ["m = Mul n h", "d = Div m n", ...seen("d")]],
  [
    "samples, taken away",
    ["m = Mul n i3", "s = Sub m n", "t = Sub s n", "p = Sub t n", ...seen("p")],
    /contains the number/,
  ],
  ["multiples, halved", ["m = Mul n i4", "d = Div m i4", joined("t", "d c h w"), "y = Reshape x t"]],
  ["samples, halved", ["d = Div n i2", "a = Add d i1", ...seen("a")], /divides a multiple/],
  ["samples of samples", ["d = Mul n n", ...seen("d")], /by itself/],
  ["divided by samples", ["d = Div h n", ...seen("d")], /divides by/],
  ["one more than the samples", ["d = Add n i1", ...seen("d")], /adds to/],
  ["samples, halved in floats", [["f = Cast n", CAST], "d = Div f f2", "y = Mul x d"], /divides a multiple/],
  ["thirds of samples", [["f = Cast n", CAST], "d = Mul f third", "e = Floor d", "y = Mul x e"], /in fractions/],
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
    /not as the first size/,
  ],
  ["a constant of a size", ["z = ConstantOfShape shape", ["y = Concat x z", { axis: int(1) }]]],
  [
    "a constant with as many channels as samples",
    [joined("t", "i1 n h w"), "z = ConstantOfShape t", "y = Add x z"],
    /its shape contains .* not as the first size/,
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
    /its input "p" contains the number/,
  ],
  ["slices to sizes", ["d = Div h i2", "y = Slice x i0 d i2"]],
  ["slices to the number of samples", ["y = Slice x i0 n i2"]],
  ["slices to the number of samples and more", ["d = Mod h i4", "e = Add d n", "y = Slice x i0 e i2"], /adds to/],
  [
    "slices to sizes and the number of samples",
    [joined("e", "n h"), "y = Slice x i00 e i23"],
    /its input "e" contains the number/,
  ],
  ["a size that is chosen by samples", [["y = Gather x n", { axis: int(2) }]], /contains the number/],
  [
    "a size that nothing tells",
    ["r = Range s0 sn s1", "f = Gather shape r", ...seen("f")],
    /contains the number|is not known/,
  ],
  ["before slices had inputs", [joined("t", "i1 c h w"), "y = Reshape x t"], undefined, 11],
];

describe("a graph that computes sizes opens, or says why not", () => {
  it.each(CASES.map((each) => [each[0], each] as const))("%s", async (_, [, lines, reason, opset]) => {
    const found = await openedLines(lines, opset);
    if (reason === undefined) expect(found).not.toHaveProperty("reason");
    else expect(found).toMatchObject({ reason: expect.stringMatching(reason) });
  });
});
