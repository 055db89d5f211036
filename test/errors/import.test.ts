/** Checkpoints that do not fit their architecture, and configurations that contradict them. */
import { describe, expect, it } from "vitest";
import { collect } from "../../src/base/bytes/byte-source.js";
import { type Diagnostic, SmxcError } from "../../src/base/diagnostics.js";
import type { ConfigValue } from "../../src/frontends/checkpoints/config.js";
import { type ImportOptions, importModel } from "../../src/frontends/checkpoints/import.js";
import type { StoredTensor, TensorData, TensorStore } from "../../src/tensors/tensor.js";
import { ORACLE_CASES, openFixture } from "../support/fixtures.js";

type Changes = Readonly<Record<string, Partial<StoredTensor> | null>>;

/** A case's tensors, some of them replaced, added or (null) taken away. */
async function changed(name: string, changes: Changes): Promise<TensorStore> {
  const store = await openFixture("oracle", name, "weights.safetensors");
  const tensors = new Map(store.tensors);
  for (const [tensor, change] of Object.entries(changes)) {
    const before = tensors.get(tensor) ?? {
      name: tensor,
      dtype: "float32",
      shape: [1],
      read: async () => new Float32Array(1),
    };
    if (change === null) tensors.delete(tensor);
    else tensors.set(tensor, { ...before, ...change });
  }
  return { ...store, tensors };
}

const options = (config: Readonly<Record<string, ConfigValue>>): ImportOptions => ({
  config: new Map(Object.entries(config)),
});

function refusal(act: () => unknown): { readonly kind: string; readonly found: readonly Diagnostic[] } {
  try {
    act();
  } catch (cause) {
    if (cause instanceof SmxcError) return { kind: cause.kind, found: cause.diagnostics };
    throw cause;
  }
  throw new Error("not refused");
}

/** Warnings of an import that succeeds, its tensors read. */
async function warningsOf(store: TensorStore, options: ImportOptions = {}): Promise<readonly Diagnostic[]> {
  const warnings: Diagnostic[] = [];
  await collect(importModel(store, { ...options, report: (warning) => warnings.push(warning) }).weights);
  return warnings;
}

