/** Another routing for a block: where it is allowed it computes the paper's formula, elsewhere it says why not. */
import { describe, expect, it } from "vitest";
import { SmxcError } from "../../src/base/diagnostics.js";
import { compile, prepareGraph } from "../../src/compile.js";
import { buildGraph } from "../../src/frontends/document/build.js";
import { retarget } from "../../src/frontends/document/retarget.js";
import { ROUTING_MODES, type RoutingMode } from "../../src/frontends/document/routing-modes.js";
import { evaluate } from "../../src/ir/evaluate.js";
import { type DenseTensor, dense } from "../../src/ir/ops/dense-tensor.js";
import { absoluteError, encoded, runGraph } from "../support/sessions.js";
import { type Model, type ModelParts, model, type TensorValues, tensor, valuesOf } from "./layers/model.js";
import { Block } from "./retarget/block.js";

const [K, C, HIDDEN, OUT] = [3, 4, 2, 6];

const TENSORS = valuesOf({
  w1: [K * HIDDEN, C, 3, 3],
  w2: [K * OUT, HIDDEN, 3, 3],
  b1: [K * HIDDEN],
  b2: [K * OUT],
  "mlp.weight": [K, C],
  "mlp.bias": [K],
  "mlp2.weight": [K, C],
  "mlp2.bias": [K],
  "mlp3.weight": [K, HIDDEN],
  "mlp3.bias": [K],
  "wide.weight": [2 * K, C],
  "wide.bias": [2 * K],
});
const X = tensor(valuesOf({ x: [2, C, 5, 4] }, 7).x!);
const NAMES = { w1: "w1", w2: "w2", b1: "b1", b2: "b2" };

/** A stronger router than random weights make: the groups are told apart. */
const router = (name: string, fields: object = {}, weights = "mlp") => ({
  name,
  op: "route",
  in: "x",
  mlp: ["linear"],
  weights: { "mlp.0": weights },
  experts: K,
  temperature: 0.1,
  ...fields,
});

const block = (mode: string, fields: object = {}) => ({
  name: "y",
  op: "sparse_block",
  in: "x",
  mode,
  experts: K,
  hidden: HIDDEN,
  out: OUT,
  kernel: 3,
  pad: 1,
  bias: true,
  weights: NAMES,
  ...fields,
});

const document = (layers: ModelParts["layers"], more: Partial<ModelParts> = {}): Model =>
  model({ layers, inputs: { x: ["N", C, "H", "W"] }, tensors: TENSORS, ...more });

/** Every way in which a block can be written. */
const SOURCES: Readonly<Record<string, ModelParts["layers"]>> = {
  dense: [block("dense")],
  hard: [router("b", { normalise: "argmax" }), block("hard", { beta: "b" })],
  exact: [router("b"), block("exact", { beta: "b" })],
  "merged with √β": [router("b", { power: 0.5 }), block("merged", { beta: "b" })],
  "merged with β": [router("b"), block("merged", { beta: "b" })],
  "merged with two β": [router("b"), router("b2", {}, "mlp2"), block("merged", { beta: "b", beta2: "b2" })],
  "merged with β from the hidden features": [
    router("b"),
    block("merged", { beta: "b", beta2: { mlp: ["linear"], weights: { "mlp.0": "mlp3" } } }),
  ],
  "merged with cardinals": [router("b", { cardinals: 2 }, "wide"), block("merged", { beta: "b" })],
};

const TWO = /its two convolutions each have a β/;

/** Why a source has no form of a mode; undefined where it has one. */
const REFUSALS: Readonly<Record<string, Partial<Record<RoutingMode, RegExp>>>> = {
  dense: { hard: /no router/, exact: /no router/, merged: /no router/ },
  "merged with two β": { hard: TWO, exact: TWO },
  "merged with β from the hidden features": { hard: TWO, exact: TWO },
  "merged with cardinals": { exact: /more than one cardinal/ },
};

const paper = new Block({ experts: K, hidden: HIDDEN, out: OUT }, TENSORS, (row) => softmax(row, TENSORS));

function softmax(mean: readonly number[], values: TensorValues): readonly number[] {
  const { data: weight } = values["mlp.weight"]!;
  const { data: bias } = values["mlp.bias"]!;
  const logits = bias.map((b, e) => (b + mean.reduce((sum, m, c) => sum + m * weight[e * C + c]!, 0)) / 0.1);
  const exponentials = logits.map((z) => Math.exp(z - Math.max(...logits)));
  return exponentials.map((value) => value / exponentials.reduce((a, b) => a + b));
}

/** The paper's formulas, by the mode that computes them. */
const FORMULAS: Readonly<Record<RoutingMode, (x: DenseTensor) => DenseTensor>> = {
  dense: (x) => paper.dense(x),
  hard: (x) => paper.hard(x),
  exact: (x) => paper.exact(x),
  merged: (x) => paper.merged(x),
};

const PAIRS = Object.keys(SOURCES).flatMap((source) => ROUTING_MODES.map((mode) => ({ source, mode })));

