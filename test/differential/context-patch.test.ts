/** `--context patch`: the published patch evaluation inside the graph. */
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import type { SmxcError } from "../../src/base/diagnostics.js";
import { randomNumbers } from "../../src/base/random.js";
import { compile, referenceGraph } from "../../src/compile.js";
import type { ModelSpec } from "../../src/frontends/document/document.js";
import { evaluate } from "../../src/ir/evaluate.js";
import { dense } from "../../src/ir/ops/dense-tensor.js";
import { type PatchRule, patchGrid } from "../../src/ir/patch-rule.js";
import {
  type ImportedFixture,
  importOracle,
  importStore,
  ORACLE_CASES,
  openFixture,
  readJson,
  readTensors,
} from "../support/fixtures.js";
import { absoluteError, encoded, relativeError, runGraph } from "../support/sessions.js";

/** What PyTorch and ONNX Runtime may differ by on a whole photograph, of values near [0, 1]. */
const PHOTOGRAPH = 2e-5;
const RELATIVE = 1e-5;

const SMALL: PatchRule = { patch: 12, frame: 2, stride: 5, borderWeight: 0.3, wholeBelow: 20 };

const pictures = (...shape: readonly number[]) => {
  const next = randomNumbers(shape.reduce((a, b) => a * 31 + b, 7));
  const size = shape.reduce((a, b) => a * b, 1);
  return dense(
    shape,
    Array.from({ length: size }, () => Math.fround(next())),
  );
};

