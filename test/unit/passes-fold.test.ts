/** The passes that fold: each keeps what the graph computes, and does its work where that is exact, only there. */
import { describe, expect, it, test } from "vitest";
import { referenceGraph } from "../../src/compile.js";
import type { FoldOptions } from "../../src/compile-options.js";
import { buildGraph } from "../../src/frontends/document/build.js";
import type { Graph } from "../../src/ir/graph.js";
import { absorbConstantFactors } from "../../src/passes/absorb-constant-factors.js";
import { foldAffines } from "../../src/passes/fold-affines.js";
import { foldConstants } from "../../src/passes/fold-constants.js";
import { PASSES } from "../../src/passes/index.js";
import { mergeConstantMixtures } from "../../src/passes/merge-constant-mixtures.js";
import type { Pass } from "../../src/passes/pass.js";
import { removeDeadNodes } from "../../src/passes/remove-dead-nodes.js";
import { runPasses } from "../../src/passes/run.js";
import { compareValues } from "../../src/verify/compare.js";
import {
  affine,
  BETAS,
  conv,
  document,
  EXACT,
  expectSame,
  GATE,
  GATED,
  type Layer,
  MIXED,
  opsOf,
  PLAIN,
  ROUTER,
  tensors,
  WEIGHTS,
} from "./passes-fold/networks.js";

interface Case {
  readonly what: string;
  readonly pass: Pass;
  readonly layers: readonly Layer[];
  readonly outputs?: readonly string[];
  readonly fold?: FoldOptions;
  /** Operators that are left; absent where the pass has nothing to do. */
  readonly left?: readonly string[];
}

