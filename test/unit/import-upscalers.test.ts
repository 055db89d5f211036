/** EDSR and RCAN: what names and shapes tell, what is taken as usual, and what is refused. */
import { describe, expect, it } from "vitest";
import { referenceGraph } from "../../src/compile.js";
import { evaluate } from "../../src/ir/evaluate.js";
import { importStore, NETWORK_CASES, openOracle, readOracle } from "../support/fixtures.js";
import { relativeError } from "../support/sessions.js";
import { attempt, changedShapes, convShapes, type Shapes, shapedStore } from "../support/shaped-store.js";

const numbers = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => index);
const joined = (parts: readonly Shapes[]): Shapes => Object.assign({}, ...parts) as Shapes;

const MEAN = { ...convShapes("sub_mean", 3, 3, 1), ...convShapes("add_mean", 3, 3, 1) };

/** In the release's naming; `blocks` are the tensors of all blocks. */
const release = (units: number, count: number, blocks: readonly Shapes[], channels = 3): Shapes => ({
  ...convShapes("head.0", channels, units),
  ...joined(blocks),
  ...convShapes(`body.${count}`, units, units),
  ...convShapes("tail.0.0", units, 4 * units),
  ...convShapes("tail.1", units, channels),
});

const edsr = (units: number, blocks: number, channels = 3): Shapes =>
  release(
    units,
    blocks,
    numbers(blocks).flatMap((i) => [0, 2].map((j) => convShapes(`body.${i}.body.${j}`, units, units))),
    channels,
  );

const basicEdsr = (units: number, blocks: number): Shapes => ({
  ...convShapes("conv_first", 3, units),
  ...joined(numbers(blocks).flatMap((i) => [1, 2].map((j) => convShapes(`body.${i}.conv${j}`, units, units)))),
  ...convShapes("conv_after_body", units, units),
  ...convShapes("upsample.0", units, 9 * units),
  ...convShapes("conv_last", units, 3),
});

const rcan = (units: number, groups: number, blocks: number): Shapes =>
  release(
    units,
    groups,
    numbers(groups).flatMap((g) => [
      ...numbers(blocks).flatMap((b) => [
        ...[0, 2].map((j) => convShapes(`body.${g}.body.${b}.body.${j}`, units, units)),
        convShapes(`body.${g}.body.${b}.body.3.conv_du.0`, units, 2, 1),
        convShapes(`body.${g}.body.${b}.body.3.conv_du.2`, 2, units, 1),
      ]),
      convShapes(`body.${g}.body.${blocks}`, units, units),
    ]),
  );

const layerOf = (attempted: ReturnType<typeof attempt>, name: string) =>
  attempted.imported?.document.layers.find((layer) => layer.name === name);

describe("what no tensor tells", () => {
  it("is named with how to give it", () => {
    const { warnings } = attempt(shapedStore({ ...MEAN, ...edsr(4, 1) }));
    expect(warnings).toMatchObject([
      {
        code: "import/assumed",
        message: expect.stringContaining("res_scale = 1, range = 255"),
        hint: expect.stringContaining("--set res_scale=1 --set range=255"),
        libraryHint: expect.stringContaining('new Map([["res_scale", 1]])'),
      },
    ]);
  });

  it("includes the mean where no tensor holds it", () => {
    const { warnings } = attempt(shapedStore(edsr(4, 1)));
    expect(warnings[0]).toMatchObject({
      hint: expect.stringContaining("--set mean=0.4488,0.4371,0.404"),
      libraryHint: expect.stringContaining('[["mean", "0.4488,0.4371,0.404"]]'),
    });
  });

  it("is not named where it is given", () => {
    const set = { res_scale: 0.5, range: 1 };
    const { imported, warnings } = attempt(shapedStore({ ...MEAN, ...edsr(4, 1) }), { set });
    expect(warnings).toEqual([]);
    expect(imported!.document.image).toMatchObject({ range: [0, 1], color: "rgb", scale: 2 });
  });

  it.each([
    ["release", edsr, 256, 32, 0.1],
    ["release, narrow", edsr, 64, 32, undefined],
    ["release, shallow", edsr, 256, 16, undefined],
    ["BasicSR", basicEdsr, 256, 32, 0.1],
  ])("is the scale of residuals that the public network has: %s", (_, network, units, blocks, scale) => {
    const read = attempt(shapedStore(network(units, blocks)));
    expect(read.errors).toEqual([]);
    expect(layerOf(read, "body.0.scaled")).toEqual(scale && expect.objectContaining({ op: "affine", scale }));
  });

  it("is needed where no public network has it", () => {
    const { errors } = attempt(shapedStore(edsr(4, 1, 1)));
    expect(errors).toMatchObject([{ code: "import/missing-config", message: expect.stringContaining('"mean"') }]);
    expect(layerOf(attempt(shapedStore(edsr(4, 1, 1)), { set: { mean: 0 } }), "sub_mean")).toBeUndefined();
    expect(layerOf(attempt(shapedStore(edsr(4, 1, 1)), { set: { mean: 0.5 } }), "sub_mean")).toBeDefined();
  });

  it("changes what is computed", async () => {
    const oracle = NETWORK_CASES.find(({ name }) => name === "edsr-x3-basicsr-scaled")!;
    const io = await readOracle(oracle);
    const { spec, weights } = await importStore(await openOracle(oracle));
    const graph = referenceGraph(spec, weights);
    const values = await evaluate(graph, new Map([["x", io.get("x")!]]));
    expect(relativeError(values.get(graph.outputs[0]!.value)!, io.get("y")!)).toBeGreaterThan(1e-4);
  });
});