describe("tensors that do not fit", () => {
  it("names the missing, the extra and the mis-shaped ones in one report, with what was meant", async () => {
    const store = await changed("nsr-x2", {
      "body.1.body.0.bias": null,
      "body.1.body.0.bais": { shape: [32] },
      "body.2.body.2.mlp.0.weight": { shape: [16, 7] },
      "attention.weight": { shape: [4] },
    });
    const { kind, found } = refusal(() => importModel(store));
    expect(kind).toBe("invalid");
    expect(found).toHaveLength(4);
    expect(found).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          code: "import/missing-tensor",
          place: "body.1.body.0.bias",
          hint: expect.stringContaining('"body.1.body.0.bais"'),
        }),
        expect.objectContaining({
          code: "import/unexpected-tensor",
          place: "body.1.body.0.bais",
          hint: expect.stringContaining('"body.1.body.0.bias"'),
        }),
        expect.objectContaining({
          code: "import/misshapen-tensor",
          place: "body.2.body.2.mlp.0.weight",
          message: expect.stringMatching(/\[16,7\], not \[16,8\]/),
        }),
        expect.objectContaining({ code: "import/unexpected-tensor", place: "attention.weight" }),
      ]),
    );
  });

  it.each([
    ["body.0.weight_v", [9, 3, 3, 3], /\[9,3,3,3\], not \[8,3,3,3\]/],
    ["body.1.body.0.weight_v", [40, 8, 3, 3], /\[40,8,3,3\], not \[32,8,3,3\]/],
    ["body.2.body.2.weight_v", [32, 9, 3, 3], /\[32,9,3,3\], not \[32,8,3,3\]/],
    ["body.2.body.0.mlp.0.weight", [20, 8], /\[20,8\], not \[16,8\]/],
    ["body.1.body.2.bias", [8], /\[8\], not \[32\]/],
    ["skip.0.weight_v", [12, 4, 5, 5], /\[12,4,5,5\], not \[12,3,5,5\]/],
  ])("lets the majority tell the sizes: only %s of %j is wrong", async (name, shape, message) => {
    const store = await changed("nsr-x2", { [name]: { shape } });
    const { found } = refusal(() => importModel(store));
    expect(found).toEqual([
      expect.objectContaining({
        code: "import/misshapen-tensor",
        place: name,
        message: expect.stringMatching(message),
      }),
    ]);
  });

  it("wants floating-point numbers", async () => {
    const store = await changed("nsr-x2", { "body.0.bias": null });
    const others = new Map([["body.0.bias", { name: "body.0.bias", dtype: "int64", shape: [8] }]]);
    const { found } = refusal(() => importModel({ ...store, others }));
    expect(found).toMatchObject([
      { code: "import/not-float", place: "body.0.bias", message: expect.stringContaining("int64") },
    ]);
  });

  it("passes over the counters that BatchNorm leaves", async () => {
    const store = await changed("odconv", {});
    const counter = { name: "attention.bn.num_batches_tracked", dtype: "int64", shape: [] };
    const others = new Map([[counter.name, counter]]);
    expect(await warningsOf({ ...store, others }, options({ temperature: 1 }))).toEqual([]);
  });

  it("refuses a row of weight_norm that has no direction", async () => {
    const store = await changed("nsr-x2", {});
    const v = store.tensors.get("body.1.body.0.weight_v")!;
    const read = async (): Promise<TensorData> => (await v.read()).slice().fill(0, 5 * 72, 6 * 72);
    const zeroed = await changed("nsr-x2", { "body.1.body.0.weight_v": { read } });
    const reading = warningsOf(zeroed);
    await expect(reading).rejects.toThrow(SmxcError);
    await expect(reading).rejects.toMatchObject({
      diagnostics: [
        { code: "import/zero-norm", place: "body.1.body.0.weight_v", message: expect.stringContaining("row 5") },
      ],
    });
  });

  it("warns of values that are not finite, by name and number", async () => {
    const read = async (): Promise<TensorData> =>
      Float32Array.of(Number.NaN, 1, Number.POSITIVE_INFINITY, 2, 3, 4, 5, 6);
    const store = await changed("nsr-x2", { "body.0.bias": { read } });
    expect(await warningsOf(store, options({ patch: 48 }))).toMatchObject([
      {
        code: "import/not-finite",
        severity: "warning",
        place: "body.0.bias",
        message: expect.stringContaining("2 values that are NaN"),
      },
    ]);
    const one = await changed("nsr-x2", {
      "body.0.bias": { read: async () => new Float32Array(8).fill(Number.NaN, 7) },
    });
    expect(await warningsOf(one, options({ patch: 48 }))).toMatchObject([
      { message: expect.stringContaining("1 value that is NaN") },
    ]);
  });
});

