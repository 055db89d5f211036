/** Networks that smxc does not import are told by their names, and refused with a way on. */
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { SmxcError } from "../../src/base/diagnostics.js";
import { FOREIGN } from "../../src/frontends/checkpoints/foreign.js";
import { importModel } from "../../src/frontends/checkpoints/import.js";
import { IMPORTERS } from "../../src/frontends/checkpoints/index.js";
import { foreignNetwork } from "../../src/frontends/checkpoints/unrecognised.js";
import type { TensorStore } from "../../src/tensors/tensor.js";
import { fixture } from "../support/fixtures.js";

const NAMES: Readonly<Record<string, readonly string[]>> = JSON.parse(
  readFileSync(fixture("checkpoints", "foreign-names.json"), "utf8"),
);

const storeOf = (names: readonly string[]): TensorStore => ({
  tensors: new Map(
    names.map((name) => [name, { name, dtype: "float32", shape: [1, 1, 1, 1], read: async () => new Float32Array(1) }]),
  ),
  others: new Map(),
  metadata: new Map(),
});

function refusal(names: readonly string[]) {
  try {
    importModel(storeOf(names));
  } catch (cause) {
    if (cause instanceof SmxcError) return cause.diagnostics[0]!;
    throw cause;
  }
  throw new Error("not refused");
}

/** What a row is called, where it is not what the network is called. */
const CALLED: Readonly<Record<string, string>> = {
  "Real-CUGAN x4": "Real-CUGAN",
  RealPLKSR: "PLKSR",
  AlexNet: "VGG or AlexNet",
  VGG: "VGG or AlexNet",
  Swin: "Swin Transformer",
  ViT: "a Vision Transformer",
};

describe.each(Object.entries(NAMES))("%s", (network, names) => {
  it.each(["", "module.", "net_g."])("is refused by its name, with the way by ONNX, under %j", (prefix) => {
    const found = refusal(names.map((name) => prefix + name));
    expect(found).toMatchObject({ code: "import/not-imported", severity: "error" });
    const called = CALLED[network] ?? network;
    expect(found.message.startsWith(`the tensors belong to ${called}`), found.message).toBe(true);
    expect(found.hint).toMatch(/torch\.onnx\.export.*smxc compile model\.onnx/);
  });
});

describe("the table of networks that are not imported", () => {
  const written = (template: string): string => template.replaceAll("*", "0");

  it.each(FOREIGN)("$name is no relative's", ({ name, signatures }) => {
    for (const { all } of signatures) expect(foreignNetwork(all.map(written))).toBe(name);
  });

  it("names nothing that is imported", () => {
    for (const importer of IMPORTERS) {
      if (!("signatures" in importer)) continue;
      for (const { all } of importer.signatures) {
        expect(foreignNetwork(all.map(written)), `${importer.name}: ${all.join()}`).toBeUndefined();
      }
    }
  });
});

describe("tensors of no network that is known", () => {
  const SPAN = ["block_1.c1_r.sk.weight", "block_1.c1_r.conv.1.weight", "conv_1.sk.weight", "conv_2.sk.weight"];

  it.each(["", "net."])("name the nearest architecture and what it lacks, under %j", (prefix) => {
    const found = refusal([...SPAN, "upsampler.0.weight"].map((name) => prefix + name));
    expect(found.code).toBe("import/unrecognised");
    expect(found.message).toContain(`the nearest is span, of which "${prefix}conv_cat.weight" is missing`);
    expect(found.hint).toMatch(/--arch \(span\).*torch\.onnx\.export/);
  });

  it("name none where less than half of each is there", () => {
    expect(refusal([SPAN[0]!, "conv_9.weight"]).message).not.toContain("nearest");
  });
});
