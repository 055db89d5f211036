/** Sizes are computed alike as numbers, when a graph is compiled, and when it runs. */
import fc from "fast-check";
import { expect, it } from "vitest";
import { type Arithmetic, NUMBERS } from "../../src/ir/arithmetic.js";
import { addDims, type Dim, dimText, floorDivDim, scaleDim, symbol } from "../../src/ir/dim.js";
import { GraphEmitter, valueInfo } from "../../src/lowerings/emitter.js";
import { isKnown, numberOf, type SizeTensor, shapeOf } from "../../src/lowerings/sizes/size-tensor.js";
import { Sizes } from "../../src/lowerings/sizes/sizes.js";
import { type Canvas, canvasOf } from "../../src/lowerings/winograd/canvas.js";
import { FORMS } from "../../src/lowerings/winograd/forms.js";
import { cellsPerStrip, stripCount } from "../../src/lowerings/winograd/strip-count.js";
import * as build from "../../src/onnx/graph/build.js";
import type { GraphProto } from "../../src/onnx/graph/records.js";
import { encoded, runGraph } from "../support/sessions.js";

/** More cases, and others, are asked for by the environment: `SMXC_CASES=1000 SMXC_SEED=7 npx vitest run …`. */
const CASES = Number(process.env.SMXC_CASES ?? 60);
const SEED = Number(process.env.SMXC_SEED ?? 20060435);

const H = symbol("H");
const W = symbol("W");

function emitter(): GraphEmitter {
  return new GraphEmitter({ target: "cpu", opset: 17, lowering: "auto" });
}

/** Runs the graph of an emitter on a picture x of a size; the values that are asked for are read as floats. */
async function run(
  e: GraphEmitter,
  [height, width]: readonly [Dim, Dim],
  values: readonly string[],
  [h, w]: readonly [number, number],
): Promise<readonly (readonly number[])[]> {
  const outputs = values.map((value, i) => e.named("Cast", `y${i}`, [value], [symbol(`n${i}`)], { to: 1 }));
  const graph = e.finish(
    "sizes",
    [valueInfo("x", [1, 1, height, width])],
    outputs.map((name) => build.valueInfo(name, "FLOAT")),
  );
  const model = build.model({ ir_version: 8, opset_import: [build.opset(17)], graph: withoutInfos(graph) });
  const bytes = await encoded(model);
  const x = { shape: [1, 1, h, w], data: new Float64Array(h * w) };
  const [results] = await runGraph(bytes, [new Map([["x", x]])], "disabled");
  return outputs.map((name) => [...results!.get(name)!.data]);
}

/** The values have the shapes that they have; nobody tells. */
function withoutInfos(graph: GraphProto): GraphProto {
  return { ...graph, value_info: [] };
}

type Expression = <Size>(a: Arithmetic<Size>, height: Size, width: Size) => Size | number;

const OPERATIONS: readonly (<Size>(a: Arithmetic<Size>, x: Size | number, y: Size | number) => Size)[] = [
  (a, x, y) => a.add(x, y),
  (a, x, y) => a.sub(a.max(x, y), y),
  (a, x, y) => a.mul(a.min(x, 40), a.min(y, 40)),
  (a, x, y) => a.div(x, a.max(y, 1)),
  (a, x, y) => a.ceilDiv(x, a.max(y, 1)),
  (a, x, y) => a.min(x, y),
  (a, x, y) => a.max(x, y),
  (a, x, y) => a.atLeast(x, y),
];

const { expression } = fc.letrec<{ expression: Expression }>((tie) => ({
  expression: fc.oneof(
    { depthSize: "medium" },
    fc.nat(20).map(
      (value): Expression =>
        () =>
          value,
    ),
    fc.boolean().map(
      (isHeight): Expression =>
        (_, height, width) =>
          isHeight ? height : width,
    ),
    fc.tuple(fc.constantFrom(...OPERATIONS), tie("expression"), tie("expression")).map(
      ([operation, x, y]): Expression =>
        (a, height, width) =>
          operation(a, x(a, height, width), y(a, height, width)),
    ),
  ),
}));

