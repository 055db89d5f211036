/** Names, architectures and hyper-parameters of checkpoints that contradict each other. */
import { describe, expect, it } from "vitest";
import { importModel } from "../../src/frontends/checkpoints/import.js";
import type { StoredTensor, TensorStore } from "../../src/tensors/tensor.js";
import { ORACLE_CASES, openFixture } from "../support/fixtures.js";
import { changed, options, refusal, warningsOf } from "./import/changed.js";

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
