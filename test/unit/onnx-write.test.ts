/** Records to files and back: nothing is lost, whatever made the record. */
import { readdirSync, readFileSync } from "node:fs";
import pkg from "onnx-proto";
import { describe, expect, it } from "vitest";
import { type ByteSource, bytesSource, collect } from "../../src/base/bytes/byte-source.js";
import { decodeMessage, decodeModel } from "../../src/onnx/decode.js";
import { encodeModel } from "../../src/onnx/encode.js";
import { readModel, writeModel } from "../../src/onnx/front/files.js";
import { attributeTypeCode, attributeTypeName, VALUE_TYPES } from "../../src/onnx/graph/attribute-types.js";
import { HeldBytes, MadeBytes } from "../../src/onnx/graph/blob.js";
import * as build from "../../src/onnx/graph/build.js";
import { ELEMENT_TYPES, elementCode } from "../../src/onnx/graph/element-types.js";
import type { ModelProto } from "../../src/onnx/graph/records.js";
import { fromOnnxProto, toOnnxProto } from "../../src/onnx/onnx-proto.js";
import { floatsOf } from "../../src/onnx/read/floats-of.js";
import { ropeStream } from "../../src/onnx/write/rope.js";
import { messageRope } from "../../src/onnx/write/write-message.js";
import { FULL_MODEL } from "../property/onnx-diff/full-model.js";
import { fixture } from "../support/fixtures.js";
import { contentOf } from "./onnx-support/content.js";
import { field, file, int } from "./onnx-support/wire-writer.js";
import { writeRecord } from "./onnx-support/write-record.js";

const { onnx } = pkg;

const FILES = ["models", "broken"].flatMap((folder) =>
  readdirSync(fixture("onnx", folder)).map((name) => [folder, name] as const),
);

/** More than a window at a time, so that values stay in the file. */
const SMALL_WINDOW = { windowBytes: 1000 };

async function rewritten(model: ModelProto): Promise<ModelProto> {
  const bytes = await collect(encodeModel(model).model);
  return (await decodeModel(bytesSource("again", bytes))).message;
}

async function expectSame(model: ModelProto): Promise<void> {
  expect(await contentOf("ModelProto", await rewritten(model))).toEqual(await contentOf("ModelProto", model));
}

describe("a model that was read", () => {
  it.each(FILES)("is written with the same content: %s/%s", async (folder, name) => {
    const source = bytesSource(name, new Uint8Array(readFileSync(fixture("onnx", folder, name))));
    await expectSame((await decodeModel(source)).message);
    await expectSame((await decodeModel(source, SMALL_WINDOW)).message);
  });

  it("may have every field of every message", async () => {
    const bytes = Uint8Array.from(writeRecord("ModelProto", FULL_MODEL));
    await expectSame(await readModel(bytes));
    expect(await contentOf("ModelProto", await readModel(new Blob([bytes])))).toEqual(
      await contentOf("ModelProto", await readModel(bytes)),
    );
  });

  it("keeps unknown fields where they were, and fields of another wire type", async () => {
    const bytes = file(int(99, 1), field(7, [...field(77, "deep"), ...int(2, 5)]), field(98, "x".repeat(5000)));
    const { message } = await decodeModel(bytesSource("m", bytes));
    await expectSame(message);
    const { graph, unknown } = await rewritten(message);
    expect([unknown, graph!.unknown].map((list) => list.map(({ number }) => number))).toEqual([
      [99, 98],
      [77, 2],
    ]);
  });

  it("keeps names that are not UTF-8", async () => {
    const bytes = file(field(2, [0x61, 0xff, 0xf0, 0x9f, 0x98, 0x80, 0x80]));
    const { message } = await decodeModel(bytesSource("m", bytes));
    expect([...(await collect(encodeModel(message).model))]).toEqual([...bytes]);
  });

  it("keeps integers of 64 bits", async () => {
    const versions = [2n ** 63n - 1n, -(2n ** 63n), 2n ** 53n, -1n, 2n ** 32n];
    const bytes = file(...versions.map((version) => field(8, int(2, version))));
    const { opset_import } = await rewritten((await decodeModel(bytesSource("m", bytes))).message);
    expect(opset_import.map(({ version }) => BigInt(version!))).toEqual(versions);
  });
});

