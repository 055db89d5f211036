/** One network under every name that PyTorch gives its tensors is one model, to the byte. */
import { describe, expect, it } from "vitest";
import type { ImportOptions } from "../../src/frontends/checkpoints/import.js";
import type { StoredTensor, TensorStore } from "../../src/tensors/tensor.js";
import { importStore, ORACLE_CASES, openFixture } from "../support/fixtures.js";

const NETWORKS = ORACLE_CASES.filter(({ family }) => family === "nsr");

/** The same tensors under other names. */
function renamed(store: TensorStore, rename: (name: string) => string): TensorStore {
  const tensors = new Map(
    [...store.tensors.values()].map((tensor): [string, StoredTensor] => {
      const name = rename(tensor.name);
      return [name, { ...tensor, name }];
    }),
  );
  return { ...store, tensors };
}

const parametrized = (name: string): string =>
  name
    .replace(/weight_g$/, "parametrizations.weight.original0")
    .replace(/weight_v$/, "parametrizations.weight.original1");

const SPELLINGS: Readonly<Record<string, (name: string) => string>> = {
  "the parametrizations of PyTorch 2": parametrized,
  "the prefix of DataParallel": (name) => `module.${name}`,
  both: (name) => `module.${parametrized(name)}`,
  "the prefix of torch.compile": (name) => `_orig_mod.${name}`,
  "the prefixes of a compiled network in DataParallel": (name) => `module._orig_mod.${name}`,
  "the prefix of a trainer": (name) => `model.${name}`,
};

describe.each(NETWORKS)("$name", ({ name, config }) => {
  const original = openFixture("oracle", name, "weights.safetensors");
  const expected = original.then((store) => importStore(store, { config }));

  async function expectSame(store: TensorStore, options: ImportOptions = { config }): Promise<void> {
    const { imported, bytes } = await importStore(store, options);
    const want = await expected;
    expect(imported.document).toEqual(want.imported.document);
    expect(Buffer.from(bytes).equals(want.bytes), "equal weights").toBe(true);
  }

  it("is recognised without --arch, and its hyper-parameters without --config", async () => {
    await expectSame(await original, {});
  });

  it("is the same from checkpoint.pt", async () => {
    await expectSame(await openFixture("oracle", name, "checkpoint.pt"));
  });

  it.each(Object.entries(SPELLINGS))("is the same with %s", async (_, rename) => {
    await expectSame(renamed(await original, rename));
  });

  it("is the same with the counter of AveragedModel beside it", async () => {
    const store = renamed(await original, (name) => `module.${name}`);
    const counter = { name: "n_averaged", dtype: "int64", shape: [] };
    await expectSame({ ...store, others: new Map([[counter.name, counter]]) });
  });

  it("is the same once weight_norm was removed in PyTorch", async () => {
    // The tensors that import writes have the names of the network without weight_norm.
    await expectSame((await expected).weights);
  });
});

it("folds weight_norm as g·v/‖v‖ over each row of the whole bank", async () => {
  const store = await openFixture("oracle", "nsr-x2", "weights.safetensors");
  const { weights } = await importStore(store);
  const read = async (from: TensorStore, name: string) => from.tensors.get(name)!.read();
  const prefix = "body.1.body.0.";
  const [g, v, w] = [
    await read(store, `${prefix}weight_g`),
    await read(store, `${prefix}weight_v`),
    await read(weights, `${prefix}weight`),
  ];
  const row = v.length / g.length;
  expect(g.length, "one gain for each of the 4·8 rows").toBe(32);
  for (const [r, gain] of g.entries()) {
    const direction = v.slice(r * row, (r + 1) * row);
    const norm = Math.hypot(...direction);
    direction.forEach((value, i) => {
      const want = (gain * value) / norm;
      // Half a unit in the last place of float32.
      expect(Math.abs(w[r * row + i]! - want)).toBeLessThanOrEqual(2 ** -24 * Math.abs(want));
    });
  }
});