async function outputOf({ spec, weights }: Model, routing: RoutingMode | undefined): Promise<DenseTensor> {
  const { graph } = buildGraph(routing === undefined ? spec : retarget(spec, routing), weights);
  return (await evaluate(graph, new Map([["x", X]]))).get("y")!;
}

const allowed = PAIRS.filter(({ source, mode }) => REFUSALS[source]?.[mode] === undefined);
/** Blocks that are merged already stay as they are: the paper has several ways to merge. */
const changed = allowed.filter(({ source, mode }) => !(mode === "merged" && source.startsWith("merged")));

describe("an allowed mode computes the paper's formula", () => {
  // Hard choices of several cardinals choose groups apart, which the formula for one choice does not say.
  it.each(changed.filter(({ source, mode }) => !(source === "merged with cardinals" && mode === "hard")))(
    "$source as $mode",
    async ({ source, mode }) => {
      const y = await outputOf(document(SOURCES[source]!), mode);
      expect(absoluteError(y, FORMULAS[mode](X))).toBeLessThanOrEqual(1e-12);
    },
  );

  it.each(["hard", "exact", "dense"] as const)("a block that is %s stays so without a mode", async (mode) => {
    expect(absoluteError(await outputOf(document(SOURCES[mode]!), undefined), FORMULAS[mode](X))).toBeLessThanOrEqual(
      1e-12,
    );
  });

  it.each(Object.keys(SOURCES).filter((source) => source.startsWith("merged")))("%s stays as it is", async (source) => {
    const { spec } = document(SOURCES[source]!);
    expect(retarget(spec, "merged")).toEqual(spec);
  });

  it("the modes differ, so that the formulas are told apart", () => {
    const results = ROUTING_MODES.map((mode) => FORMULAS[mode](X));
    for (const [i, a] of results.entries())
      for (const b of results.slice(i + 1)) expect(absoluteError(a, b)).toBeGreaterThan(0.05);
  });
});

describe("a mode that the mathematics does not allow", () => {
  const refused = PAIRS.filter(({ source, mode }) => REFUSALS[source]?.[mode] !== undefined);

  it.each(refused)("$source as $mode says why", ({ source, mode }) => {
    const layers = SOURCES[source]!;
    expect(diagnostics(() => retarget(document(layers).spec, mode))).toEqual([
      {
        code: "routing/not-allowed",
        severity: "error",
        message: expect.stringMatching(REFUSALS[source]![mode]!),
        pointer: `/layers/${layers.length - 1}`,
        hint: expect.stringContaining("--routing dynamic"),
      },
    ]);
  });

  it.each([
    ["sigmoid", "exact", /normalised by sigmoid, not over the groups/],
    ["identity", "merged", /normalised by identity/],
  ] as const)("a β of %s has no %s form", (normalise, mode, reason) => {
    const source = mode === "exact" ? "merged" : "exact";
    const { spec } = document([router("b", { normalise }), block(source, { beta: "b" })]);
    expect(diagnostics(() => retarget(spec, mode))[0]!.message).toMatch(reason);
  });

  it("a β from outside is no router's", () => {
    const layers = [block("merged", { beta: "outside" })];
    const { spec } = document(layers, { inputs: { x: ["N", C, "H", "W"], outside: ["N", K, 1] } });
    expect(diagnostics(() => retarget(spec, "exact"))[0]!.message).toMatch(/not the result of a router/);
  });

  it("all blocks are told together", () => {
    const { spec } = document([block("dense", { name: "a" }), block("dense")]);
    const found = diagnostics(() => retarget(spec, "hard"));
    expect(found.map(({ pointer }) => pointer)).toEqual(["/layers/0", "/layers/1"]);
  });

  it("a model without blocks has none to re-target", () => {
    const { spec } = document([{ name: "y", op: "relu", in: "x" }]);
    expect(diagnostics(() => retarget(spec, "exact"))).toMatchObject([
      { code: "routing/no-blocks", pointer: "/layers", hint: expect.stringContaining("no layers with a router") },
    ]);
    const mixed = document([router("b"), mixConv({ beta: "b" })]);
    expect(diagnostics(() => retarget(mixed.spec, "merged"))).toMatchObject([
      { code: "routing/no-blocks", hint: expect.stringContaining("if β is a softmax, hard") },
    ]);
  });
});

const mixConv = (fields: object) => ({
  name: "y",
  op: "mix_conv",
  in: "x",
  out: HIDDEN,
  kernel: 3,
  pad: 1,
  bias: false,
  weights: { weight: "w1" },
  ...fields,
});