describe("tensors that could take time out of proportion", () => {
  const scalar = (name: string, shape: readonly number[] = []): StoredTensor => ({
    name,
    dtype: "float32",
    shape,
    read: async () => new Float32Array(1),
  });
  const storeOf = (tensors: readonly StoredTensor[]): TensorStore => ({
    tensors: new Map(tensors.map((tensor) => [tensor.name, tensor])),
    others: new Map(),
    metadata: new Map(),
  });

  it("are listed by name up to a few dozen of each kind, and the rest is counted", () => {
    const names = Array.from({ length: 50_000 }, (_, i) => `body.${1 + (i >> 1)}.body.${2 * (i % 2)}.strange`);
    const { found } = refusal(() => importModel(storeOf(names.map((name) => scalar(name))), { arch: "nsr" }));
    expect(found.length).toBeLessThan(100);
    const counts = found.flatMap(({ code, message }) => {
      const count = /with ([0-9,]+) more tensors/.exec(message)?.[1];
      return count === undefined ? [] : [[code, Number(count.replaceAll(",", ""))]];
    });
    const listed = (code: string) => found.filter((each) => each.code === code).length - 1;
    expect(counts).toContainEqual(["import/unexpected-tensor", 50_000 - listed("import/unexpected-tensor")]);
    // Of 25,000 blocks each has two convolutions of four tensors; a head and a tail have two.
    expect(counts).toContainEqual(["import/missing-tensor", 200_004 - listed("import/missing-tensor")]);
  });

  it("have an index far beyond the others, which makes no network of a billion blocks", async () => {
    const name = "body.1000000000.body.0.bias";
    const store = await changed("nsr-x2", { [name]: { shape: [32] } });
    const { found } = refusal(() => importModel(store));
    expect(found).toMatchObject([{ code: "import/unexpected-tensor", place: name }]);
  });

  it("are without elements, so that their other sizes are bounded by nothing", async () => {
    const shape = [0, Number.MAX_SAFE_INTEGER, 3, 3];
    for (const [name, tensor] of [
      ["nsr-x2", "body.0.weight_v"],
      ["condconv-dense", "routing_fn.weight"],
      ["nsr-conv-basic", "mlp.0.weight"],
    ] as const) {
      const store = await changed(name, { [tensor]: { shape } });
      expect(refusal(() => importModel(store)).found).toMatchObject([{ code: "import/empty-tensor", place: tensor }]);
    }
  });

  it("have names and shapes of megabytes, which are not shown in full", async () => {
    const long = "x".repeat(1_000_000);
    const shape = Array<number>(100_000).fill(1);
    const store = await changed("nsr-x2", { [long]: { shape: [1] }, "body.0.bias": { shape } });
    const { found } = refusal(() => importModel(store));
    expect(found).toHaveLength(2);
    expect(JSON.stringify(found).length).toBeLessThan(2000);
  });
});

describe("the prefix of all names", () => {
  const under = async (...prefixes: readonly string[]): Promise<TensorStore> => {
    const { tensors, ...rest } = await changed("nsr-x2", {});
    const renamed = prefixes.flatMap((prefix) =>
      [...tensors].map(([name, tensor]): [string, StoredTensor] => {
        return [prefix + name, { ...tensor, name: prefix + name }];
      }),
    );
    return { ...rest, tensors: new Map(renamed) };
  };
  const criterion = (name = "criterion.vgg.weight"): StoredTensor => ({
    name,
    dtype: "float32",
    shape: [1],
    read: async () => new Float32Array(1),
  });

  it.each([
    ...["net.", "generator.module.", "a.b.c.", "module.", "_orig_mod.", "generator.", "netG.", "net_g.", "model."],
    ...["model.net.", "module._orig_mod.", "_orig_mod.module.", "model._orig_mod.", "module.model.", "G."],
  ])("is found: %s", async (prefix) => {
    expect(await warningsOf(await under(prefix), options({ patch: 48 }))).toEqual([]);
  });

  it("is found beside other tensors, which a warning names", async () => {
    const store = await under("net.");
    const tensors = new Map([...store.tensors, ["criterion.vgg.weight", criterion()]]);
    expect(await warningsOf({ ...store, tensors }, options({ patch: 48 }))).toMatchObject([
      {
        code: "import/left-out",
        message: expect.stringContaining('"net."; left out: "criterion.vgg.weight"'),
        hint: expect.stringContaining("--key net"),
      },
    ]);
  });

  it("is asked for where several hold an architecture", async () => {
    const store = await under("net.", "other.");
    expect(refusal(() => importModel(store)).found).toMatchObject([
      { code: "import/several-architectures", hint: expect.stringContaining("net (nsr), other (nsr)") },
    ]);
  });

  it.each(["net_ema.", "ema_model.module.", "generator_ema."])(
    "is that of an average, and the rest is named: %s",
    async (prefix) => {
      const store = await under("net.", prefix);
      expect(await warningsOf(store, options({ patch: 48 }))).toMatchObject([
        {
          code: "import/left-out",
          message: expect.stringContaining(`"${prefix}", an average over the training; left out: "net.`),
        },
      ]);
    },
  );

  it("is asked for where the average is of another network", async () => {
    const store = await under("net.", "net_ema.");
    const tensors = new Map(store.tensors);
    tensors.delete("net_ema.body.0.bias");
    expect(refusal(() => importModel({ ...store, tensors })).found).toMatchObject([
      { code: "import/several-architectures" },
    ]);
  });

  it.each([
    ["net_g.", "net_d."],
    ["generator.", "discriminator."],
    ["netG.module.", "netD.module."],
  ])("is %s, never %s", async (generator, discriminator) => {
    const warnings = await warningsOf(await under(discriminator, generator), options({ patch: 48 }));
    expect(warnings).toMatchObject([
      { code: "import/left-out", message: expect.stringContaining(`"${generator}"; left out: "${discriminator}`) },
    ]);
  });

  it("is part of the names in what is said", async () => {
    const store = await under("net.");
    const tensors = new Map(store.tensors);
    tensors.delete("net.body.0.bias");
    expect(refusal(() => importModel({ ...store, tensors })).found).toMatchObject([
      { code: "import/missing-tensor", place: "net.body.0.bias" },
    ]);
  });
});

