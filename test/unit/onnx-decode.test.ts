import { describe, expect, it } from "vitest";
import { type ByteSource, bytesSource } from "../../src/base/bytes/byte-source.js";
import { decodeMessage, decodeModel } from "../../src/onnx/decode.js";
import { heldNumbers, readNumbers } from "../../src/onnx/read/stored-values.js";
import { field, file, int, tag, varint } from "./onnx-support/wire-writer.js";

async function tensor(...parts: readonly (readonly number[])[]) {
  const source = bytesSource("t.pb", file(...parts));
  return decodeMessage(source, "TensorProto");
}

/** Counts the bytes that are read from it. */
class CountingSource implements ByteSource {
  readonly name = "counted";
  bytesRead = 0;
  largestRead = 0;

  constructor(private readonly bytes: Uint8Array<ArrayBuffer>) {}

  get size(): number {
    return this.bytes.length;
  }

  async read(offset: number, length: number): Promise<Uint8Array> {
    expect(offset + length).toBeLessThanOrEqual(this.size);
    this.bytesRead += length;
    this.largestRead = Math.max(this.largestRead, length);
    return this.bytes.subarray(offset, offset + length);
  }

  async sha256(): Promise<string> {
    return "";
  }
}

describe("decodeModel", () => {
  it("tells an absent field from one that holds its default", async () => {
    const { message } = await tensor(field(8, ""), int(14, 0));
    expect([message.name, message.data_location, message.data_type, message.raw_data]).toEqual([
      "",
      0,
      undefined,
      undefined,
    ]);
    expect([message.dims, message.external_data, message.unknown]).toEqual([[], [], []]);
  });

  it("reads 64-bit integers exactly", async () => {
    const values = [0n, 1n, -1n, 2n ** 31n, 2n ** 53n - 1n, 2n ** 53n, -(2n ** 53n), 2n ** 63n - 1n, -(2n ** 63n)];
    const { message } = await tensor(...values.map((value) => int(1, value)));
    expect(message.dims).toEqual([0, 1, -1, 2 ** 31, 2 ** 53 - 1, 2n ** 53n, -(2 ** 53), 2n ** 63n - 1n, -(2n ** 63n)]);
  });

  it("cuts 32-bit integers to their low half, as protobuf does", async () => {
    expect((await tensor(int(2, 2n ** 32n + 5n))).message.data_type).toBe(5);
    expect((await tensor(int(2, -7))).message.data_type).toBe(-7);
  });

  it("accepts lists packed, one by one, and both", async () => {
    const { message } = await tensor(
      field(1, [2, 3]),
      int(1, 4),
      field(1, []),
      field(7, [5, ...varint(-6)]),
      int(7, 7),
      int(7, 2n ** 60n),
    );
    expect(message.dims).toEqual([2, 3, 4]);
    expect(message.int64_data).toMatchObject({ count: 4, parts: [{ tagged: false }, { tagged: true }] });
    expect(heldNumbers(message.int64_data!, "int64")).toEqual([5, -6, 7, 2n ** 60n]);
    expect(await readNumbers(message.int64_data!, "uint64")).toEqual([5, 2n ** 64n - 6n, 7, 2n ** 60n]);
  });

  it("reads floats and doubles", async () => {
    const floats = new Uint8Array(Float32Array.of(0.1, -2).buffer);
    const doubles = new Uint8Array(Float64Array.of(0.1).buffer);
    const { message } = await tensor(
      field(4, [...floats]),
      [...tag(4, 5), ...floats.slice(4)],
      field(10, [...doubles]),
    );
    expect(heldNumbers(message.float_data!, "float")).toEqual([Math.fround(0.1), -2, -2]);
    expect(heldNumbers(message.double_data!, "double")).toEqual([0.1]);
  });

  it("merges a single message that comes in two parts", async () => {
    const model = file(
      field(7, [...field(2, "a"), ...field(1, field(3, "n1"))]),
      field(7, [...field(2, "b"), ...field(1, [])]),
    );
    const { message } = await decodeModel(bytesSource("m", model));
    expect(message.graph).toMatchObject({ name: "b", node: [{ name: "n1" }, { name: undefined }] });
  });

  it("keeps the last member of a oneof", async () => {
    const dim = async (...parts: number[][]) => {
      const { message } = await decodeMessage(bytesSource("s", file(field(1, parts.flat()))), "TensorShapeProto");
      return message.dim[0];
    };
    expect(await dim(int(1, 3), field(2, "N"))).toMatchObject({ dim_value: undefined, dim_param: "N" });
    expect(await dim(field(2, "N"), int(1, 3), field(3, "D"))).toMatchObject({
      dim_value: 3,
      dim_param: undefined,
      denotation: "D",
    });
  });

  it("keeps unknown fields, and known ones of another wire type, which it notes", async () => {
    const { message, notes } = await tensor(int(99, 1), field(2, "x"), int(2, 1), int(14, 7));
    expect(message.data_type).toBe(1);
    expect(message.data_location).toBeUndefined();
    const unknown = message.unknown.map(async ({ content, ...field }) => ({
      ...field,
      bytes: [...(await content.read())],
    }));
    expect(await Promise.all(unknown)).toEqual([
      { number: 99, wireType: 0, offset: 0, bytes: int(99, 1) },
      { number: 2, wireType: 2, offset: 3, bytes: field(2, "x") },
      { number: 14, wireType: 0, offset: 8, bytes: int(14, 7) },
    ]);
    expect(notes).toEqual([{ kind: "wire-type", offset: 3, field: "TensorProto.data_type" }]);
  });

  it("keeps different names different when they are not UTF-8, and notes them (CVE-2026-48712)", async () => {
    const name = async (...bytes: number[]) => {
      const { message, notes } = await tensor(field(8, bytes));
      return [message.name, notes.map((n) => `${n.kind} ${n.offset} ${n.field}`).join()];
    };
    const note = "invalid-utf8 2 TensorProto.name";
    expect(await name(0xc3, 0xa4)).toEqual(["ä", ""]);
    expect(await name(0x61, 0xff, 0xc3, 0xa4)).toEqual(["a\udcffä", note]);
    expect(await name(0xc0, 0xaf)).toEqual(["\udcc0\udcaf", note]);
    expect(await name(0xed, 0xa0, 0x80)).toEqual(["\udced\udca0\udc80", note]);
    expect(await name(0xf0, 0x9f)).toEqual(["\udcf0\udc9f", note]);
    expect(await name(0xef, 0xbb, 0xbf, 0x61)).toEqual(["\ufeffa", ""]);
  });

  it("reads long text and text outside ASCII", async () => {
    const long = "ab".repeat(300);
    const { message } = await tensor(field(8, long), field(12, "日本"));
    expect([message.name, message.doc_string]).toEqual([long, "日本"]);
  });

  it("treats __proto__ and constructor as ordinary text (CVE-2022-25878, CVE-2023-36665)", async () => {
    const entry = (key: string) => field(14, [...field(1, key), ...field(2, "v")]);
    const model = file(entry("__proto__"), entry("constructor"));
    const { message } = await decodeModel(bytesSource("m", model));
    expect(message.metadata_props.map((p) => p.key)).toEqual(["__proto__", "constructor"]);
    expect(Object.keys(Object.prototype)).toEqual([]);
  });
});