describe("a plain mixed convolution", () => {
  it.each([
    ["with β", { beta: "b" }],
    ["with one factor", { factors: [{ beta: "b" }] }],
  ])("%s takes hard: the kernel of the largest β", async (_, fields) => {
    const y = await outputOf(document([router("b"), mixConv(fields)]), "hard");
    expect(absoluteError(y, paper.firstOfChosen(X))).toBeLessThanOrEqual(1e-12);
  });

  it.each([
    ["several factors", { factors: [{ beta: "b" }, { beta: "b2", over: "in" }] }, /product of several factors/],
    ["weights that are no alternatives", { beta: "s" }, /experts are not alternatives/],
    ["weights from outside", { beta: "outside" }, /not the result of a router/],
  ])("%s cannot choose", (_, fields, reason) => {
    const layers = [router("b"), router("b2", {}, "mlp2"), router("s", { normalise: "sigmoid" }), mixConv(fields)];
    const { spec } = document(layers, { inputs: { x: ["N", C, "H", "W"], outside: ["N", K, 1] } });
    expect(diagnostics(() => retarget(spec, "hard"))[0]!.message).toMatch(reason);
  });
});

describe("a router that others read too", () => {
  const shared = document([
    router("b"),
    mixConv({ name: "m", beta: "b" }),
    block("exact", { beta: "b" }),
    { name: "z", op: "concat", in: ["m", "y"] },
  ]);

  it("keeps their weights: the block gets a changed copy", async () => {
    const { spec, weights } = shared;
    const [before, after] = await Promise.all(
      [spec, retarget(spec, "merged")].map(async (each) =>
        evaluate(buildGraph(each, weights).graph, new Map([["x", X]])),
      ),
    );
    expect(absoluteError(after!.get("m")!, before!.get("m")!)).toBe(0);
    expect(absoluteError(after!.get("y")!, paper.merged(X))).toBeLessThanOrEqual(1e-12);
  });

  it("chooses for all of them at once under hard", () => {
    const routers = retarget(shared.spec, "hard").layers.filter(({ op }) => op === "route");
    expect(routers).toMatchObject([{ name: "b", normalise: "argmax" }]);
  });

  it("has copies under names of their own", () => {
    const { spec } = document([router("b.merged"), router("b"), block("exact", { beta: "b" })], {
      outputs: ["y", "b", "b.merged"],
    });
    expect(retarget(spec, "merged").layers.map(({ name }) => name)).toEqual(["b.merged", "b", "b.merged2", "y"]);
  });
});

describe("ties", () => {
  // All logits are equal, in float32 too.
  const zeros: TensorValues = {
    ...TENSORS,
    "mlp.weight": { shape: [K, C], data: new Array(K * C).fill(0) },
    "mlp.bias": { shape: [K], data: new Array(K).fill(0.125) },
  };
  const first = (experts: number, chosen: number): DenseTensor => {
    const beta = Array.from({ length: 2 * experts }, (_, i) => (i % experts === chosen ? 1 : 0));
    return dense([2, experts, 1], beta);
  };

  it("go to the lowest index", async () => {
    const { spec, weights } = document(SOURCES.hard!, { tensors: zeros });
    const { graph } = buildGraph(spec, weights);
    expect((await evaluate(graph, new Map([["x", X]]))).get("b")).toEqual(first(K, 0));
  });

  it("between the last two go to the first of them", async () => {
    const bias = { shape: [K], data: [0, 0.5, 0.5] };
    const { spec, weights } = document(SOURCES.hard!, { tensors: { ...zeros, "mlp.bias": bias } });
    const { graph } = buildGraph(spec, weights);
    expect((await evaluate(graph, new Map([["x", X]]))).get("b")).toEqual(first(K, 1));
  });

  it.each(["gather", "direct", "grouped", "unfold"])("in ONNX Runtime too, lowering %s", async (lowering) => {
    for (const data of [
      [0.5, 0.5, 0.5],
      [0, 0.5, 0.5],
      // No tie, though their softmax is one in float32.
      [2 ** -10, 2 ** -10 + 2 ** -33, 2 ** -10],
    ]) {
      const bias = { shape: [K], data };
      const { spec, weights } = document(SOURCES.hard!, { tensors: { ...zeros, "mlp.bias": bias } });
      const graph = prepareGraph(spec, weights);
      const expected = (await evaluate(graph, new Map([["x", X]]))).get("y")!;
      for (const batch of ["dynamic", 2] as const) {
        const { model: onnx } = compile(spec, weights, { lowering, batch });
        const [result] = await runGraph(await encoded(onnx), [new Map([["x", X]])]);
        expect(absoluteError(result!.get("y")!, expected), `batch ${batch}`).toBeLessThanOrEqual(1e-5);
      }
    }
  });

  it("are gathered, sample by sample", () => {
    const { spec, weights } = document(SOURCES.hard!);
    const { model: onnx } = compile(spec, weights);
    const scan = onnx.graph.node.find(({ op_type }) => op_type === "Scan")!;
    const body = scan.attribute.find(({ name }) => name === "body")!.g!;
    const ops = body.node.map(({ op_type }) => op_type);
    expect(ops.filter((op) => op === "Gather")).toHaveLength(4);
    expect(ops).not.toContain("MatMul");
  });
});

function diagnostics(work: () => unknown): SmxcError["diagnostics"] {
  try {
    work();
  } catch (cause) {
    if (cause instanceof SmxcError) return cause.diagnostics;
    throw cause;
  }
  throw new Error("nothing was refused");
}
