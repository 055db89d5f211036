import { describe, expect, it } from "vitest";
import { openWeights } from "../../src/files/open.js";
import { concat, guardedSource, utf8 } from "../unit/weights-sources.js";
import * as b from "./weights-torch-bytes.js";
import { check, type Row } from "./weights-torch-check.js";

const LEGACY: readonly Row[] = [
  {
    what: "another version",
    bytes: b.legacy({ version: b.pickle(b.int(5)) }),
    code: "torch/legacy-header",
    place: "byte 15",
  },
  {
    what: "43 a big-endian machine",
    bytes: b.legacy({ info: b.pickle(b.dict(b.text("little_endian"), b.NEWFALSE)) }),
    code: "torch/byte-order",
    place: "byte 21",
    hint: /little-endian machine/,
  },
  { what: "no byte order", bytes: b.legacy({ info: b.pickle(b.dict()) }), code: "torch/legacy-header" },
  {
    what: "35 os.system",
    bytes: b.legacy({ object: b.pickle(b.call("os", "system")) }),
    code: "pickle/forbidden-global",
    place: /^byte \d+$/,
  },
  {
    what: "35 os.system in the keys",
    bytes: b.legacy({ keys: b.pickle(b.call("os", "system")) }),
    code: "pickle/forbidden-global",
  },
  { what: "37 no STOP", bytes: b.legacy().subarray(0, 40), code: "pickle/truncated", place: "byte 40" },
  { what: "keys that are no list", bytes: b.legacy({ keys: b.pickle(b.text("0")) }), code: "torch/legacy-header" },
  {
    what: "a key that no tensor uses",
    bytes: b.legacy({ keys: b.pickle(b.op("]"), b.text("1"), b.op("a")) }),
    code: "torch/legacy-header",
  },
  {
    what: "a key twice",
    bytes: b.legacy({ keys: b.pickle(b.op("]"), b.text("0"), b.op("a"), b.text("0"), b.op("a")) }),
    code: "torch/legacy-header",
  },
  {
    what: "a storage without a key",
    bytes: b.legacy({ keys: b.pickle(b.op("]")), storages: new Uint8Array(0) }),
    code: "torch/missing-storage",
  },
  {
    what: "40 a number of elements that differs",
    bytes: b.legacy({ storages: concat(b.u64(3), b.FOUR) }),
    code: "torch/storage-size",
    place: /^byte \d+$/,
  },
  {
    what: "40 2^63 elements",
    bytes: b.legacy({ storages: concat(b.u64(2n ** 63n), b.FOUR) }),
    code: "torch/storage-size",
  },
  {
    what: "truncated elements",
    bytes: b.legacy({ storages: concat(b.u64(4), b.FOUR.subarray(1)) }),
    code: "torch/storage-size",
  },
  { what: "no elements", bytes: b.legacy({ storages: new Uint8Array(0) }), code: "torch/storage-size" },
  {
    what: "trailing data",
    bytes: b.legacy({ storages: concat(b.u64(4), b.FOUR, utf8("x")) }),
    code: "torch/trailing-data",
  },
  {
    what: "a view that leaves its storage",
    bytes: b.legacy({ object: b.stateDict(b.tensor({ view: b.tuple(b.text("9"), b.int(2), b.int(3)) })) }),
    code: "pickle/bad-arguments",
  },
  {
    what: "41 a tensor that leaves its view",
    bytes: b.legacy({ object: b.stateDict(b.tensor({ view: b.tuple(b.text("9"), b.int(1), b.int(3)) })) }),
    code: "torch/out-of-bounds",
  },
];

describe("the format before PyTorch 1.6", () => it.each(LEGACY)("refuses $what", check));

describe("the builders of this suite", () => {
  it.each([
    ["zip", b.checkpoint(b.stateDict())],
    ["legacy", b.legacy()],
  ])("make a sound %s checkpoint", async (_, bytes) => {
    const { tensors } = await openWeights(guardedSource(bytes));
    expect(await tensors.get("w")?.read()).toEqual(Float32Array.of(1, 2, 3, 4));
  });

  it("make a sound view of the format before", async () => {
    const view = b.tuple(b.text("9"), b.int(1), b.int(3));
    const object = b.stateDict(b.tensor({ view, size: [2], offset: 1 }));
    const { tensors } = await openWeights(guardedSource(b.legacy({ object })));
    expect(await tensors.get("w")?.read()).toEqual(Float32Array.of(3, 4));
  });
});
