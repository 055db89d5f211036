/** Nodes of old opsets give the same numbers when they are raised: each converter, with random attributes. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { axesOf, opset, perhaps, seed, shape, size } from "./onnx-convert/arbitraries.js";
import { FLOAT, float, floats, floatTensor, INT64, int, int64Tensor, ints, node, text } from "./onnx-convert/models.js";
import { expectSame } from "./onnx-convert/one-input.js";

const RUNS = { numRuns: 30 };

describe("what was an attribute and is an input", () => {
  it("Clip", async () => {
    const bound = perhaps(fc.integer({ min: -3, max: 3 }));
    const cases = fc.record({ opset: opset(7, 10), dims: shape(2), min: bound, max: bound, seed });
    await fc.assert(
      fc.asyncProperty(cases, async ({ min, max, ...one }) => {
        fc.pre(min === null || max === null || min <= max);
        const attributes = [min === null ? null : float("min", min), max === null ? null : float("max", max)];
        await expectSame({ ...one, nodes: [node("Clip", ["x"], ["y"], ...attributes)] });
      }),
      RUNS,
    );
  });

  it("Pad", async () => {
    const cases = fc.record({
      opset: opset(7, 10),
      dims: fc.array(fc.integer({ min: 4, max: 6 }), { minLength: 2, maxLength: 4 }),
      pads: fc.array(fc.integer({ min: -1, max: 3 }), { minLength: 8, maxLength: 8 }),
      mode: perhaps(fc.constantFrom("constant", "reflect", "edge")),
      fill: perhaps(fc.integer({ min: -2, max: 2 })),
      seed,
    });
    await fc.assert(
      fc.asyncProperty(cases, async ({ pads, mode, fill, ...one }) => {
        const each = pads.slice(0, 2 * one.dims.length).map((pad) => (mode === "constant" ? pad : Math.max(pad, 0)));
        const attributes = [mode === null ? null : text("mode", mode), fill === null ? null : float("value", fill)];
        await expectSame({ ...one, nodes: [node("Pad", ["x"], ["y"], ints("pads", each), ...attributes)] });
      }),
      RUNS,
    );
  });

  it("Slice", async () => {
    const end = fc.oneof(fc.integer({ min: -4, max: 6 }), fc.constant(2n ** 63n - 1n));
    const cases = fc.record({
      opset: opset(7, 9),
      dims: shape(4),
      axes: perhaps(axesOf(4)),
      starts: fc.array(fc.integer({ min: -4, max: 3 }), { minLength: 4, maxLength: 4 }),
      ends: fc.array(end, { minLength: 4, maxLength: 4 }),
      seed,
    });
    await fc.assert(
      fc.asyncProperty(cases, async ({ axes, starts, ends, ...one }) => {
        const count = axes?.length ?? 4;
        const attributes = [ints("starts", starts.slice(0, count)), ints("ends", ends.slice(0, count))];
        const sliced = node("Slice", ["x"], ["y"], axes === null ? null : ints("axes", axes), ...attributes);
        await expectSame({ ...one, nodes: [sliced] });
      }),
      RUNS,
    );
  });

  it("Split", async () => {
    const cases = fc.record({
      opset: opset(7, 12),
      axis: fc.integer({ min: 0, max: 2 }),
      sizes: fc.array(size, { minLength: 1, maxLength: 3 }),
      isEven: fc.boolean(),
      seed,
    });
    await fc.assert(
      fc.asyncProperty(cases, async ({ axis, sizes, isEven, ...one }) => {
        const parts = isEven ? sizes.map(() => sizes[0]!) : sizes;
        const dims = [2, 3, 4];
        dims[axis] = parts.reduce((sum, part) => sum + part, 0);
        const names = parts.map((_, n) => `y${n}`);
        const split = node("Split", ["x"], names, int("axis", axis), isEven ? null : ints("split", parts));
        await expectSame({
          ...one,
          dims,
          nodes: [split],
          outputs: Object.fromEntries(names.map((name) => [name, FLOAT])),
        });
      }),
      RUNS,
    );
  });

  it.each(["Squeeze", "Unsqueeze"])("%s", async (operator) => {
    const cases = fc.record({ opset: opset(7, 12), dims: shape(3), axes: perhaps(axesOf(4)), seed });
    await fc.assert(
      fc.asyncProperty(cases, async ({ axes, dims, ...one }) => {
        const isSqueeze = operator === "Squeeze";
        const wide = isSqueeze ? [...dims, 2].map((dim, n) => (axes?.includes(n) ? 1 : dim)) : dims;
        const attribute = axes === null && isSqueeze ? null : ints("axes", axes ?? [0]);
        await expectSame({ ...one, dims: wide, nodes: [node(operator, ["x"], ["y"], attribute)] });
      }),
      RUNS,
    );
  });

  it("ReduceSum", async () => {
    const cases = fc.record({
      opset: opset(7, 12),
      dims: shape(4),
      axes: perhaps(axesOf(4)),
      keepdims: perhaps(fc.constantFrom(0, 1)),
      seed,
    });
    await fc.assert(
      fc.asyncProperty(cases, async ({ axes, keepdims, ...one }) => {
        const attributes = [
          axes === null ? null : ints("axes", axes),
          keepdims === null ? null : int("keepdims", keepdims),
        ];
        await expectSame({ ...one, nodes: [node("ReduceSum", ["x"], ["y"], ...attributes)] });
      }),
      RUNS,
    );
  });

  it("TopK", async () => {
    const cases = fc.record({ opset: opset(7, 9), dims: shape(3), axis: fc.integer({ min: 0, max: 2 }), seed });
    await fc.assert(
      fc.asyncProperty(cases, async ({ axis, ...one }) => {
        const k = Math.ceil(one.dims[axis]! / 2);
        const outputs = { y: FLOAT, i: INT64 };
        await expectSame({ ...one, nodes: [node("TopK", ["x"], ["y", "i"], int("axis", axis), int("k", k))], outputs });
      }),
      RUNS,
    );
  });
});

it.each(["Softmax", "LogSoftmax", "Hardmax"])("%s, which took its input for a matrix", async (operator) => {
  const dim = fc.constantFrom(1, 1, 2, 3);
  const cases = fc.record({
    opset: opset(7, 12),
    dims: fc.array(dim, { minLength: 2, maxLength: 4 }),
    axis: perhaps(fc.integer({ min: -4, max: 3 })),
    isShaped: fc.boolean(),
    seed,
  });
  await fc.assert(
    fc.asyncProperty(cases, async ({ axis, ...one }) => {
      const rank = one.dims.length;
      const least = one.opset < 11 ? 0 : -rank;
      const attribute = axis === null ? null : int("axis", Math.max(Math.min(axis, rank - 1), least));
      await expectSame({ ...one, nodes: [node(operator, ["x"], ["y"], attribute)] });
    }),
    { numRuns: 60 },
  );
});

describe("resizing", () => {
  const scale = fc.constantFrom(1, 1.5, 2, 2.5, 3);
  const mode = perhaps(fc.constantFrom("nearest", "linear"));

  it("Upsample", async () => {
    const cases = fc.record({ opset: opset(7, 9), h: scale, w: scale, mode, seed, dims: shape(4) });
    await fc.assert(
      fc.asyncProperty(cases, async ({ h, w, mode: how, ...one }) => {
        const scales = [1, 1, h, w];
        const isAttribute = one.opset < 9;
        const upsample = node(
          "Upsample",
          isAttribute ? ["x"] : ["x", "s"],
          ["y"],
          how === null ? null : text("mode", how),
          isAttribute ? floats("scales", scales) : null,
        );
        const initializers = isAttribute ? [] : [floatTensor("s", [4], scales)];
        const operators = await expectSame({ ...one, nodes: [upsample], initializers });
        expect(operators).toContain("Resize");
      }),
      RUNS,
    );
  });

  it("Resize of opset 10, larger or smaller", async () => {
    const down = fc.constantFrom(0.3, 0.5, 0.7, 1);
    const scales = fc.oneof(fc.tuple(scale, scale), fc.tuple(down, down));
    const cases = fc.record({ scales, mode, seed, dims: fc.constantFrom([1, 2, 7, 9], [2, 1, 5, 8]) });
    await fc.assert(
      fc.asyncProperty(cases, async ({ scales: hw, mode: how, ...one }) => {
        const resize = node("Resize", ["x", "s"], ["y"], how === null ? null : text("mode", how));
        await expectSame({ ...one, opset: 10, nodes: [resize], initializers: [floatTensor("s", [4], [1, 1, ...hw])] });
      }),
      RUNS,
    );
  });

  it("Resize of opset 11, TensorFlow's nearest element too", async () => {
    const cases = fc.record({
      opset: opset(11, 12),
      scales: fc.tuple(fc.double({ min: 0.4, max: 3, noNaN: true }), scale),
      how: fc.constantFrom(
        ["nearest", "tf_half_pixel_for_nn", "floor"],
        ["nearest", "asymmetric", "floor"],
        ["nearest", "half_pixel", "round_prefer_floor"],
        ["linear", "half_pixel", "floor"],
        ["linear", "align_corners", "floor"],
        ["cubic", "pytorch_half_pixel", "floor"],
      ),
      dims: fc.constantFrom([1, 2, 7, 9], [2, 1, 5, 8]),
      seed,
    });
    await fc.assert(
      fc.asyncProperty(cases, async ({ scales, how: [how, coordinates, rounding], ...one }) => {
        const resize = node(
          "Resize",
          ["x", "roi", "s"],
          ["y"],
          text("mode", how!),
          text("coordinate_transformation_mode", coordinates!),
          text("nearest_mode", rounding!),
        );
        const initializers = [floatTensor("roi", [0], []), floatTensor("s", [4], [1, 1, ...scales])];
        await expectSame({ ...one, nodes: [resize], initializers });
      }),
      { numRuns: 60 },
    );
  });
});

describe("what is the same under another name or with another default", () => {
  it("Scatter", async () => {
    const cases = fc.record({ opset: opset(9, 10), axis: perhaps(fc.constantFrom(0, 1)), seed });
    await fc.assert(
      fc.asyncProperty(cases, async ({ axis, ...one }) => {
        const scatter = node("Scatter", ["x", "i", "u"], ["y"], axis === null ? null : int("axis", axis));
        const initializers = [int64Tensor("i", [2, 2], [1, 0, 0, 1]), floatTensor("u", [2, 2], [9, 8, 7, 6])];
        await expectSame({ ...one, dims: [3, 4], nodes: [scatter], initializers });
      }),
      RUNS,
    );
  });

  it("RoiAlign", async () => {
    const cases = fc.record({
      opset: opset(10, 15),
      how: fc.constantFrom(["max", 1] as const, ["avg", 0] as const, ["avg", 2] as const, [null, 1] as const),
      scale: fc.constantFrom(0.5, 1),
      seed,
    });
    await fc.assert(
      fc.asyncProperty(cases, async ({ how: [mode, ratio], scale, ...one }) => {
        const align = node(
          "RoiAlign",
          ["x", "rois", "b"],
          ["y"],
          mode === null ? null : text("mode", mode),
          int("output_height", 3),
          int("output_width", 2),
          int("sampling_ratio", ratio),
          float("spatial_scale", scale),
        );
        const initializers = [floatTensor("rois", [2, 4], [0, 1, 5, 6, 2, 2, 7, 4]), int64Tensor("b", [2], [0, 0])];
        await expectSame({ ...one, dims: [1, 2, 8, 8], nodes: [align], initializers });
      }),
      RUNS,
    );
  });
});

describe("what is the same in inference", () => {
  it("BatchNormalization", async () => {
    const cases = fc.record({ opset: opset(7, 13), isSaid: fc.boolean(), epsilon: perhaps(fc.constant(0.1)), seed });
    await fc.assert(
      fc.asyncProperty(cases, async ({ isSaid, epsilon, ...one }) => {
        const spatial = isSaid && one.opset < 9 ? int("spatial", 1) : null;
        const normalization = node(
          "BatchNormalization",
          ["x", "scale", "B", "mean", "var"],
          ["y"],
          spatial,
          epsilon === null ? null : float("epsilon", epsilon),
          float("momentum", 0.8),
        );
        const initializers = ["scale", "B", "mean", "var"].map((name, n) => floatTensor(name, [2], [n + 1, n + 0.5]));
        await expectSame({ ...one, dims: [2, 2, 3, 3], nodes: [normalization], initializers });
      }),
      RUNS,
    );
  });

  it("Dropout", async () => {
    const cases = fc.record({ opset: opset(7, 12), hasMask: fc.boolean(), ratio: perhaps(fc.constant(0.25)), seed });
    await fc.assert(
      fc.asyncProperty(cases, async ({ hasMask, ratio, ...one }) => {
        const attribute = ratio === null || one.opset >= 12 ? null : float("ratio", ratio);
        const dropout = node("Dropout", ["x"], hasMask ? ["y", "mask"] : ["y"], attribute);
        await expectSame({ ...one, dims: [2, 3], nodes: [dropout] });
      }),
      RUNS,
    );
  });
});
