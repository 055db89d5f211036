import { describe, expect, it } from "vitest";
import { collect } from "../../src/base/bytes/byte-source.js";
import { readSafetensors } from "../../src/files/safetensors.js";
import { DTYPES } from "../../src/files/safetensors-dtypes.js";
import { writeSafetensors } from "../../src/files/safetensors-write.js";
import type { LazyTensor } from "../../src/tensors/tensor.js";
import { concat, guardedSource, refusal, utf8 } from "./weights-sources.js";

const tensorOf = (shape: readonly number[], data: Float32Array | Float64Array): LazyTensor => ({
  shape,
  read: async () => data,
});

function file(header: string, data: Uint8Array): Uint8Array {
  const json = utf8(header);
  const length = new Uint8Array(8);
  new DataView(length.buffer).setBigUint64(0, BigInt(json.length), true);
  return concat(length, json, data);
}

describe("readSafetensors", () => {
  it("reads all float types, in any order of data and at any alignment", async () => {
    const header =
      '{"d":{"dtype":"F64","shape":[1],"data_offsets":[9,17]},"s":{"dtype":"F32","shape":[],"data_offsets":[5,9]},' +
      '"u":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"h":{"dtype":"F16","shape":[1,1],"data_offsets":[1,3]},' +
      '"b":{"dtype":"BF16","shape":[1],"data_offsets":[3,5]},"e":{"dtype":"F32","shape":[0,3],"data_offsets":[9,9]}}';
    const data = new Uint8Array(17);
    const view = new DataView(data.buffer);
    view.setUint16(1, 0x3e00, true);
    view.setUint16(3, 0xc040, true);
    view.setFloat32(5, 0.1, true);
    view.setFloat64(9, 0.1, true);
    // An odd number of bytes before the data makes every address unaligned.
    for (const padded of [header, `${header} `]) {
      const source = guardedSource(file(padded, data));
      const store = await readSafetensors(source);
      expect([...store.tensors.keys()]).toEqual(["d", "s", "h", "b", "e"]);
      expect(store.others.get("u")).toEqual({ name: "u", dtype: "uint8", shape: [1] });
      expect(source.reads).toHaveLength(2);
      expect(await store.tensors.get("d")?.read()).toEqual(Float64Array.of(0.1));
      expect(await store.tensors.get("s")?.read()).toEqual(Float32Array.of(0.1));
      expect(await store.tensors.get("h")?.read()).toEqual(Float32Array.of(1.5));
      expect(await store.tensors.get("b")?.read()).toEqual(Float32Array.of(-3));
      expect(await store.tensors.get("e")?.read()).toEqual(new Float32Array(0));
      expect(store.tensors.get("s")).toMatchObject({ name: "s", dtype: "float32", shape: [] });
      expect(source.reads.slice(2)).toEqual([8, 4, 2, 2, 0].map((length) => [expect.any(Number), length]));
    }
  });

  it("knows the 22 types of safetensors 0.8", () => {
    expect(DTYPES.size).toBe(22);
  });

  it("keeps __proto__, constructor and the empty name as ordinary names", async () => {
    const names = ["__proto__", "constructor", "", "a/b~c", "é😀"];
    const bytes = await collect(
      writeSafetensors(
        names.map((name, i) => ({ name, tensor: tensorOf([1], Float32Array.of(i)) })),
        new Map([["__proto__", "x"]]),
      ),
    );
    const store = await readSafetensors(guardedSource(bytes));
    expect([...store.tensors.keys()]).toEqual(names);
    expect([...store.metadata]).toEqual([["__proto__", "x"]]);
    for (const [i, name] of names.entries()) expect(await store.tensors.get(name)?.read()).toEqual(Float32Array.of(i));
  });
});

describe("tensors larger than memory", () => {
  it("are refused by name once they are read", async () => {
    const size = 2 ** 45;
    const header = `{"huge":{"dtype":"F32","shape":[${size / 4}],"data_offsets":[0,${size}]}}`;
    const start = file(header, new Uint8Array(0));
    const source = {
      ...guardedSource(start, "w.safetensors"),
      size: start.length + size,
      read: async (offset: number, length: number) =>
        offset < start.length ? start.subarray(offset, offset + length) : new Uint8Array(length),
    };
    const tensor = (await readSafetensors(source)).tensors.get("huge")!;
    expect(await refusal(() => tensor.read())).toMatchObject([
      { code: "weights/out-of-memory", file: "w.safetensors", place: "tensor huge" },
    ]);
  });
});

describe("writeSafetensors", () => {
  it("writes this file, byte for byte", async () => {
    const stream = writeSafetensors(
      [
        { name: "b", tensor: tensorOf([2], Float32Array.of(1, -2)) },
        { name: "a", tensor: tensorOf([1], Float64Array.of(0.1)) },
      ],
      new Map([["format", "smxc"]]),
    );
    const header =
      '{"__metadata__":{"format":"smxc"},"b":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},' +
      '"a":{"dtype":"F32","shape":[1],"data_offsets":[8,12]}}';
    const expected = file(
      header.padEnd(Math.ceil(header.length / 8) * 8),
      new Uint8Array(Float32Array.of(1, -2, 0.1).buffer),
    );
    expect(await collect(stream)).toEqual(expected);
    expect(stream.length).toBe(expected.length);
    expect(await collect(stream)).toEqual(expected);
  });

  it("reads a tensor only when its turn comes and hands on its memory without a copy", async () => {
    const order: string[] = [];
    const values = Float32Array.of(1, 2, 3);
    const tensor = (name: string): LazyTensor => ({
      shape: [3],
      read: async () => {
        order.push(name);
        return values.subarray(0);
      },
    });
    const stream = writeSafetensors(
      ["x", "y"].map((name) => ({ name, tensor: tensor(name) })),
      new Map(),
    );
    const seen: (string | boolean)[] = [];
    for await (const chunk of stream.chunks()) seen.push(chunk.buffer === values.buffer, order.join(""));
    expect(seen).toEqual([false, "", true, "x", true, "xy"]);
  });

  it("writes an empty file's header", async () => {
    expect(await collect(writeSafetensors([], new Map()))).toEqual(file("{}      ", new Uint8Array(0)));
  });

  it("refuses the reserved name, and float64 values that float32 cannot hold", async () => {
    const tensor = tensorOf([3], Float64Array.of(1, Number.POSITIVE_INFINITY, 1e39));
    const write = (name: string) => async () =>
      collect(writeSafetensors([{ name, tensor }], new Map(), "w.safetensors"));
    expect(await refusal(write("__metadata__"))).toMatchObject([{ code: "safetensors/reserved-name" }]);
    expect(await refusal(write("a"))).toMatchObject([
      { code: "weights/float32-overflow", place: "tensor a", message: expect.stringContaining("element 2") },
    ]);
  });

  it("does not take a shape that contradicts the values", async () => {
    const stream = writeSafetensors([{ name: "a", tensor: tensorOf([2], Float32Array.of(1)) }], new Map());
    await expect(collect(stream)).rejects.toThrow("has 1 values");
  });
});
