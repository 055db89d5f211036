/** The graphs that computed sizes become where a batch is opened, and parts of them that run sample by sample. */
import { describe, expect, it } from "vitest";
import type { OpenedBatch } from "../../src/frontends/onnx/batch/open-batch.js";
import type { ModelWithGraph } from "../../src/onnx/graph/records.js";
import { CAST, int, joined, type Line, openedLines, seen } from "../support/computed-sizes.js";
import { linesOf } from "../support/onnx-graphs.js";

/** The operators around a Reshape whose sizes were computed anew. */
const operatorsOf = (model: ModelWithGraph): readonly string[] =>
  linesOf(model.graph).map((each) => each.split(" ")[2]!);

describe("sizes are computed anew", () => {
  it("of the parts that made them, and once", async () => {
    const lines = [joined("t", "i1 c h w"), "a = Reshape x t", "b = Relu a", "y = Reshape b t"];
    const { model } = (await openedLines(lines)) as OpenedBatch;
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
    const { model } = (await openedLines(lines)) as OpenedBatch;
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
    const { model } = (await openedLines(seen("n"), 17, true)) as OpenedBatch;
    expect(operatorsOf(model)).toEqual(["Scan", "Squeeze"]);
  });

  it("read sizes of what is around them", async () => {
    const sizes = ["d = Div h i2", "e = Mul d i2", joined("q", "i1 c e w")];
    const inside: Line = ["m = ReduceMax x", { axes: { ints: [0] } }];
    const { model } = (await openedLines([...sizes, inside, "b = Expand m q", "y = Add x b"], 17, true)) as OpenedBatch;
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
    const found = await openedLines([...inside, ["f = Cast r", CAST], "z = Div x f", "y = Add o z"], 17, true);
    expect(found).toEqual({ node: "r", reason: "a part that runs sample by sample would compute it for all samples" });
  });
});