describe("a large file", () => {
  const raw = new Uint8Array(50_000).fill(7);
  const floats = new Array(40_000).fill(0);
  const initializer = (name: string) => field(5, [...field(8, name), ...field(9, [...raw])]);
  const model = file(
    int(1, 8),
    field(7, [
      ...initializer("a"),
      ...field(5, [...field(8, "f"), ...field(4, floats)]),
      ...field(2, "graph"),
      ...field(99, [...raw]),
      ...field(10, "d".repeat(3000)),
      ...initializer("b"),
    ]),
    tag(100, 3),
    field(2, [...raw.slice(0, 3000)]),
    tag(100, 4),
    field(2, "me"),
  );

  it("is read without its values", async () => {
    const source = new CountingSource(model);
    const { message, trailing } = await decodeModel(source, { windowBytes: 1000 });
    expect([message.ir_version, message.producer_name, trailing]).toEqual([8, "me", null]);
    expect(message.graph).toMatchObject({ name: "graph", doc_string: "d".repeat(3000), unknown: [{ number: 99 }] });
    expect(message.graph!.initializer.map((t) => t.name)).toEqual(["a", "f", "b"]);
    expect(message.graph!.initializer[1]!.float_data).toMatchObject({ count: 10_000 });
    expect(source.bytesRead).toBeLessThan(40_000 + 20_000);
    expect(source.largestRead).toBeLessThan(8000);
  });

  it("gives the values when asked", async () => {
    const source = bytesSource("m", model);
    const { message } = await decodeModel(source, { windowBytes: 1000 });
    const last = message.graph!.initializer[2]!.raw_data!;
    expect(last.bytes).toBeNull();
    expect(await last.read()).toEqual(raw);
    expect(await readNumbers(message.graph!.initializer[1]!.float_data!, "float")).toHaveLength(10_000);
  });
});