describe("a small network on small patches", () => {
  let model: ImportedFixture;
  let spec: ModelSpec;
  let bytes: Uint8Array;

  beforeAll(async () => {
    model = await importOracle(ORACLE_CASES.find(({ family, name }) => family === "nsr" && /x2/.test(name))!);
    spec = {
      ...model.spec,
      context: { ...(model.spec.context as PatchRule & { kind: "patch"; region: never }), ...SMALL },
    };
    bytes = await encoded(compile(spec, model.weights, { context: "patch" }).model);
  });

  it.each([
    ["just below", 1, 19, 20],
    ["just below, the other way", 2, 31, 19],
    ["just at the limit", 1, 20, 20],
    ["odd, not square", 1, 33, 22],
    ["several pictures", 3, 23, 27],
  ])("equals the reference: %s", async (_, batch, height, width) => {
    const x = pictures(batch, spec.inputs[0]!.shape[1] as number, height, width);
    const [result] = await runGraph(bytes, [new Map([["x", x]])]);
    const graph = referenceGraph(spec, model.weights, { context: "patch" });
    const expected = (await evaluate(graph, new Map([["x", x]]))).get(graph.outputs[0]!.value)!;
    expect(relativeError(result!.get("y")!, expected)).toBeLessThanOrEqual(RELATIVE);
  });

  it.each(["cpu", "webgpu"] as const)("equals it at fixed sizes for %s", async (target) => {
    const x = pictures(2, spec.inputs[0]!.shape[1] as number, 21, 26);
    const options = { context: "patch", batch: 2, height: 21, width: 26, target } as const;
    const [result] = await runGraph(await encoded(compile(spec, model.weights, options).model), [new Map([["x", x]])]);
    const [open] = await runGraph(bytes, [new Map([["x", x]])]);
    expect(relativeError(result!.get("y")!, open!.get("y")!)).toBeLessThanOrEqual(RELATIVE);
  });

  it("computes no size where all are fixed, and the same result", async () => {
    const [channels, height, width] = [spec.inputs[0]!.shape[1] as number, 33, 22];
    const { model: fixed } = compile(spec, model.weights, { context: "patch", batch: 1, height, width });
    const operators = new Set(
      fixed.graph.node.filter(({ name = "" }) => /\/(patches|blend)\//.test(name)).map(({ op_type }) => op_type),
    );
    for (const operator of ["Shape", "Range", "Min", "Max", "Div", "Less", "Equal", "Cast", "Concat"])
      expect(operators).not.toContain(operator);
    const x = new Map([["x", pictures(1, channels, height, width)]]);
    expect(await runGraph(await encoded(fixed), [x])).toEqual(await runGraph(bytes, [x]));
  });

  it("differs from the whole picture's", async () => {
    const x = pictures(1, spec.inputs[0]!.shape[1] as number, 24, 24);
    const whole = await encoded(compile(spec, model.weights).model);
    const feeds = [new Map([["x", x]])];
    const [a] = await runGraph(bytes, feeds);
    const [b] = await runGraph(whole, feeds);
    expect(absoluteError(a!.get("y")!, b!.get("y")!)).toBeGreaterThan(1e-4);
  });

  const refused = (context: object): readonly string[] => {
    try {
      compile({ ...spec, context: { ...spec.context, ...context } } as ModelSpec, model.weights, { context: "patch" });
      return [];
    } catch (cause) {
      return (cause as SmxcError).diagnostics.map(({ code }) => code);
    }
  };

  it("refuses contexts that cannot be", () => {
    expect(refused({})).toEqual([]);
    expect(refused({ stride: 9 })).toEqual(["context/rule"]);
    expect(refused({ frame: 6 })).toEqual(["context/rule"]);
    expect(refused({ borderWeight: 0 })).toEqual(["context/rule"]);
    expect(refused({ wholeBelow: 11, region: { from: "center", to: "bodi" } })).toEqual([
      "context/rule",
      "context/no-value",
      "context/no-value",
    ]);
    expect(refused({ region: { from: "sum", to: "body.0" } })).toEqual(["context/empty-region"]);
    expect(refused({ region: { from: "body.0", to: "sum" } })).toEqual(["context/region-reads"]);
    expect(refused({ region: { from: "centre", to: "body.1.body.1" } })).toContain("context/region-leaks");
    expect(refused({ region: { from: "centre", to: "y" } })).toEqual(["context/region-shape"]);
  });

  it("refuses patches of a document without them", () => {
    const { context: _, ...none } = spec;
    expect(() => compile(none, model.weights, { context: "patch" })).toThrow(/no context of kind "patch"/);
  });
});

describe("the grid of patches", () => {
  const rules = fc
    .record({
      inner: fc.integer({ min: 1, max: 20 }),
      frame: fc.integer({ min: 0, max: 4 }),
      less: fc.integer({ min: 0, max: 19 }),
      more: fc.integer({ min: 0, max: 30 }),
    })
    .map(({ inner, frame, less, more }): PatchRule => {
      const patch = inner + 2 * frame;
      return { patch, frame, stride: Math.max(1, inner - less), borderWeight: 0.3, wholeBelow: patch + more };
    });

  it("covers every pixel, and lies inside the picture", () => {
    const sides = fc.integer({ min: 1, max: 80 });
    fc.assert(
      fc.property(rules, sides, sides, (rule, height, width) => {
        const { rows, columns, patches } = patchGrid(rule, height, width);
        const covered = new Uint8Array(height * width);
        for (const { row, column } of patches) {
          expect(row >= 0 && row + rows.inner <= height && column >= 0 && column + columns.inner <= width).toBe(true);
          for (let i = 0; i < rows.inner; i++)
            covered.fill(1, (row + i) * width + column, (row + i) * width + column + columns.inner);
        }
        expect(covered.every(Boolean)).toBe(true);
      }),
    );
  });
});

describe.each(["nsr-x2", "nsr-x3", "nsr-denoise25", "nsr-jpeg10"])("%s", (name) => {
  it("gives PyTorch's output of the published patch evaluation", async () => {
    const config = new Map(Object.entries(readJson<Record<string, number>>("models", name, "info.json")));
    const model = await importStore(await openFixture("models", name, "checkpoint.pt"), { config });
    const io = await readTensors("models", name, "patch.safetensors");
    const bytes = await encoded(compile(model.spec, model.weights, { context: "patch" }).model);
    const [result] = await runGraph(bytes, [new Map([["x", io.get("x")!]])]);
    expect(absoluteError(result!.get("y")!, io.get("y")!)).toBeLessThanOrEqual(PHOTOGRAPH);
  });
});
