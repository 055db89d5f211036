/** RRDBNet and SRVGGNetCompact: what their names and shapes tell, and what is said where they tell too little or too much. */
import { describe, expect, it } from "vitest";
import { type Diagnostic, SmxcError } from "../../src/base/diagnostics.js";
import type { ConfigValue } from "../../src/frontends/checkpoints/config.js";
import { importStore } from "../support/fixtures.js";
import { store, valuesOf } from "./layers/model.js";

type Shapes = Readonly<Record<string, readonly number[]>>;

async function imported(shapes: Shapes, config: Readonly<Record<string, ConfigValue>> = {}, arch?: string) {
  const warnings: Diagnostic[] = [];
  const { imported: model } = await importStore(store(valuesOf(shapes)), {
    config: new Map(Object.entries(config)),
    report: (warning) => warnings.push(warning),
    ...(arch === undefined ? {} : { arch }),
  });
  return { ...model, warnings: warnings.map(({ code }) => code) };
}

async function refused(...given: Parameters<typeof imported>): Promise<readonly string[]> {
  try {
    await imported(...given);
  } catch (cause) {
    if (cause instanceof SmxcError) return cause.diagnostics.map(({ code, place }) => `${code} ${place}`);
    throw cause;
  }
  throw new Error("nothing was refused");
}

const conv = (name: string, out: number, channels: number, kernel = 3): Shapes => ({
  [`${name}.weight`]: [out, channels, kernel, kernel],
  [`${name}.bias`]: [out],
});

function rrdb({ blocks = 1, units = 4, growth = 2, input = 3, out = 3, ups = 2 } = {}): Shapes {
  const tensors = [conv("conv_first", units, input)];
  for (let block = 0; block < blocks; block++)
    for (const part of [1, 2, 3])
      for (let i = 1; i <= 5; i++)
        tensors.push(conv(`body.${block}.rdb${part}.conv${i}`, i === 5 ? units : growth, units + (i - 1) * growth));
  tensors.push(conv("conv_body", units, units));
  for (let i = 1; i <= ups; i++) tensors.push(conv(`conv_up${i}`, units, units));
  return Object.assign({}, ...tensors, conv("conv_hr", units, units), conv("conv_last", out, units)) as Shapes;
}

const without = (shapes: Shapes, name: string): Shapes =>
  Object.fromEntries(Object.entries(shapes).filter(([each]) => each !== name));

describe("rrdb", () => {
  it.each([
    [{ input: 3, ups: 2 }, 4, 3, "none"],
    [{ input: 12, ups: 2 }, 2, 3, 2],
    [{ input: 48, ups: 2 }, 1, 3, 4],
    [{ input: 12, ups: 3 }, 4, 3, 2],
    // Sixteen times the colours, but nothing that enlarges: the picture has so many channels.
    [{ input: 48, ups: 1 }, 2, 48, "none"],
    [{ input: 24, ups: 2 }, 4, 24, "none"],
  ])("reads scale, channels and folding of %o", async (sizes, scale, channels, unshuffle) => {
    const { arch, document } = await imported(rrdb(sizes));
    expect([arch, document.name]).toEqual(["rrdb", `rrdb-x${scale}`]);
    expect(document.inputs[0]!.shape[1]).toBe(channels);
    const [first] = document.layers;
    expect(first).toMatchObject(unshuffle === "none" ? { op: "conv" } : { op: "pixel_unshuffle", scale: unshuffle });
    expect(document.image === undefined).toBe(channels !== 3);
  });

  it("is found under a prefix and in wrappers", async () => {
    const inside = (prefix: string): Shapes =>
      Object.fromEntries(Object.entries(rrdb()).map(([name, shape]) => [prefix + name, shape]));
    expect(await imported(inside("module."))).toMatchObject({ arch: "rrdb", warnings: [] });
    expect(await imported({ ...inside("net_g."), ...conv("loss.0", 4, 3) })).toMatchObject({
      arch: "rrdb",
      warnings: ["import/left-out"],
    });
  });

  it("names tensors that are missing, misshapen and left over", async () => {
    const broken = {
      ...without(rrdb({ blocks: 2 }), "body.1.rdb2.conv3.bias"),
      "conv_hr.weight": [4, 4, 1, 1],
      "conv_extra.bias": [4],
    };
    expect(await refused(broken)).toEqual([
      "import/missing-tensor body.1.rdb2.conv3.bias",
      "import/misshapen-tensor conv_hr.weight",
      "import/unexpected-tensor conv_extra.bias",
    ]);
    expect(await refused(without(rrdb(), "body.0.rdb1.conv1.bias"))).toEqual([
      "import/missing-tensor body.0.rdb1.conv1.bias",
    ]);
  });

  it("does not count on to a number that stands alone", async () => {
    expect(await refused({ ...rrdb(), "body.123456789.rdb1.conv1.bias": [2] })).toEqual([
      "import/unexpected-tensor body.123456789.rdb1.conv1.bias",
    ]);
    expect(await refused({ ...rrdb(), "conv_up999.bias": [4] })).toEqual(["import/unexpected-tensor conv_up999.bias"]);
    const many = rrdb({ ups: 9, input: 3 });
    expect(await refused(many)).toEqual([
      "import/unexpected-tensor conv_up9.weight",
      "import/unexpected-tensor conv_up9.bias",
    ]);
  });

  it("passes over the noise of ESRGAN+, and takes it from no other network", async () => {
    const beside = Object.fromEntries([1, 2, 3].map((part) => [`body.0.rdb${part}.conv1x1.weight`, [2, 4, 1, 1]]));
    const noise = { "body.0.noise.noise": [1], "body.0.rdb2.noise.noise": [1] };
    const { document, parameters } = await imported({ ...rrdb(), ...beside, ...noise });
    expect(document.layers.filter(({ name }) => name.endsWith("conv1x1"))).toHaveLength(3);
    expect(parameters.model).toBe(parameters.checkpoint);
    expect(await refused({ ...rrdb(), ...noise })).toHaveLength(2);
  });

  it("takes a scale of 3 where it enlarges once, and no other than its own elsewhere", async () => {
    const { document } = await imported(rrdb({ ups: 1 }), { scale: 3 });
    expect(document.image).toMatchObject({ scale: 3 });
    expect(await refused(rrdb({ ups: 2 }), { scale: 3 })).toEqual(["import/config-contradicts-shapes scale"]);
  });
});

