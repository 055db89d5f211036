import { toBinary } from "@bufbuild/protobuf";
import { ModelProtoSchema } from "onnx-buf";
import { describe, expect, it } from "vitest";
import { bytesSource } from "../../src/base/bytes/byte-source.js";
import { checkFile } from "../../src/onnx/check/check-model.js";
import { decodeModel } from "../../src/onnx/decode.js";
import { tensorBytes } from "../../src/onnx/tensor-bytes.js";
import { soundModel, tensor } from "../errors/onnx-rules/case.js";

const [UINT4, INT4, FLOAT4E2M1, UINT2, INT2, FLOAT6E2M3] = [21, 22, 23, 25, 26, 27];
const noFiles = () => Promise.reject(new Error("there are no external data"));

type Stored = { readonly int32Data: number[] } | { readonly rawData: Uint8Array<ArrayBuffer> };

function modelOf(dataType: number, elements: number, stored: Stored) {
  const model = soundModel();
  // Rank 2, since packing runs over the whole tensor and not over its rows.
  const dims = elements % 2 === 0 ? [2n, BigInt(elements / 2)] : [1n, BigInt(elements)];
  model.graph!.initializer.push(tensor({ dataType, dims, floatData: [], ...stored }));
  model.graph!.node[0]!.opType = "Where";
  return bytesSource("m", toBinary(ModelProtoSchema, model) as Uint8Array<ArrayBuffer>);
}

async function rules(dataType: number, elements: number, stored: Stored): Promise<readonly string[]> {
  const found = await checkFile(modelOf(dataType, elements, stored), { strict: true });
  return found.filter(({ place }) => place.includes("initializer")).map(({ rule }) => rule);
}

const entries = (count: number) => ({ int32Data: new Array<number>(count).fill(1) });
const UNUSED = "onnx/strict-unused-initializer";
const LONG = "onnx/strict-data-long";

describe("elements of less than a byte", () => {
  it.each([
    [INT4, 108, [54, 108, 14], [53, 55, 60, 107, 109, 15]],
    [UINT4, 7, [4, 7, 1], [5, 8]],
    [FLOAT4E2M1, 16, [8, 16, 2], [9, 17]],
    [UINT2, 108, [27, 108, 7], [28, 54, 109]],
    [INT2, 5, [2, 5, 1], [3, 4, 6]],
    [FLOAT6E2M3, 4, [4], [5]],
  ])(
    "type %i: %i of them may lie in %j entries, as writers put them, and in no others",
    async (type, count, known, strange) => {
      for (const each of known) expect(await rules(type, count, entries(each))).toEqual([UNUSED]);
      for (const each of strange) expect(await rules(type, count, entries(each))).toEqual([UNUSED, LONG]);
    },
  );

  it.each([
    [INT4, 108, 54],
    [UINT4, 7, 4],
    [INT2, 5, 2],
    [FLOAT6E2M3, 4, 3],
  ])("type %i: %i of them fill %i bytes of raw_data", async (type, count, bytes) => {
    expect(await rules(type, count, { rawData: new Uint8Array(bytes) })).toEqual([UNUSED]);
    expect(await rules(type, count, { rawData: new Uint8Array(bytes + 1) })).toEqual([UNUSED, LONG]);
  });

  it("never tells to cut data, which may be the weights", async () => {
    const found = await checkFile(modelOf(INT4, 108, entries(60)), { strict: true });
    expect(found.find(({ rule }) => rule === LONG)).toMatchObject({
      message: "has 60 int32_data, but its type and dimensions need 54, 108 or 14",
      hint: expect.not.stringMatching(/cut/),
    });
  });

  const nibbles = [1, 15, 8, 3, 0, 7, 9, 2, 5];
  const packedNibbles = [0xf1, 0x38, 0x70, 0x29, 0x05];
  it.each<[string, number, Stored, number[]]>([
    ["raw_data", INT4, { rawData: Uint8Array.from(packedNibbles) }, packedNibbles],
    ["two in an entry", INT4, { int32Data: packedNibbles }, packedNibbles],
    ["one in an entry", INT4, { int32Data: nibbles }, packedNibbles],
    ["one in an entry, with its sign", INT4, { int32Data: [1, -1, -8, 3, 0, 7, -7, 2, 5] }, packedNibbles],
    ["eight in an entry", INT4, { int32Data: [0x297038f1, 5] }, packedNibbles],
    ["four in an entry", UINT2, { int32Data: [0b11_10_01_00, 0b01_10_11_11, 0b10] }, [0xe4, 0x6f, 2]],
    ["sixteen in an entry", UINT2, { int32Data: [0x26fe4] }, [0xe4, 0x6f, 2]],
    [
      "6 bits in an entry",
      FLOAT6E2M3,
      { int32Data: [1, 2, 3, 63, 5, 6, 7, 8, 9] },
      [0x81, 0x30, 0xfc, 0x85, 0x71, 0x20, 9],
    ],
  ])("have one form however they are stored: %s", async (_, type, stored, expected) => {
    const { message } = await decodeModel(modelOf(type, 9, stored));
    const bytes = await tensorBytes(message.graph!.initializer[0]!, noFiles);
    expect([...bytes]).toEqual(expected);
  });
});
