import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { Diagnostic } from "../../src/base/diagnostics.js";
import { openWeights } from "../../src/files/open.js";
import { readTorchCheckpoint } from "../../src/files/torch/checkpoint.js";
import { EMPTY_DICT, legacy, op, pickle, tensor, text } from "../errors/weights-torch-bytes.js";
import { concat, guardedSource, refusal } from "./weights-sources.js";

const fixture = (name: string): Uint8Array => readFileSync(new URL(`../../fixtures/weights/${name}`, import.meta.url));

interface Case {
  readonly tensors: Readonly<Record<string, string>>;
  readonly others: Readonly<Record<string, string>>;
  readonly key?: string;
}

const CASES = new Map<string, Case>(Object.entries(JSON.parse(fixture("cases.json").toString())));
const expected = await openWeights(guardedSource(fixture("expected.safetensors")));

const dtypesOf = (tensors: ReadonlyMap<string, { readonly dtype: string }>) =>
  Array.from(tensors, ([name, { dtype }]) => [name, dtype]);

describe("openWeights on checkpoints of PyTorch 2.13", () => {
  it.each([...CASES.keys()])("reads the tensors of %s", async (file) => {
    const { tensors, others, key } = CASES.get(file)!;
    const store = await openWeights(guardedSource(fixture(file)), key === undefined ? {} : { key });
    expect(dtypesOf(store.tensors)).toEqual(Object.entries(tensors));
    expect(dtypesOf(store.others)).toEqual(Object.entries(others));
    expect(store.metadata.size).toBe(0);
    for (const [name, tensor] of store.tensors) {
      const reference = expected.tensors.get(`${file}/${name}`)!;
      expect(tensor.name).toBe(name);
      expect(tensor.shape).toEqual(reference.shape);
      // Twice: the second read skips the checks that the first has made.
      expect(await tensor.read()).toEqual(await reference.read());
      expect(await tensor.read()).toEqual(await reference.read());
    }
  });

  it.each(["nsr-denoise", "nsr-burst"])("reads the same network from %s.pt and %s.safetensors", async (name) => {
    const checkpoint = await openWeights(guardedSource(fixture(`${name}.pt`)));
    const weights = await openWeights(guardedSource(fixture(`${name}.safetensors`)));
    expect([...checkpoint.tensors.keys()].sort()).toEqual([...weights.tensors.keys()].sort());
    for (const [key, tensor] of checkpoint.tensors) {
      const other = weights.tensors.get(key)!;
      expect(tensor.shape).toEqual(other.shape);
      expect(await tensor.read()).toEqual(await other.read());
    }
  });

  it("lists an integer buffer apart, with its shape", async () => {
    const { others } = await openWeights(guardedSource(fixture("state-dict.pt")));
    expect([...others]).toEqual([
      ["bn.num_batches_tracked", { name: "bn.num_batches_tracked", dtype: "int64", shape: [] }],
    ]);
  });

  it.each(["views.pt", "views-legacy.pt"])("reads a tensor's own bytes only, once %s is checked", async (file) => {
    const source = guardedSource(fixture(file));
    const { tensors } = await openWeights(source);
    const before = source.reads.length;
    await tensors.get("all")!.read();
    const first = source.reads.length;
    await tensors.get("middle")!.read();
    expect(source.reads.slice(first)).toEqual([[expect.any(Number), 80]]);
    expect(first - before).toBeLessThanOrEqual(3);
  });
});

describe("large checkpoints", () => {
  it("reads a pickle of the format before that is longer than the beginning that is read first", async () => {
    const names = Array.from({ length: 5000 }, (_, i) => `layer.${i}.${"x".repeat(1000)}`);
    const views = names.map((name, i) => concat(text(name), tensor({ view: op("N"), size: [1], offset: i % 4 })));
    const bytes = legacy({ object: pickle(...[EMPTY_DICT, ...views.map((view) => concat(view, op("s")))]) });
    expect(bytes.length).toBeGreaterThan(5_000_000);
    const { tensors } = await openWeights(guardedSource(bytes));
    expect([...tensors.keys()]).toEqual(names);
    expect(await tensors.get(names.at(-1)!)?.read()).toEqual(Float32Array.of(4));
  });
});

describe("the entry that holds the tensors", () => {
  const warnings: Diagnostic[] = [];
  const open = (file: string, key?: string) => {
    warnings.length = 0;
    const report = (warning: Diagnostic): void => void warnings.push(warning);
    return readTorchCheckpoint(guardedSource(fixture(file), file), key === undefined ? { report } : { key, report });
  };

  it("is found without a word where it is the only one", async () => {
    await open("training.pt");
    await open("nested.pt");
    expect(warnings).toEqual([]);
  });

  it("is the first of several, and the others are named", async () => {
    expect((await open("params-ema.pt")).tensors.size).toBe(2);
    expect(warnings).toMatchObject([
      {
        code: "torch/several-state-dicts",
        severity: "warning",
        place: "params_ema",
        hint: expect.stringContaining("--key"),
      },
    ]);
    expect(warnings[0]?.message).toContain('"params"');
    expect((await open("params-ema.pt", "params")).tensors.size).toBe(1);
    expect(warnings).toEqual([]);
  });

  it.each([
    ["by-key.pt", "nets.generator.ema"],
    ["nested.pt", "state_dict.model"],
    ["training.pt", "model_state_dict"],
  ])("in %s is %s", async (file, key) => {
    expect((await open(file, key)).tensors.size).toBeGreaterThan(1);
  });

  it.each([
    ["by-key.pt", undefined, "torch/no-state-dict", '"nets.generator.ema", "netD"'],
    ["by-key.pt", "netG", "torch/key-not-found", '"nets.generator.ema", "netD"'],
    ["by-key.pt", "nets.generator", "torch/key-not-found", '"nets.generator.ema", "netD"'],
    ["by-key.pt", "nets", "torch/key-not-tensors", "--key"],
    ["training.pt", "epoch", "torch/key-not-tensors", "--key"],
    ["training.pt", "epoch.x", "torch/key-not-found", '"model_state_dict"'],
    ["training.pt", "__proto__", "torch/key-not-found", '"model_state_dict"'],
  ])("in %s is not %s", async (file, key, code, hint) => {
    const found = await refusal(() => open(file, key));
    expect(found).toMatchObject([{ code, file, hint: expect.stringContaining(hint) }]);
  });
});

describe("readTorchCheckpoint", () => {
  it("does not take a safetensors file", async () => {
    const found = await refusal(() => readTorchCheckpoint(guardedSource(fixture("nsr-burst.safetensors"))));
    expect(found).toMatchObject([{ code: "torch/not-a-checkpoint" }]);
  });
});
