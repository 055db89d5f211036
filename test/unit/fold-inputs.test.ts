/** A fold that is given an input of the graph in place of the β that it decides. */
import { describe, expect, it } from "vitest";
import { SmxcError } from "../../src/base/diagnostics.js";
import { compile, referenceGraph } from "../../src/compile.js";
import { evaluate } from "../../src/ir/evaluate.js";
import type { BetaTable } from "../../src/passes/given-betas.js";
import { importOracle, ORACLE_CASES, readTensors } from "../support/fixtures.js";
import { encoded, relativeError, rowOf, runGraph } from "../support/sessions.js";
import { model, valuesOf } from "./layers/model.js";

const folding = (table: Readonly<Record<string, readonly (readonly number[])[]>>): { readonly betas: BetaTable } => ({
  betas: new Map(Object.entries(table)),
});

describe.each(["modulated-conv", "modulated-conv-plain"])("%s with its style held", (name) => {
  it("has no router left, and computes what PyTorch computed with that style", async () => {
    const { spec, weights } = await importOracle(ORACLE_CASES.find((each) => each.name === name)!);
    const io = await readTensors("oracle", name, "io.safetensors");
    const sample = new Map([...io].map(([key, value]) => [key, rowOf(value, value.shape[0]! - 1)]));
    const { model: onnx } = compile(spec, weights, { fold: folding({ style: [[...sample.get("style")!.data]] }) });
    expect(onnx.graph.node.map(({ op_type }) => op_type)).toEqual(["Conv"]);
    const feeds = new Map(["x", "style"].map((key) => [key, sample.get(key)!]));
    const [result] = await runGraph(await encoded(onnx), [feeds]);
    expect(relativeError(result!.get("y")!, sample.get("y")!)).toBeLessThanOrEqual(1e-5);
  });
});

describe("a router behind layers on an input", () => {
  const { spec, weights } = model({
    inputs: { x: ["N", 3, "H", "W"], v: ["N", 4] },
    layers: [
      { name: "h", op: "linear", in: "v", out: 5 },
      { name: "r", op: "tanh", in: "h" },
      { name: "b", op: "route", in: "r", mlp: ["linear"], experts: 2 },
      { name: "a", op: "mix_conv", in: "x", beta: "b", out: 3, kernel: 1, bias: false },
      { name: "c", op: "route", in: "a", mlp: ["linear"], experts: 2 },
      { name: "y", op: "mix_conv", in: "a", beta: "c", out: 3, kernel: 1, bias: false },
    ],
    tensors: valuesOf({
      "h.weight": [5, 4],
      "h.bias": [5],
      "b.mlp.0.weight": [2, 5],
      "b.mlp.0.bias": [2],
      "a.weight": [6, 3, 1, 1],
      "c.mlp.0.weight": [2, 3],
      "c.mlp.0.bias": [2],
      "y.weight": [6, 3, 1, 1],
    }),
  });
  const v = [[0.5, -1, 2, 0.25]];

  it("is decided by it; the others are given", async () => {
    const fold = folding({ v, "beta.c": [[0.25], [0.75]] });
    const graph = referenceGraph(spec, weights, { fold });
    expect(graph.nodes.filter(({ op }) => op === "route")).toEqual([]);
    const dynamic = referenceGraph(spec, weights);
    const values = await evaluate(
      dynamic,
      new Map(Object.entries({ x: X, v: { shape: [1, 4], data: Float64Array.from(v[0]!) } })),
    );
    const [key] = dynamic.betas.map(({ value }) => value);
    const frozen = await graph.constants.get(key!)!.read();
    expect([...frozen]).toEqual([...values.get(key!)!.data]);
  });

  it.each([
    ["which it does not decide", { v }, ["fold/missing-beta beta.c"]],
    ["of another width", { v: [[1, 2]], "beta.c": [[1], [0]] }, ["fold/misshapen-input v"]],
    ["that is no number", { v: [[1, 2, 3, Number.NaN]], "beta.c": [[1], [0]] }, ["fold/beta-not-finite v"]],
    ["that is a picture", { v, x: [[1, 2, 3]], "beta.c": [[1], [0]] }, ["fold/unknown-beta x"]],
  ])("refuses a value %s", (_, table, expected) => {
    let found: readonly string[] = [];
    try {
      referenceGraph(spec, weights, { fold: folding(table) });
    } catch (cause) {
      if (!(cause instanceof SmxcError)) throw cause;
      found = cause.diagnostics.map(({ code, place }) => `${code} ${place}`);
    }
    expect(found).toEqual(expected);
  });
});

const X = { shape: [1, 3, 2, 2], data: Float64Array.from({ length: 12 }, (_, i) => Math.sin(i)) };
