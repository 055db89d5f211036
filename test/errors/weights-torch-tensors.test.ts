import { describe, expect, it } from "vitest";
import { openWeights } from "../../src/files/open.js";
import { concat, guardedSource } from "../unit/weights-sources.js";
import * as b from "./weights-torch-bytes.js";
import { check, type Row } from "./weights-torch-check.js";

const tensorRow = (what: string, options: b.TensorOptions, code: string, more: Partial<Row> = {}): Row => ({
  what,
  bytes: b.checkpoint(b.stateDict(b.tensor(options))),
  code,
  ...more,
});

const BIG = 2n ** 62n;

const TENSORS: readonly Row[] = [
  tensorRow("40 a number of elements that differs from the record", { numel: 5, size: [5] }, "torch/storage-size", {
    place: "a/data/0",
    message: /20 bytes, but has 16/,
  }),
  tensorRow("40 a type that differs from the record", { storage: "DoubleStorage" }, "torch/storage-size"),
  tensorRow("40 a storage larger than any file", { numel: 2n ** 52n }, "pickle/bad-arguments"),
  tensorRow("40 a storage of 2^62 elements", { numel: BIG }, "pickle/bad-arguments"),
  tensorRow("40 a storage of -1 elements", { numel: -1 }, "pickle/bad-arguments"),
  {
    what: "40 a storage given two sizes",
    bytes: b.checkpoint(b.pickle(b.dict(b.text("v"), b.tensor(), b.text("w"), b.tensor({ numel: 3, size: [3] })))),
    code: "pickle/bad-arguments",
    message: /two sizes/,
  },
  tensorRow("41 a stride past the end", { size: [2, 2], stride: [3, 1] }, "torch/out-of-bounds", {
    place: "tensor w",
    message: /needs 20 bytes of its storage, which has 16/,
  }),
  tensorRow("41 an offset past the end", { offset: 1 }, "torch/out-of-bounds"),
  tensorRow("41 an offset past the end of a tensor without elements", { offset: 5, size: [0] }, "torch/out-of-bounds"),
  tensorRow("41 a stride of 2^62", { size: [2], stride: [BIG] }, "pickle/bad-arguments"),
  tensorRow("41 a stride of 2^52", { size: [2], stride: [2n ** 52n] }, "torch/out-of-bounds"),
  tensorRow("41 a negative stride", { offset: 3, size: [2], stride: [-1] }, "pickle/bad-arguments"),
  tensorRow("41 a negative offset", { offset: -1 }, "pickle/bad-arguments"),
  tensorRow("41 a negative size", { size: [-4] }, "pickle/bad-arguments"),
  tensorRow("41 fewer strides than sizes", { size: [2, 2], stride: [1] }, "pickle/bad-arguments", {
    message: /2 dimensions has 1 strides/,
  }),
  {
    what: "a size that is a float",
    bytes: b.checkpoint(
      b.stateDict(
        b.call(
          "torch._utils",
          "_rebuild_tensor",
          b.storage({}),
          b.int(0),
          b.tuple(b.op("G", new Uint8Array(8))),
          b.tuple(b.int(1)),
        ),
      ),
    ),
    code: "pickle/bad-arguments",
  },
  tensorRow("42 an expansion to 10^12", { size: [1_000_000n, 1_000_000n], stride: [0, 0] }, "torch/expanded", {
    place: "tensor w",
    hint: /contiguous/,
  }),
  tensorRow("42 an overlap that unfolds to 2^21", { size: [2 ** 20, 2], stride: [0, 1] }, "torch/expanded"),
  tensorRow(
    "42 a shape of more than 2^53 elements",
    { size: [2n ** 50n, 16], stride: [0, 0] },
    "torch/tensor-too-large",
  ),
  tensorRow("46 a key that leads out", { key: "../../x" }, "torch/missing-storage", { place: "a/data/../../x" }),
  tensorRow("a key that is not there", { key: "1" }, "torch/missing-storage", { place: "a/data/1" }),
  tensorRow("a key named __proto__", { key: "__proto__" }, "torch/missing-storage"),
  {
    what: "a storage class that is a dtype",
    bytes: b.checkpoint(
      b.stateDict(
        concat(
          b.tuple(b.text("storage"), b.global("torch", "float32"), b.text("0"), b.text("cpu"), b.int(4)),
          b.PERSID,
        ),
      ),
    ),
    code: "pickle/bad-arguments",
  },
  {
    what: "a persistent id of something else",
    bytes: b.checkpoint(b.pickle(b.tuple(b.text("file"), b.text("/etc/passwd")), b.PERSID)),
    code: "pickle/bad-arguments",
  },
  {
    what: "a device that is no string",
    bytes: b.checkpoint(
      b.stateDict(
        concat(
          b.tuple(b.text("storage"), b.global("torch", "FloatStorage"), b.text("0"), b.int(0), b.int(4)),
          b.PERSID,
        ),
      ),
    ),
    code: "pickle/bad-arguments",
  },
  {
    what: "a persistent id that is a string",
    bytes: b.checkpoint(b.pickle(b.text("0"), b.PERSID)),
    code: "pickle/bad-arguments",
  },
  {
    what: "a parameter without a tensor",
    bytes: b.checkpoint(b.stateDict(b.call("torch._utils", "_rebuild_parameter", b.text("x"), b.NEWFALSE, b.op("N")))),
    code: "pickle/bad-arguments",
  },
  {
    what: "all bad tensors together, and entries that are none",
    bytes: b.checkpoint(
      b.pickle(
        b.dict(
          b.text("u"),
          b.tensor({ offset: 1 }),
          b.text("v"),
          b.int(3),
          b.text("w"),
          b.tensor(),
          b.text("q"),
          b.call("torch._utils", "_rebuild_qtensor"),
          b.int(7),
          b.tensor(),
          b.text("_metadata"),
          b.int(1),
        ),
      ),
    ),
    code: "torch/out-of-bounds",
    more: ["torch/not-a-tensor", "torch/unsupported-tensor", "torch/name-not-text"],
    place: "tensor u",
  },
  {
    what: "a dict that contains itself under a usual name",
    bytes: b.checkpoint(
      b.pickle(
        b.EMPTY_DICT,
        b.op("q", Uint8Array.of(0)),
        b.text("model"),
        b.op("h", Uint8Array.of(0)),
        b.op("s"),
        b.text("params"),
        b.op("h", Uint8Array.of(0)),
        b.op("s"),
      ),
    ),
    code: "torch/no-state-dict",
  },
  {
    what: "a checkpoint that is a list",
    bytes: b.checkpoint(b.pickle(b.op("]"))),
    code: "torch/no-state-dict",
    message: /a list/,
  },
];

describe("broken tensors", () => it.each(TENSORS)("refuses $what", check));

describe("odd but sound tensors", () => {
  it("reads a tensor of 5,000 dimensions of size 1, and of 20 of size 2, in no time", async () => {
    const twos = [...Array(5000).fill(1), ...Array(20).fill(2), ...Array(4000).fill(1)];
    const bytes = b.checkpoint(b.stateDict(b.tensor({ size: twos, stride: twos.map(() => 0) })));
    const { tensors } = await openWeights(guardedSource(bytes));
    const values = await tensors.get("w")!.read();
    expect(values.length).toBe(2 ** 20);
    expect(values.every((value) => value === 1)).toBe(true);
  });
});