const CASES: readonly Case[] = [
  {
    what: "what reads the input is not constant",
    pass: foldConstants,
    layers: [conv("a", "x"), { name: "y", op: "relu", in: "a" }],
  },
  {
    what: "the root of a frozen β is computed",
    pass: foldConstants,
    layers: [{ ...ROUTER, power: 0.5 }, MIXED],
    outputs: ["mix"],
    fold: { betas: BETAS },
    left: ["mix_conv"],
  },
  {
    what: "a shift before a convolution without padding goes into its bias",
    pass: foldAffines,
    layers: [affine("c", "x", { shift: -0.4 }), conv("y", "c", { weights: { weight: "a.weight", bias: "a.bias" } })],
    left: ["conv"],
  },
  {
    what: "a shift before zero padding stays: a border of zeros is not one of shifts",
    pass: foldAffines,
    layers: [
      affine("c", "x", { shift: -0.4 }),
      conv("y", "c", { pad: 1, weights: { weight: "a.weight", bias: "a.bias" } }),
    ],
  },
  {
    what: "a scale before zero padding goes into the kernel",
    pass: foldAffines,
    layers: [
      affine("c", "x", { scale: 255 }),
      conv("y", "c", { pad: 1, weights: { weight: "a.weight", bias: "a.bias" } }),
    ],
    left: ["conv"],
  },
  {
    what: "a shift that two convolutions read stays where one of them pads",
    pass: foldAffines,
    layers: [
      affine("c", "x", { shift: 0.5 }),
      conv("a", "c"),
      conv("d", "c", { pad: 2, dilation: 2, weights: { weight: "a.weight" }, bias: false }),
    ],
    outputs: ["a", "d"],
  },
  {
    what: "a scale that two convolutions read goes into both",
    pass: foldAffines,
    layers: [
      affine("c", "x", { scale: 2 }),
      conv("a", "c"),
      conv("d", "c", { pad: 2, weights: { weight: "a.weight" }, bias: false }),
    ],
    outputs: ["a", "d"],
    left: ["conv", "conv"],
  },
  {
    what: "an affine map that is an output stays",
    pass: foldAffines,
    layers: [affine("c", "x", { scale: 2 }), conv("a", "c", { pad: 1 })],
    outputs: ["a", "c"],
  },
  {
    what: "an affine map after a convolution goes into it",
    pass: foldAffines,
    layers: [conv("a", "x", { pad: 1 }), affine("y", "a", { scale: -3, shift: 0.4 })],
    left: ["conv"],
  },
  {
    what: "a convolution without bias gets one",
    pass: foldAffines,
    layers: [conv("a", "x", { pad: 1, bias: false }), affine("y", "a", { shift: 0.4 })],
    left: ["conv"],
  },
  {
    what: "a shift does not pass a sum of a value with itself, which would double it",
    pass: foldAffines,
    layers: [conv("a", "x"), { name: "d", op: "add", in: ["a", "a"] }, affine("y", "d", { shift: 0.4 })],
  },
  {
    what: "a shift passes an addition and a pixel shuffle on its way back",
    pass: foldAffines,
    layers: [
      conv("a", "x", { pad: 1 }),
      conv("d", "x", { pad: 1, weights: { weight: "a.weight" }, bias: false }),
      { name: "sum", op: "add", in: ["a", "d"] },
      { name: "shuffle", op: "pixel_shuffle", in: "sum", scale: 2 },
      affine("y", "shuffle", { shift: 0.4 }),
    ],
    left: ["conv", "conv", "add", "pixel_shuffle"],
  },
  {
    what: "a scale does not pass an addition, of which it would scale one side only",
    pass: foldAffines,
    layers: [conv("a", "x", { pad: 1 }), { name: "sum", op: "add", in: ["a", "a"] }, affine("y", "sum", { scale: 2 })],
  },
  {
    what: "an affine map after a convolution that others read stays",
    pass: foldAffines,
    layers: [conv("a", "x", { pad: 1 }), affine("c", "a", { shift: 1 }), { name: "y", op: "add", in: ["a", "c"] }],
  },
  {
    what: "a mixture with constant weights becomes a convolution",
    pass: mergeConstantMixtures,
    layers: [ROUTER, MIXED],
    outputs: ["mix"],
    fold: { betas: BETAS },
    left: ["conv"],
  },
  {
    what: "a mixture whose weights come from the input stays",
    pass: mergeConstantMixtures,
    layers: [ROUTER, MIXED],
    outputs: ["mix"],
  },
  ...[
    { bias: undefined, named: "and that of biases" },
    { bias: "plain", named: "and leaves a plain bias" },
    { bias: false, named: "without bias" },
  ].map(
    ({ bias, named }): Case => ({
      what: `one constant factor of two is multiplied into the bank ${named}`,
      pass: absorbConstantFactors,
      layers: [ROUTER, GATE, { ...GATED, ...(bias === undefined ? {} : { bias }), ...(bias === "plain" ? PLAIN : {}) }],
      outputs: ["mix"],
      fold: { betas: BETAS, layers: ["mix"] },
      left: ["route", "mix_conv"],
    }),
  ),
  {
    what: "factors that all depend on the input stay",
    pass: absorbConstantFactors,
    layers: [ROUTER, GATE, GATED],
    outputs: ["mix"],
  },
  {
    what: "factors that are all constant are left to the merge",
    pass: absorbConstantFactors,
    layers: [ROUTER, { ...MIXED, factors: [{ beta: "mix.beta" }, { beta: "mix.beta" }], beta: undefined }],
    outputs: ["mix"],
    fold: { betas: BETAS },
  },
];

describe("the pass", () => {
  it.each(CASES.map((row) => [`${row.pass.name}: ${row.what}`, row] as const))("%s", async (_what, row) => {
    const { pass, layers, outputs, fold, left } = row;
    const before = referenceGraph(document(layers, outputs), WEIGHTS, fold ? { fold } : {});
    const after = runPasses(before, [pass]);
    if (left === undefined) expect(after).toBe(before);
    else {
      expect(after).not.toBe(before);
      expect(opsOf(after)).toEqual(left);
    }
    await expectSame(before, after);
    expect(runPasses(after, [pass]), "a second run finds nothing to do").toBe(after);
  });
});

