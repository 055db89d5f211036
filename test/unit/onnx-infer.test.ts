/** Types and shapes that follow from a graph, symbols among them. */
import { AttributeProto_AttributeType as AttributeType } from "onnx-buf";
import { describe, expect, it } from "vitest";
import { bytesSource } from "../../src/base/bytes/byte-source.js";
import { checkFile } from "../../src/onnx/check/check-model.js";
import { bytesOf, FLOAT, infer, int, ints, split, untyped, value } from "./onnx-infer/models.js";

describe("inferModel", () => {
  it("follows sizes and symbols through the arithmetic of exporters", async () => {
    expect(await infer(split)).toMatchObject({ y: "tensor(float)[N, 2, 3, H, ?]", sizes: "tensor(int64)[5]" });
    expect(await infer(split, { propagates: false })).toMatchObject({ y: "tensor(float)[?, ?, ?, ?, ?]" });
  });

  it("keeps the symbols among numbers through every operator that chooses or moves sizes", async () => {
    const types = await infer({
      graph: {
        name: "g",
        input: [value("x", ["N", 6, 4, "W"])],
        initializer: [ints("ends", 0, 3), ints("none", 0, 0), ints("other", 5, 7), ints("one", 1), ints("three", 3)],
        node: [
          { opType: "Shape", input: ["x"], output: ["shape"] },
          { opType: "Gather", input: ["shape", "ends"], output: ["open"] },
          { opType: "Greater", input: ["ends", "none"], output: ["isOther"] },
          { opType: "Where", input: ["isOther", "other", "open"], output: ["chosen"] },
          { opType: "Slice", input: ["shape", "one", "three"], output: ["fixed"] },
          { opType: "ReduceMax", input: ["fixed"], output: ["largest"] },
          { opType: "Concat", input: ["chosen", "largest"], output: ["sizes"], attribute: [int("axis", 0)] },
          { opType: "ConstantOfShape", input: ["sizes"], output: ["y"] },
        ],
        output: [untyped("y")],
      },
    });
    expect(types).toMatchObject({ y: "tensor(float)[N, 7, 6]" });
  });

  it("follows slices along any axis, backwards too, as exporters turn pads around", async () => {
    const types = await infer({
      graph: {
        name: "g",
        input: [value("x", ["N", 6, "H", "W"])],
        initializer: [
          ints("pairs", 2, 2),
          ints("zero", 0),
          ints("one", 1),
          ints("last", -1),
          ints("before", -(2 ** 62)),
        ],
        node: [
          { opType: "Shape", input: ["x"], output: ["shape"] },
          { opType: "Reshape", input: ["shape", "pairs"], output: ["rows"] },
          { opType: "Slice", input: ["rows", "last", "before", "zero", "last"], output: ["turned"] },
          { opType: "Reshape", input: ["turned", "last"], output: ["sizes"] },
          { opType: "ConstantOfShape", input: ["sizes"], output: ["y"] },
          { opType: "Slice", input: ["rows", "zero", "one", "one"], output: ["column"] },
          { opType: "Reshape", input: ["column", "last"], output: ["first"] },
          { opType: "ConstantOfShape", input: ["first"], output: ["z"] },
        ],
        output: [untyped("y"), untyped("z")],
      },
    });
    expect(types).toMatchObject({ y: "tensor(float)[H, W, N, 6]", z: "tensor(float)[N, H]" });
  });

  it("follows the other sizes past one that is not known", async () => {
    const types = await infer({
      graph: {
        name: "g",
        input: [value("x", ["N", 6, "H", "W"]), value("rows", [1], 7)],
        initializer: [ints("two", 2), ints("one", 1)],
        node: [
          { opType: "Mul", input: ["rows", "two"], output: ["twice"] },
          { opType: "Shape", input: ["x"], output: ["shape"] },
          { opType: "Gather", input: ["shape", "one"], output: ["c"], attribute: [int("axis", 0)] },
          { opType: "Concat", input: ["c", "twice", "two"], output: ["sizes"], attribute: [int("axis", 0)] },
          { opType: "ConstantOfShape", input: ["sizes"], output: ["y"] },
        ],
        output: [untyped("y")],
      },
    });
    expect(types).toMatchObject({ y: "tensor(float)[6, ?, 2]" });
  });

  it("keeps what computed pads leave as it is", async () => {
    const types = await infer({
      graph: {
        name: "g",
        input: [value("x", ["N", 6, "H", 8]), value("rows", [1], 7)],
        initializer: [ints("before", 0, 0, 0, 1, 0, 0), ints("after", 2)],
        node: [
          { opType: "Concat", input: ["before", "rows", "after"], output: ["pads"], attribute: [int("axis", 0)] },
          { opType: "Pad", input: ["x", "pads"], output: ["y"] },
        ],
        output: [untyped("y")],
      },
    });
    expect(types).toMatchObject({ y: "tensor(float)[N, 6, ?, 11]" });
  });

  it("takes repeats that are computed for sizes", async () => {
    const types = await infer({
      graph: {
        name: "g",
        input: [value("x", ["N", 6, "H", "W"]), value("c", [1, 6, 1, 2])],
        initializer: [ints("ones", 1, 1), ints("two", 2), ints("four", 4)],
        node: [
          { opType: "Shape", input: ["x"], output: ["shape"] },
          { opType: "Slice", input: ["shape", "two", "four"], output: ["rows"] },
          { opType: "Concat", input: ["ones", "rows"], output: ["repeats"], attribute: [int("axis", 0)] },
          { opType: "Tile", input: ["c", "repeats"], output: ["y"] },
        ],
        output: [untyped("y")],
      },
    });
    expect(types).toMatchObject({ y: "tensor(float)[1, 6, H, ?]" });
  });

  it("follows no operator that names an input very often", async () => {
    const types = await infer({
      graph: {
        name: "g",
        input: [value("x", ["N", 6, "H", "W"])],
        node: [
          { opType: "Shape", input: ["x"], output: ["shape"] },
          { opType: "Concat", input: new Array(300_000).fill("shape"), output: ["all"], attribute: [int("axis", 0)] },
          { opType: "Concat", input: ["shape", "shape"], output: ["two"], attribute: [int("axis", 0)] },
          { opType: "ConstantOfShape", input: ["two"], output: ["y"] },
        ],
        output: [untyped("y")],
      },
    });
    expect(types).toMatchObject({ all: "tensor(int64)[1200000]", y: "tensor(float)[N, 6, H, W, N, 6, H, W]" });
  });

  it("keeps symbols through convolutions, pixel shuffles and broadcasting", async () => {
    const types = await infer({
      graph: {
        name: "g",
        input: [value("x", ["N", 8, "H", "W"]), value("beta", ["N", 1, 1, 1])],
        initializer: [{ name: "w", dataType: FLOAT, dims: [12n, 8n, 3n, 3n], rawData: new Uint8Array(12 * 8 * 9 * 4) }],
        node: [
          {
            opType: "Conv",
            input: ["x", "w"],
            output: ["conv"],
            attribute: [{ name: "pads", type: AttributeType.INTS, ints: [1n, 1n, 1n, 1n] }],
          },
          { opType: "Mul", input: ["conv", "beta"], output: ["mixed"] },
          { opType: "DepthToSpace", input: ["mixed"], output: ["y"], attribute: [int("blocksize", 2)] },
        ],
        output: [untyped("y")],
      },
    });
    expect(types).toMatchObject({
      conv: "tensor(float)[N, 12, H, W]",
      mixed: "tensor(float)[N, 12, H, W]",
      y: "tensor(float)[N, 3, ?, ?]",
    });
  });

  it("infers through functions, with the attributes of the call", async () => {
    const types = await infer({
      opsetImport: [
        { domain: "", version: 17n },
        { domain: "local", version: 1n },
      ],
      functions: [
        {
          name: "take",
          domain: "local",
          input: ["a"],
          output: ["b"],
          attribute: ["at"],
          opsetImport: [{ domain: "", version: 17n }],
          node: [
            {
              opType: "Flatten",
              input: ["a"],
              output: ["b"],
              attribute: [{ name: "axis", type: AttributeType.INT, refAttrName: "at" }],
            },
          ],
        },
      ],
      graph: {
        name: "g",
        input: [value("x", [2, 3, 4])],
        node: [{ opType: "take", domain: "local", input: ["x"], output: ["y"], attribute: [int("at", 2)] }],
        output: [untyped("y")],
      },
    });
    expect(types).toMatchObject({ y: "tensor(float)[6, 4]" });
  });

  it("ends where functions that call others twice would grow without bound", async () => {
    const depth = 60;
    const functions = Array.from({ length: depth }, (_, i) => ({
      name: `f${i}`,
      domain: "local",
      input: ["a"],
      output: ["c"],
      opsetImport: [
        { domain: "", version: 17n },
        { domain: "local", version: 1n },
      ],
      node: [
        ["a", "b"],
        ["b", "c"],
      ].map(([from, to]) =>
        i + 1 < depth
          ? { opType: `f${i + 1}`, domain: "local", input: [from!], output: [to!] }
          : { opType: "Relu", input: [from!], output: [to!] },
      ),
    }));
    const bytes = bytesOf({
      opsetImport: [
        { domain: "", version: 17n },
        { domain: "local", version: 1n },
      ],
      functions,
      graph: {
        name: "g",
        input: [value("x", [2])],
        node: [{ opType: "f0", domain: "local", input: ["x"], output: ["y"] }],
        output: [value("y", [2])],
      },
    });
    expect(await checkFile(bytesSource("m", bytes), { full: true })).toEqual([]);
  });
});