describe("what is given", () => {
  it.each([
    ["a mean beside tensors that hold it", { mean: 0 }, "import/unused-config"],
    ["another scale", { scale: 4 }, "import/config-contradicts-shapes"],
    ["another number of blocks", { blocks: 2 }, "import/config-contradicts-shapes"],
    ["a range of nothing", { range: 0 }, "import/bad-config"],
  ])("is answered: %s", (_, set, code) => {
    const { warnings, errors } = attempt(shapedStore({ ...MEAN, ...edsr(4, 1) }), { set });
    expect([...warnings, ...errors].map((found) => found.code)).toContain(code);
  });

  it.each(["0.4,0.5", "0.4,0.5,x", true])("as a mean must be one number, or one for each colour: %s", (mean) => {
    const { errors } = attempt(shapedStore(edsr(4, 1)), { set: { mean } });
    expect(errors).toMatchObject([
      { code: "import/bad-config", message: expect.stringContaining("3 numbers with commas between") },
    ]);
  });

  it("as RCAN's scale of residuals is for nothing in the release's naming", () => {
    const { warnings } = attempt(shapedStore({ ...MEAN, ...rcan(4, 1, 1) }), { set: { res_scale: 0.1 } });
    expect(warnings.map(({ code }) => code)).toEqual(["import/assumed", "import/unused-config"]);
  });
});

describe("tensors that do not fit", () => {
  const WHOLE = { ...MEAN, ...rcan(4, 2, 2) };
  it.each([
    ["edsr", { ...MEAN, ...edsr(4, 2) }, "body.1.body.2"],
    ["edsr", basicEdsr(4, 2), "body.1.conv2"],
    ["rcan", WHOLE, "body.1.body.0.body.2"],
    ["rcan", WHOLE, "body.0.body.2"],
    ["rcan", WHOLE, "add_mean"],
  ])("are listed by name: %s without %s", (_, shapes, conv) => {
    const changes = { [`${conv}.bias`]: null, [`${conv}.weight`]: [4, 5, 3, 3], "loss.weight": [2] };
    const { errors } = attempt(shapedStore(changedShapes(shapes, changes)));
    expect(errors.map(({ code, place }) => [code, place])).toEqual([
      ["import/missing-tensor", `${conv}.bias`],
      ["import/misshapen-tensor", `${conv}.weight`],
      ["import/unexpected-tensor", "loss.weight"],
    ]);
  });

  it("of a group with fewer blocks are missing, not its last convolution's", () => {
    const gone = Object.keys(WHOLE).filter((name) => name.startsWith("body.1.body.1."));
    const { errors } = attempt(shapedStore(changedShapes(WHOLE, Object.fromEntries(gone.map((name) => [name, null])))));
    expect(errors.map(({ place }) => place)).toEqual(expect.arrayContaining([...gone]));
    expect(errors).toHaveLength(gone.length);
  });

  it("of a number far beyond the others are too many, and no more", () => {
    const far = { "body.4000000000.body.0.weight": [4, 4, 3, 3], "tail.0.4000000000.weight": [4, 4, 3, 3] };
    const { errors } = attempt(shapedStore({ ...MEAN, ...edsr(4, 1), ...far }));
    expect(errors.map(({ code }) => code)).toEqual(["import/unexpected-tensor", "import/unexpected-tensor"]);
  });

  it("do not make work of the square of their number", () => {
    const count = 500;
    const numbered = numbers(count).map((g) => [`body.${g * 17}.body.${g * 17}.body.0.weight`, [4, 4, 3, 3]] as const);
    const { errors } = attempt(shapedStore({ ...WHOLE, ...Object.fromEntries(numbered) }));
    const missing = errors.filter(({ code }) => code === "import/missing-tensor");
    const more = Number(/with ([0-9,]+) more/.exec(missing.at(-1)!.message)![1]!.replaceAll(",", ""));
    // A block has eight tensors, a group two more.
    expect(more).toBeLessThan((Object.keys(WHOLE).length + count) * 10);
  });
});

describe("relatives that share names", () => {
  const relatives: Readonly<Record<string, Shapes>> = {
    MSRResNet: {
      ...convShapes("conv_first", 3, 8),
      ...convShapes("body.0.conv1", 8, 8),
      ...convShapes("body.0.conv2", 8, 8),
      ...convShapes("upconv1", 8, 32),
      ...convShapes("conv_hr", 8, 8),
      ...convShapes("conv_last", 8, 3),
    },
    WDSR: { ...edsr(8, 1), ...convShapes("skip.0", 3, 12, 5) },
    HAN: { ...rcan(8, 1, 1), "la.gamma": [1], "csa.gamma": [1] },
  };
  it.each(Object.keys(relatives))("are not taken for one of these: %s", (name) => {
    const code = name === "MSRResNet" ? "import/not-imported" : "import/unrecognised";
    expect(attempt(shapedStore(relatives[name]!)).errors).toMatchObject([{ code }]);
  });

  it.each([
    ["rcan", { ...MEAN, ...rcan(8, 1, 1) }],
    ["edsr", { ...MEAN, ...edsr(8, 2) }],
    ["edsr", basicEdsr(8, 2)],
  ])("are told apart: %s, under a prefix too", (arch, shapes) => {
    const prefixed = Object.fromEntries(Object.entries(shapes).map(([name, shape]) => [`net_g.module.${name}`, shape]));
    expect(attempt(shapedStore(shapes)).imported?.arch).toBe(arch);
    expect(attempt(shapedStore(prefixed)).imported?.arch).toBe(arch);
  });
});