describe("the architecture", () => {
  it.each(ORACLE_CASES)("of $name is found without --arch", async ({ name, family, config }) => {
    const store = await openFixture("oracle", name, "weights.safetensors");
    expect(importModel(store, { config }).arch).toBe(family);
  });

  it("must be a known one", async () => {
    const store = await openFixture("oracle", "nsr-x2", "weights.safetensors");
    const { kind, found } = refusal(() => importModel(store, { arch: "nsr-konv" }));
    expect(kind).toBe("usage");
    expect(found).toMatchObject([{ code: "import/unknown-arch", hint: expect.stringContaining('"nsr-conv"') }]);
  });

  it("must be told by the tensors, else they are shown", () => {
    const tensor: StoredTensor = {
      name: "fc.weight",
      dtype: "float32",
      shape: [2, 2],
      read: async () => new Float32Array(4),
    };
    const store: TensorStore = { tensors: new Map([["fc.weight", tensor]]), others: new Map(), metadata: new Map() };
    const { kind, found } = refusal(() => importModel(store));
    expect(kind).toBe("invalid");
    expect(found).toMatchObject([
      {
        code: "import/unrecognised",
        message: expect.stringContaining('"fc.weight"'),
        hint: expect.stringContaining("--arch"),
      },
    ]);
  });

  it("that is not the checkpoint's is refused with every tensor's name", async () => {
    const store = await openFixture("oracle", "nsr-conv-basic", "weights.safetensors");
    const { found } = refusal(() => importModel(store, { arch: "odconv" }));
    const unexpected = found.filter(({ code }) => code === "import/unexpected-tensor").map(({ place }) => place);
    expect(unexpected).toEqual(expect.arrayContaining(["mlp.0.weight", "mlp.0.bias"]));
  });
});

