/** Checkpoints that do not fit their architecture, and configurations that contradict them. */
import { describe, expect, it } from "vitest";
import { SmxcError } from "../../src/base/diagnostics.js";
import { importModel } from "../../src/frontends/checkpoints/import.js";
import type { StoredTensor, TensorData, TensorStore } from "../../src/tensors/tensor.js";
import { changed, options, refusal, warningsOf } from "./import/changed.js";

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