test("what no output reads is dropped: nodes, constants and the β of routers", async () => {
  const layers = [conv("a", "x"), ROUTER, MIXED, { name: "y", op: "relu", in: "a" }];
  const { graph: before } = buildGraph(document(layers), WEIGHTS);
  expect(before.betas).toHaveLength(1);
  const after = runPasses(before, [removeDeadNodes]);
  expect(opsOf(after)).toEqual(["conv", "activation"]);
  expect([...after.constants.keys()]).toEqual(["a.weight", "a.bias"]);
  expect(after.betas).toEqual([]);
  await expectSame(before, after);
  expect(runPasses(after, [removeDeadNodes])).toBe(after);
});

test("a frozen router shows no β any more, the others do", () => {
  const spec = document([ROUTER, GATE, GATED], ["mix"]);
  const names = (graph: Graph) => graph.outputs.map(({ name }) => name);
  expect(names(referenceGraph(spec, WEIGHTS, { exposeBeta: true }))).toEqual(["mix", "beta.mix", "beta.gate"]);
  const partly = referenceGraph(spec, WEIGHTS, { exposeBeta: true, fold: { betas: BETAS, layers: ["mix"] } });
  expect(names(partly)).toEqual(["mix", "beta.gate"]);
  expect(partly.betas.map(({ name }) => name)).toEqual(["beta.gate"]);
});

test("constant factors are gone from the convolution that absorbed them, and its bank has a name of its own", () => {
  const fold = { betas: BETAS, layers: ["mix"] };
  const before = referenceGraph(document([ROUTER, GATE, GATED], ["mix"]), WEIGHTS, { fold });
  const mixed = runPasses(before, [absorbConstantFactors]).nodes.at(-1)!;
  expect(mixed.inputs).toEqual(["x", "mix.weight.absorbed", "mix.bias.absorbed", "gate"]);
});

describe("all passes together", () => {
  const LAYERS: readonly Layer[] = [
    affine("centre", "x", { shift: -0.5 }),
    conv("a", "centre", { pad: 1 }),
    { ...ROUTER, in: "a" },
    { ...MIXED, in: "a" },
    { name: "relu", op: "relu", in: "mix" },
    { name: "sum", op: "add", in: ["relu", "a"] },
    conv("b", "sum", { pad: 1 }),
    affine("y", "b", { shift: 0.5 }),
  ];
  const STORE = tensors({
    "a.weight": [4, 3, 3, 3],
    "a.bias": [4],
    "b.weight": [3, 4, 3, 3],
    "b.bias": [3],
    "mix.weight": [8, 4, 3, 3],
    "mix.bias": [8],
    "mix.mlp.weight": [4, 4],
    "mix.mlp.bias": [4],
  });

  it("leave of a folded network its convolutions, and of its constants those that they read", async () => {
    const before = referenceGraph(document(LAYERS), STORE, { fold: { betas: BETAS } });
    const after = runPasses(before, PASSES);
    expect(opsOf(after)).toEqual(["affine", "conv", "conv", "activation", "add", "conv"]);
    const read = after.nodes.flatMap((node) => node.inputs);
    expect([...after.constants.keys()].filter((name) => !read.includes(name))).toEqual([]);
    expect(after.constants.size).toBe(6);
    await expectSame(before, after);
  });

  it("compute the folded kernel in float64, once it is read", async () => {
    const after = runPasses(referenceGraph(document(LAYERS), STORE, { fold: { betas: BETAS } }), PASSES);
    const merged = after.nodes.find((node) => node.name === "mix")!;
    const kernel = await after.constants.get(merged.inputs[1]!)!.read();
    const bank = await STORE.tensors.get("mix.weight")!.read();
    const rows = BETAS.get("beta.mix")!;
    const row = 4 * 9;
    const expected = Float64Array.from({ length: 4 * row }, (_, i) => {
      const cardinal = Math.floor(i / row / 2);
      return rows[0]![cardinal]! * bank[i]! + rows[1]![cardinal]! * bank[4 * row + i]!;
    });
    expect(compareValues(expected, kernel, EXACT)).toMatchObject({ passed: true });
  });

  it("leave a network without anything to fold as it is", () => {
    const before = referenceGraph(document([conv("a", "x"), { name: "y", op: "relu", in: "a" }]), WEIGHTS);
    expect(runPasses(before, PASSES)).toBe(before);
  });
});