function compact({ units = 6, convs = 2, channels = 3, scale = 2, slopes = true } = {}): Shapes {
  const tensors = [conv("body.0", units, channels)];
  for (let i = 1; i <= convs; i++) tensors.push(conv(`body.${2 * i}`, units, units));
  for (let i = 0; slopes && i <= convs; i++) tensors.push({ [`body.${2 * i + 1}.weight`]: [units] });
  return Object.assign({}, ...tensors, conv(`body.${2 * convs + 2}`, channels * scale ** 2, units)) as Shapes;
}

describe("compact", () => {
  it("reads convolutions, units, channels and scale", async () => {
    const { arch, document, warnings } = await imported(compact({ convs: 5, scale: 3 }), { convs: 5, units: 6 });
    expect([arch, document.name, warnings]).toEqual(["compact", "compact-x3", []]);
    expect(document.image).toMatchObject({ range: [0, 1], color: "rgb", scale: 3 });
    expect(document.layers.filter(({ op }) => op === "prelu")).toHaveLength(6);
    expect(await refused(compact(), { convs: 3 })).toEqual(["import/config-contradicts-shapes convs"]);
  });

  it("takes one slope for all channels", async () => {
    const { document } = await imported({ ...compact(), "body.1.weight": [1] });
    expect(document.layers[1]).toMatchObject({ op: "prelu", slopes: 1 });
  });

  it("says which activation it takes where there are no slopes, and takes the one that is given", async () => {
    const shapes = compact({ slopes: false });
    const assumed = await imported(shapes);
    expect([assumed.document.layers[1], assumed.warnings]).toMatchObject([
      { op: "relu" },
      ["import/activation-assumed"],
    ]);
    const given = await imported(shapes, { act: "leakyrelu" });
    expect([given.document.layers[1], given.warnings]).toMatchObject([{ op: "leaky_relu", slope: 0.1 }, []]);
    expect(await refused(shapes, { act: "gelu" })).toEqual(["import/bad-config act"]);
    expect(await refused(compact(), { act: "relu" })).toEqual(["import/config-contradicts-shapes act"]);
    expect(await refused(shapes, { act: "prelu" })).toHaveLength(3);
  });

  it("refuses what fits no scale, and names what is missing", async () => {
    const odd = { ...compact(), ...conv("body.6", 7, 6) };
    expect(await refused(odd)).toContain("import/no-reading undefined");
    expect(await refused(without(compact(), "body.4.bias"))).toEqual(["import/missing-tensor body.4.bias"]);
  });

  it("is not seen in the blocks of other networks, unless it is asked for", async () => {
    const blocks = Object.fromEntries(
      [0, 1].flatMap((block) =>
        Object.entries({ ...conv("body.0", 8, 8), ...conv("body.2", 8, 8) }).map(([name, shape]) => [
          `layers.${block}.${name}`,
          shape,
        ]),
      ),
    );
    expect((await refused(blocks))[0]).toContain("import/unrecognised");
    const wide = compact({ channels: 8, scale: 1 });
    expect((await refused(wide))[0]).toContain("import/unrecognised");
    expect(await imported(wide, {}, "compact")).toMatchObject({ arch: "compact" });
  });
});