describe("a made record", () => {
  it("may hold values of several files, and such that are made while it is written", async () => {
    const open = async (name: string, value: number): Promise<ByteSource> => {
      const read = async () => new Float32Array(2000).fill(value);
      const initializer = [build.floatTensor(name, "FLOAT", { shape: [2000], read })];
      const graph = build.graph({ name, initializer });
      return bytesSource(name, await collect(writeModel(build.model({ graph }))));
    };
    const [a, b] = await Promise.all([readModel(await open("a", 1)), readModel(await open("b", 2))]);
    const made = build.floatTensor("c", "FLOAT", { shape: [2000], read: async () => new Float32Array(2000).fill(3) });
    const initializer = [...a.graph!.initializer, ...b.graph!.initializer, made];
    expect(initializer.map(({ raw_data }) => raw_data!.bytes)).toEqual([null, null, null]);
    const model = build.model({ graph: build.graph({ initializer }) });
    for (const written of [await rewritten(model), await rewritten(await rewritten(model))]) {
      const values = await Promise.all(written.graph!.initializer.map((tensor) => floatsOf(tensor)!.read()));
      expect(values.map((each) => [each.length, each[0], each[1999]])).toEqual([
        [2000, 1, 1],
        [2000, 2, 2],
        [2000, 3, 3],
      ]);
    }
  });

  it("has lengths beyond 32 bits where its values have", async () => {
    class Huge extends MadeBytes {
      readonly length = 5 * 2 ** 30;
      override async *produce(): AsyncIterable<Uint8Array> {
        yield new Uint8Array(0);
      }
    }
    const tensor = build.tensor("w", "UINT8", [5 * 2 ** 30], new Huge());
    const graph = build.graph({ initializer: [tensor] });
    const { length, chunks } = ropeStream(messageRope("ModelProto", build.model({ graph })));
    const pieces: number[] = [];
    for await (const chunk of chunks()) pieces.push(...chunk);
    expect(length).toBe(5 * 2 ** 30 + pieces.length);
    // Of the graph: its tag, and its length in five bytes.
    expect(pieces.slice(0, 6)).toEqual(int(7, length - 6).with(0, 7 * 8 + 2));
  });

  it("moves weights beside the model, of files and of compiles alike, but integers that it holds", async () => {
    const weight = build.floatTensor("w", "FLOAT", { shape: [500], read: async () => new Float32Array(500).fill(2) });
    const index = build.intTensor("i", [500], new Array<number>(500).fill(7));
    const body = build.graph({ initializer: [{ ...weight, name: "inner" }] });
    const loop = build.node("Loop", [], ["y"], { attribute: [build.attribute("body", { g: body })] });
    const model = build.model({ graph: build.graph({ node: [loop], initializer: [weight, index] }) });
    const places = async (of: ModelProto, keepBodies: boolean) => {
      const encoded = encodeModel(of, { external: { location: "w.data", keepBodies } });
      const data = await collect(encoded.data);
      const { graph } = await readModel(await collect(encoded.model("0".repeat(64))));
      const tensors = [...graph!.node[0]!.attribute[0]!.g!.initializer, ...graph!.initializer];
      return [data.length, ...tensors.map((t) => t.external_data.map(({ value }) => value).join(" "))];
    };
    const read = await rewritten(model);
    for (const each of [model, read]) {
      expect(await places(each, false)).toEqual([4048, "w.data 0 2000", "w.data 2048 2000", ""]);
      expect(await places(each, true)).toEqual([2000, "", "w.data 0 2000", ""]);
    }
  });

  it("can be any message, such as a tensor of test data", async () => {
    const tensor = build.tensor("t", "UINT8", [3], new HeldBytes(Uint8Array.of(1, 2, 3)));
    const bytes = await collect(ropeStream(messageRope("TensorProto", tensor)));
    const { message } = await decodeMessage(bytesSource("t.pb", bytes), "TensorProto");
    expect(await contentOf("TensorProto", message)).toEqual(await contentOf("TensorProto", tensor));
  });

  it.each([Number.NaN, 0.5, 2 ** 53])("is refused where an integer is %d", (i) => {
    const node = build.node("Op", [], [], { attribute: [build.attribute("axis", { i })] });
    expect(() => encodeModel(build.model({ graph: build.graph({ node: [node] }) }))).toThrow("cannot hold");
  });
});

describe("onnx-proto", () => {
  const foreign = {
    irVersion: 8,
    opsetImport: [{ domain: "", version: 17 }],
    graph: {
      name: "g",
      node: [{ opType: "Relu", input: ["x"], output: ["y"], attribute: [{ name: "a", type: 7, ints: [1, -2] }] }],
      initializer: [{ name: "w", dims: [2], dataType: 1, rawData: Uint8Array.of(0, 0, 128, 63, 0, 0, 0, 64) }],
      input: [
        { name: "x", type: { tensorType: { elemType: 1, shape: { dim: [{ dimParam: "N" }, { dimValue: 3 }] } } } },
      ],
    },
  };

  it("has the same content as the record", async () => {
    const record = await fromOnnxProto(foreign);
    expect(record.graph!.node[0]).toMatchObject({ op_type: "Relu", attribute: [{ name: "a", ints: [1, -2] }] });
    expect([...(await floatsOf(record.graph!.initializer[0]!)!.read())]).toEqual([1, 2]);
    const object = await toOnnxProto(record);
    expect(onnx.ModelProto.encode(object).finish()).toEqual(onnx.ModelProto.encode(foreign).finish());
    expect(await contentOf("ModelProto", await fromOnnxProto(object))).toEqual(await contentOf("ModelProto", record));
  });

  it("numbers the element types that it has as the table does", () => {
    const { UNDEFINED, ...codes } = onnx.TensorProto.DataType;
    expect(UNDEFINED).toBe(0);
    const known = ELEMENT_TYPES.slice(0, Object.keys(codes).length);
    expect(Object.fromEntries(known.map(({ name, code }) => [name, code]))).toEqual({ ...codes });
    expect(ELEMENT_TYPES.map(({ code }) => code)).toEqual(ELEMENT_TYPES.map((_, i) => i + 1));
    expect(ELEMENT_TYPES.map(({ name }) => elementCode(name))).toEqual(ELEMENT_TYPES.map(({ code }) => code));
  });

  it("numbers the attribute types, each of which has a field", () => {
    const { UNDEFINED, ...codes } = onnx.AttributeProto.AttributeType;
    expect(UNDEFINED).toBe(0);
    expect(Object.fromEntries(VALUE_TYPES.map(([, name]) => [name, attributeTypeCode(name)]))).toEqual({ ...codes });
    expect(VALUE_TYPES.map(([, name]) => attributeTypeName({ type: attributeTypeCode(name) }))).toEqual(
      VALUE_TYPES.map(([, name]) => name),
    );
    expect([undefined, 0, 15].map((type) => attributeTypeName({ type }))).toEqual(new Array(3).fill("UNDEFINED"));
  });
});
