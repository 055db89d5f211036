/** DnCNN and FDnCNN: what names and shapes tell, what is taken as usual, and what is refused. */
import { describe, expect, it } from "vitest";
import { referenceGraph } from "../../src/compile.js";
import { evaluate } from "../../src/ir/evaluate.js";
import { dense } from "../../src/ir/ops/dense-tensor.js";
import { importStore, NETWORK_CASES, openOracle, readOracle } from "../support/fixtures.js";
import { relativeError } from "../support/sessions.js";
import { attempt, changedShapes, convShapes, type Shapes, shapedStore } from "../support/shaped-store.js";

const UNITS = 4;

/** Convolutions with these numbers. */
function chain(root: string, numbers: readonly number[], input = 1, out = 1): Shapes {
  const last = numbers.length - 1;
  return Object.assign(
    {},
    ...numbers.map((number, i) => convShapes(`${root}.${number}`, i === 0 ? input : UNITS, i === last ? out : UNITS)),
  ) as Shapes;
}

const even = (convs: number): readonly number[] => Array.from({ length: convs }, (_, i) => 2 * i);

function norms(root: string, numbers: readonly number[]): Shapes {
  const parts = ["weight", "bias", "running_mean", "running_var"];
  return Object.fromEntries(numbers.flatMap((n) => parts.map((part) => [`${root}.${n}.${part}`, [UNITS]])));
}

const NORMALISED = { ...chain("model", [0, 2, 5, 8]), ...norms("model", [3, 6]) };

const layersOf = ({ imported }: ReturnType<typeof attempt>) => imported!.document.layers.map(({ name }) => name);

describe("a chain of convolutions", () => {
  it.each([
    ["numbered with its activations", even(5), ["model.8", "minus", "y"]],
    ["whose merged BatchNorms left their numbers", [0, 2, 5, 8], ["model.8", "minus", "y"]],
  ])("is a DnCNN, %s", (_, numbers, end) => {
    const read = attempt(shapedStore(chain("model", numbers)));
    expect(read.warnings).toEqual([]);
    expect(layersOf(read).slice(-3)).toEqual(end);
  });

  it("is found behind the names of wrappers, which is what it is called itself", () => {
    for (const prefix of ["module.", "netG.", "model."]) {
      const shapes = Object.entries(chain("model", even(5))).map(([name, shape]) => [`${prefix}${name}`, shape]);
      expect(attempt(shapedStore(Object.fromEntries(shapes) as Shapes)).imported?.arch, prefix).toBe("dncnn");
    }
  });

  it("of seven is a DnCNN only if that is said", () => {
    const seven = shapedStore(chain("model", even(7)));
    expect(attempt(seven).errors).toMatchObject([
      {
        code: "import/ambiguous",
        message: expect.stringContaining("IRCNN"),
        hint: expect.stringContaining("--arch dncnn"),
      },
    ]);
    expect(attempt(seven, { arch: "dncnn" }).imported?.document.layers).toHaveLength(7 + 6 + 2);
  });

  it("of seven has no such doubt with BatchNorm, with a noise map, or by the first code's names", () => {
    const numbers = [0, 2, 5, 8, 11, 14, 17];
    const normalised = { ...chain("model", numbers), ...norms("model", [3, 6, 9, 12, 15]) };
    for (const shapes of [normalised, chain("model", even(7), 2, 1), chain("dncnn", even(7))]) {
      expect(attempt(shapedStore(shapes)).imported?.arch).toBe("dncnn");
    }
  });

  it.each([
    ["FFDNet of grey pictures", chain("model", even(8), 5, 4)],
    ["FFDNet of colours", chain("model", even(8), 13, 12)],
    ["a network that enlarges", chain("model", even(5), 3, 12)],
    ["a chain with a part of its own", { ...chain("model", even(5)), "model.1.weight": [1] }],
    ["two convolutions", chain("model", even(2))],
    ["linear layers", { "model.0.weight": [4, 4], "model.2.weight": [4, 4], "model.4.weight": [4, 4] }],
  ])("is not taken for one: %s", (_, shapes) => {
    expect(attempt(shapedStore(shapes)).errors).toMatchObject([{ code: "import/unrecognised" }]);
  });

  it("may miss a tensor, which is named", () => {
    const changes = { "model.4.bias": null, "model.2.weight": [4, 5, 3, 3] };
    const { errors } = attempt(shapedStore(changedShapes(chain("model", even(5)), changes)));
    expect(errors.map(({ code, place }) => [code, place])).toEqual([
      ["import/missing-tensor", "model.4.bias"],
      ["import/misshapen-tensor", "model.2.weight"],
    ]);
  });

  it("is asked for by name of tensors that are none", () => {
    const { errors } = attempt(shapedStore({ "fc.weight": [2, 2] }), { arch: "dncnn" });
    expect(errors.map(({ code }) => code)).toContain("import/missing-tensor");
  });
});

describe("BatchNorm", () => {
  it("is used with its running statistics, and its counter is not", () => {
    const counters = ["model.3.num_batches_tracked", "model.6.num_batches_tracked"];
    const { imported, warnings } = attempt(shapedStore(NORMALISED, counters));
    expect(imported!.document.layers[3]).toEqual({ name: "model.3", op: "batch_norm", in: "model.2", epsilon: 1e-4 });
    expect(imported!.parameters.model).toBe(imported!.parameters.checkpoint);
    expect(warnings).toMatchObject([{ code: "import/assumed", message: expect.stringContaining("epsilon") }]);
  });

  it("takes another epsilon, above 0", () => {
    const { imported, warnings } = attempt(shapedStore(NORMALISED), { set: { epsilon: 0.001 } });
    expect(imported!.document.layers[3]).toMatchObject({ epsilon: 0.001 });
    expect(warnings).toEqual([]);
    expect(attempt(shapedStore(NORMALISED), { set: { epsilon: 0 } }).errors).toMatchObject([
      { code: "import/bad-config" },
    ]);
  });

  it("without a statistic is not whole", () => {
    const { errors } = attempt(shapedStore(changedShapes(NORMALISED, { "model.6.running_var": null })));
    expect(errors).toMatchObject([{ code: "import/missing-tensor", place: "model.6.running_var" }]);
  });

  it("that is absent needs no epsilon", () => {
    const { warnings } = attempt(shapedStore(chain("model", even(5))), { set: { epsilon: 1e-3, noise: 25 } });
    expect(warnings.map(({ code }) => code)).toEqual(["import/unused-config", "import/unused-config"]);
  });
});

describe("the noise level of FDnCNN", () => {
  it.each(["fdncnn", "fdncnn-grey"])("may be one for all pixels: %s", async (name) => {
    const oracle = NETWORK_CASES.find((each) => each.name === name)!;
    const store = await openOracle(oracle);
    const x = (await readOracle(oracle)).get("x")!;
    const [samples, , height, width] = x.shape;
    const size = samples! * height! * width!;
    const map = dense(
      [samples!, 1, height!, width!],
      Array.from({ length: size }, () => Math.fround(25 / 255)),
    );
    const results = [];
    for (const config of [new Map(), new Map([["noise", 25]])]) {
      const { spec, weights } = await importStore(store, { config });
      expect(spec.inputs).toHaveLength(2 - config.size);
      const graph = referenceGraph(spec, weights);
      const given = new Map([["x", x], ...(config.size === 0 ? [["noise_map", map] as const] : [])]);
      results.push((await evaluate(graph, given)).get(graph.outputs[0]!.value)!);
    }
    expect(relativeError(results[1]!, results[0]!)).toBeLessThanOrEqual(1e-12);
  });
});
