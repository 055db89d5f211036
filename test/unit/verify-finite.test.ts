/** Values that are not finite are found, and the first layer that has them is named. */
import { afterAll, describe, expect, it } from "vitest";
import { compile } from "../../src/compile.js";
import { RoutesStudy } from "../../src/routes/study.js";
import type { Session } from "../../src/sessions/session.js";
import { createNodeSession } from "../../src/sessions/session-ort-node.js";
import { notFiniteWeights } from "../../src/verify/finite.js";
import { firstOverflow } from "../../src/verify/first-overflow.js";
import { smallProblems } from "../../src/verify/problems.js";
import { TOLERANCES } from "../../src/verify/tolerances.js";
import { compareWithReference } from "../../src/verify/verify.js";
import { all, type Change, changedNetwork, put, scale } from "../support/changed-network.js";
import { encoded } from "../support/sessions.js";
import { model, valuesOf } from "./layers/model.js";

const opened: Session[] = [];
afterAll(async () => {
  for (const session of opened) await session.release();
});

const open = async (bytes: Uint8Array): Promise<Session> => {
  const session = await createNodeSession({ name: "graph", bytes }, { target: "cpu", threads: 1 });
  opened.push(session);
  return session;
};

async function comparedAfter(change: Change) {
  const { spec, weights } = await changedNetwork(change);
  const { reference, model: onnx } = compile(spec, weights, {});
  const problems = smallProblems(reference, 1);
  const session = await open(await encoded(onnx));
  const { results } = await compareWithReference(reference, session, problems, TOLERANCES);
  return { reference, problem: problems[0]!, result: results[0]! };
}

describe("weights", () => {
  it("that are not finite are named in the order of the layers, with how many values and who reads them", async () => {
    const change = all(put("body.3.bias", Number.NEGATIVE_INFINITY), (name, values) =>
      name === "body.0.bias" ? values.map(() => Number.NaN) : undefined,
    );
    const { spec, weights } = await changedNetwork(change);
    const found = await notFiniteWeights(compile(spec, weights, {}).reference);
    expect(found).toEqual([
      { tensor: "body.0.bias", layer: "body.0", count: expect.any(Number) },
      { tensor: "body.3.bias", layer: "body.3", count: 1 },
    ]);
    expect(found[0]!.count).toBeGreaterThan(1);
  });

  it("beyond float32, which a document of float64 tensors may hold, count too", async () => {
    const { spec, weights } = model({
      inputs: { x: ["N", 1, "H", "W"] },
      layers: [{ name: "y", op: "conv", in: "x", out: 1, kernel: 1, bias: false }],
      tensors: { "y.weight": { shape: [1, 1, 1, 1], data: [1e39] } },
    });
    expect(await notFiniteWeights(compile(spec, weights, {}).reference)).toEqual([
      { tensor: "y.weight", layer: "y", count: 1 },
    ]);
  });
});

describe("a comparison", () => {
  it("of NaN with NaN fails, and names the first layer", async () => {
    const { result } = await comparedAfter(put("body.0.bias", Number.NaN));
    expect(result).toMatchObject({ passed: false, overflow: { layer: "body.0", value: Number.NaN } });
    expect(result.notFinite.expected).toBeGreaterThan(0);
    expect(result.notFinite.actual).toBeGreaterThan(0);
  });

  it("of an infinity that both sides have fails", async () => {
    const { result } = await comparedAfter(put("body.3.bias", Number.POSITIVE_INFINITY));
    expect(result).toMatchObject({ passed: false, overflow: { layer: "body.3" } });
  });

  it("of weights that are finite, but overflow on the way, names the layer that float32 cannot hold", async () => {
    const change = all(scale("body.0.weight_g", 1e20), scale("body.3.weight_g", 1e30));
    const { result } = await comparedAfter(change);
    expect(result).toMatchObject({ passed: false, overflow: { layer: "body.3" } });
    expect(Number.isFinite(result.overflow!.value)).toBe(true);
  });

  it("of values that overflow inside a layer names it by a run that shows every step", async () => {
    const { reference, problem, result } = await comparedAfter(
      all(scale("body.1.body.0.mlp.0.weight", 1e38), scale("body.0.weight_g", 1e6)),
    );
    expect(result).toMatchObject({ passed: false });
    expect(result.notFinite.actual).toBeGreaterThan(0);
    const found = await firstOverflow(reference, problem, (bytes) => createNodeSession(bytes, { target: "cpu" }));
    expect(found?.layer).toBe("body.1.body.0.beta");
  });
});

describe("outputs", () => {
  const two = () =>
    model({
      inputs: { x: ["N", 2, "H", "W"] },
      layers: [
        { name: "a", op: "conv", in: "x", out: 2, kernel: 3, pad: 1, bias: false },
        { name: "b", op: "relu", in: "a" },
      ],
      tensors: valuesOf({ "a.weight": [2, 2, 3, 3] }),
      outputs: ["a", "b"],
    });

  it("that the graph does not have are an error, not left out", async () => {
    const { spec, weights } = two();
    const { reference, model: onnx } = compile(spec, weights, {});
    const [first] = onnx.graph.output;
    const session = await open(await encoded({ ...onnx, graph: { ...onnx.graph, output: [first!] } }));
    await expect(
      compareWithReference(reference, session, smallProblems(reference, 1), TOLERANCES),
    ).rejects.toMatchObject({
      diagnostics: [{ code: "verify/missing-output", place: "b" }],
    });
  });

  it("of another shape fail, whatever their values", async () => {
    const { spec, weights } = two();
    const { reference } = compile(spec, weights, {});
    const [problem] = smallProblems(reference, 1);
    const zeros = (shape: readonly number[]) => ({ shape, data: new Float32Array(shape.reduce((a, b) => a * b, 1)) });
    const [n, c, h, w] = problem!.inputs.get("x")!.shape as [number, number, number, number];
    const session = {
      outputNames: ["a", "b"],
      run: async () =>
        new Map([
          ["a", zeros([n, c, w, h])],
          ["b", zeros([n, c, h, w])],
        ]),
    } as unknown as Session;
    const { results } = await compareWithReference(reference, session, [problem!], { absolute: 1e9, relative: 0 });
    expect(results).toMatchObject([
      { output: "a", passed: false, otherShape: [n, c, w, h] },
      { output: "b", passed: true },
    ]);
  });
});

it("β that are not finite are no study", () => {
  const study = new RoutesStudy();
  const data = Float32Array.of(0.5, 0.5, Number.NaN, 0.5);
  expect(() => study.add(new Map([["beta.a", { shape: [1, 2, 2], data }]]))).toThrow('β of layer "a"');
});