const size = fc.integer({ min: 1, max: 300 });

it("an expression is the same number when it is folded, half of it is, and none of it is", {
  timeout: 1e9,
}, async () => {
  const problem = fc.tuple(size, size, fc.array(expression, { minLength: 4, maxLength: 8 }));
  await fc.assert(
    fc.asyncProperty(problem, async ([h, w, expressions]) => {
      const expected = expressions.map((each) => each(NUMBERS, h, w));
      const folded = new Sizes(emitter(), "s");
      const known = expressions.map((each) => each<SizeTensor>(folded, axis(folded, h, 0), axis(folded, w, 1)));
      expect(known.map((each) => (typeof each === "number" ? each : numberOf(each)))).toEqual(expected);
      for (const dims of [
        [h, W],
        [H, w],
        [H, W],
      ] as const) {
        const e = emitter();
        const s = new Sizes(e, "s");
        const sizes = dims.map((dim, index) => axis(s, dim, index)) as [SizeTensor, SizeTensor];
        const values = expressions.map((each) => s.vector([each<SizeTensor>(s, ...sizes)]));
        const found = await run(
          e,
          dims,
          values.map((value) => s.value(value)),
          [h, w],
        );
        expect(found.flat()).toEqual(expected);
      }
    }),
    { numRuns: CASES, seed: SEED },
  );
});

function axis(s: Sizes, dim: Dim, index: number): SizeTensor {
  return s.ofAxis(dim, () => ({ value: "x", axis: 2 + index }));
}

it("tensors are the same when they are folded and when they are not", { timeout: 1e9 }, async () => {
  const tables = (s: Sizes, count: SizeTensor, other: SizeTensor): readonly SizeTensor[] => {
    const length = s.dim(count, "count");
    const range = s.range(count, length);
    const column = s.unsqueeze(s.sub(s.mul(range, 2), other), [1]);
    const pairs = s.concat([column, s.div(column, 3), s.max(column, 1)], 1);
    const spread = s.expand(s.unsqueeze(range, [0]), s.vector([2, 1]), [2, length]);
    const inside = s.float(s.less(range, other));
    return [
      range,
      pairs,
      s.transpose(pairs, [1, 0]),
      spread,
      s.reshape(spread, s.vector([-1]), [s.dim(s.mul(count, 2), "all")]),
      s.integer(s.equal(range, other)),
      s.mul(s.sub(inside, 1), 1e30),
      s.abs(column),
      s.argMin(s.abs(s.sub(range, other))),
    ];
  };
  await fc.assert(
    fc.asyncProperty(fc.tuple(size, size), async ([h, w]) => {
      const s = new Sizes(emitter(), "s");
      const known = tables(s, axis(s, h, 0), axis(s, w, 1));
      expect(known.every(isKnown)).toBe(true);
      const numbers = known.map((tensor) => (isKnown(tensor) ? tensor.data.map(Math.fround) : []));
      expect(known.map((tensor) => shapeOf(tensor).reduce<number>((all, dim) => all * Number(dim), 1))).toEqual(
        numbers.map((data) => data.length),
      );
      for (const dims of [
        [h, W],
        [H, w],
        [H, W],
      ] as const) {
        const e = emitter();
        const open = new Sizes(e, "s");
        const values = tables(open, axis(open, dims[0], 0), axis(open, dims[1], 1));
        const found = await run(
          e,
          dims,
          values.map((value) => open.value(value)),
          [h, w],
        );
        expect(found).toEqual(numbers);
      }
    }),
    { numRuns: Math.ceil(CASES / 4), seed: SEED },
  );
});