describe("hyper-parameters", () => {
  it("that the shapes leave two readings of: the usual one is taken and the other named", async () => {
    // Four channels in and sixteen out: ×2 of four channels, or ×4 of a burst of four grey pictures.
    const ones = (...shape: number[]) => ({
      shape,
      read: async () => new Float32Array(shape.reduce((a, b) => a * b, 1)).fill(1),
    });
    const store = await changed("nsr-denoise", {
      "body.0.weight_v": ones(6, 4, 3, 3),
      "body.3.weight_v": ones(16, 6, 3, 3),
      "body.3.weight_g": ones(16, 1, 1, 1),
      "body.3.bias": ones(16),
      "skip.0.weight": ones(16, 4, 5, 5),
      "skip.0.bias": ones(16),
    });
    expect(await warningsOf(store, options({ patch: 48 }))).toMatchObject([
      {
        code: "import/two-readings",
        message: expect.stringContaining("channels 4, frames 1, scale 2"),
        hint: expect.stringContaining("--set frames=4 (channels 1, frames 4, scale 4)"),
      },
    ]);
    expect(importModel(store).document.inputs[0]!.shape).toEqual(["N", 4, "H", "W"]);
    expect(await warningsOf(store, options({ frames: 4, patch: 48 }))).toEqual([]);
    expect(importModel(store, options({ frames: 4 })).document.inputs[0]!.shape).toEqual(["N", 1, 4, "H", "W"]);
  });

  it.each([
    ["experts", 3, 4],
    ["cardinals", 2, 4],
    ["blocks", 3, 2],
    ["units", 16, 8],
    ["scale", 3, 2],
    ["width", 2, 1],
  ])("%s=%j contradicts the shapes, which say %j", async (key, given, told) => {
    const store = await openFixture("oracle", "nsr-x2", "weights.safetensors");
    const { kind, found } = refusal(() => importModel(store, options({ [key]: given })));
    expect(kind).toBe("invalid");
    expect(found).toMatchObject([{ code: "import/config-contradicts-shapes", place: key }]);
    expect(found[0]!.message).toContain(`${given}`);
    expect(found[0]!.message).toContain(`${told}`);
  });

  it("of the wrong kind are refused", async () => {
    const store = await openFixture("oracle", "nsr-x2", "weights.safetensors");
    expect(refusal(() => importModel(store, options({ mean: "half" }))).found).toMatchObject([
      { code: "import/bad-config", place: "mean" },
    ]);
    expect(refusal(() => importModel(store, options({ patch: 12 }))).found).toMatchObject([
      { code: "import/bad-config", place: "patch" },
    ]);
  });

  it("that mean nothing are named in a warning", async () => {
    const store = await openFixture("oracle", "nsr-x2", "weights.safetensors");
    expect(await warningsOf(store, options({ experst: 4, formula: "…", patch: 48 }))).toMatchObject([
      { code: "import/unknown-config", place: "experst", hint: expect.stringContaining('"experts"') },
    ]);
  });

  it.each([
    [{}, "48 pixels, and a mean of 0.5", "--set patch=48 --set mean=0.5"],
    [{ mean: 0.4 }, "48 pixels", "--set patch=48"],
  ])("the patch, which no tensor tells, is the usual one, and that is said: %j", async (given, taken, hint) => {
    const store = await openFixture("oracle", "nsr-x2", "weights.safetensors");
    const [found, ...more] = await warningsOf(store, options(given));
    expect(more).toEqual([]);
    expect(found).toMatchObject({ code: "import/patch-assumed", severity: "warning", place: "patch" });
    expect(found?.message.endsWith(taken)).toBe(true);
    expect(found?.hint?.endsWith(hint)).toBe(true);
    expect(await warningsOf(store, options({ ...given, patch: 48 }))).toEqual([]);
  });

  it("mean and patch come from the configuration", async () => {
    const store = await openFixture("oracle", "nsr-x2", "weights.safetensors");
    const { document } = importModel(store, options({ mean: 0.25, patch: 64 }));
    expect(document.layers[0]).toMatchObject({ op: "affine", shift: -0.25 });
    expect(document.layers.at(-1)).toMatchObject({ op: "affine", shift: 0.25 });
    expect(document.context).toEqual({
      kind: "patch",
      patch: 64,
      frame: 4,
      stride: 48,
      borderWeight: 0.3,
      wholeBelow: 256,
      region: { from: "centre", to: "body.3" },
    });
  });

  it("that a single layer's shapes leave open are asked for, with the choices", async () => {
    const store = await openFixture("oracle", "nsr-conv-basic", "weights.safetensors");
    const { found } = refusal(() => importModel(store));
    expect(found).toMatchObject([
      { code: "import/missing-config", hint: expect.stringContaining("--set experts=4 (4 cardinals)") },
    ]);
  });
});