it("a canvas of open sizes is the canvas of the sizes that they turn out to be", { timeout: 1e9 }, async () => {
  const problem = fc.record({
    form: fc.constantFrom(...FORMS),
    channels: fc.constantFrom(16, 64, 256),
    h: size,
    w: size,
  });
  await fc.assert(
    fc.asyncProperty(problem, async ({ form, channels, h, w }) => {
      const shape = { form, cellsPerStrip: cellsPerStrip(channels) };
      const canvas = (e: GraphEmitter, dims: readonly [Dim, Dim]): Canvas => canvasOf(e, shape, dims, axisOfX);
      const fixed = emitter();
      const expected = await run(fixed, [h, w], valuesOf(canvas(fixed, [h, w])), [h, w]);
      const strips = stripCount(Math.ceil(h / form.rows.m), Math.ceil(w / form.columns.m), shape.cellsPerStrip);
      expect(expected[0]![0]).toBe(strips);
      for (const dims of [
        [h, W],
        [H, w],
        [H, W],
      ] as const) {
        const e = emitter();
        const found = await run(e, dims, valuesOf(canvas(e, dims)), [h, w]);
        expect(found.map((values) => values.map(Math.fround))).toEqual(expected);
      }
    }),
    { numRuns: Math.ceil(CASES / 3), seed: SEED },
  );
});

/** Of the input [1,1,H,W]. */
const axisOfX = (size: string) => ({ H: { value: "x", axis: 2 }, W: { value: "x", axis: 3 } })[size];

it("canvases of sizes that are made of the input's have the tables of those sizes", async () => {
  const made: readonly ((side: Dim) => Dim)[] = [
    (side) => scaleDim(side, 4),
    (side) => addDims(scaleDim(side, 2), 3),
    (side) => floorDivDim(addDims(side, 1), 2),
    (side) => addDims(scaleDim(floorDivDim(addDims(floorDivDim(side, 3), 2), 2), 2), 1),
  ];
  const size = fc.integer({ min: 1, max: 60 });
  const problem = fc.record({
    form: fc.constantFrom(...FORMS),
    rows: fc.constantFrom(...made),
    columns: fc.constantFrom(...made),
    h: size,
    w: size,
  });
  await fc.assert(
    fc.asyncProperty(problem, async ({ form, rows, columns, h, w }) => {
      const shape = { form, cellsPerStrip: cellsPerStrip(64) };
      const [fixed, open] = [emitter(), emitter()];
      const known = canvasOf(fixed, shape, [rows(h), columns(w)], axisOfX);
      const expected = await run(fixed, [h, w], valuesOf(known), [h, w]);
      const found = await run(open, [H, W], valuesOf(canvasOf(open, shape, [rows(H), columns(W)], axisOfX)), [h, w]);
      expect(found.map((values) => values.map(Math.fround))).toEqual(expected);
    }),
    { numRuns: Math.ceil(CASES / 3), seed: SEED },
  );
});

/** All that is the same whether a canvas is cut into strips or not. */
function valuesOf({ vectors, tables }: Canvas): readonly string[] {
  const { allStrips, cells, strip, canvas, rows, end, repeats, pads, batch } = vectors;
  return [allStrips, cells, strip, canvas, rows, end, repeats, pads, batch(7), ...Object.values<string>({ ...tables })];
}

it("canvases of one size that are cut otherwise have sizes of other names", () => {
  const sizes = [64, 128].map((cellsPerStrip) =>
    Object.values(canvasOf(emitter(), { form: FORMS[0]!, cellsPerStrip }, [H, W], axisOfX).size).map(dimText),
  );
  // ONNX Runtime takes equal names for equal sizes.
  expect(sizes[0]!.filter((name) => sizes[1]!.includes(name))).toEqual(["H", "W"]);
});

it("a half-open canvas knows what follows from the side that is fixed", () => {
  const canvas = (dims: readonly [Dim, Dim]): Canvas =>
    canvasOf(emitter(), { form: FORMS[0]!, cellsPerStrip: 128 }, dims, axisOfX);
  expect(canvas([H, 96]).size).toMatchObject({ cellColumns: 24, canvasWidth: 96 });
  expect(canvas([H, 96])).toMatchObject({ isCut: true, exactRows: false, exactColumns: true });
  expect(canvas([H, 97])).toMatchObject({ exactColumns: false });
  expect(canvas([96, W])).toMatchObject({ isCut: true, exactRows: false, exactColumns: false });
});
