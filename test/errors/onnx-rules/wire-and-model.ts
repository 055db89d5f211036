import { create } from "@bufbuild/protobuf";
import { OperatorSetIdProtoSchema, StringStringEntryProtoSchema } from "onnx-buf";
import { expect } from "vitest";
import { bytesSource } from "../../../src/base/bytes/byte-source.js";
import { field, int, tag } from "../../unit/onnx-support/wire-writer.js";
import { appended, broken, type RuleCases } from "./case.js";

const GRAPH = 7;
const INITIALIZER = 5;

function nestedTypes(levels: number): number[] {
  let type: number[] = [];
  for (let i = 0; i < levels; i++) type = field(4, field(1, type));
  return type;
}

export const WIRE_AND_MODEL_CASES = {
  "onnx/wire-truncated": appended([0x08]),
  "onnx/wire-varint": appended(tag(5, 0), [...Array(10).fill(0x80), 0]),
  "onnx/wire-length": appended(tag(2, 2), [100]),
  "onnx/wire-tag": appended([2, 1, 0]),
  "onnx/wire-type": appended(tag(99, 6)),
  "onnx/wire-group": appended(field(GRAPH, tag(2, 4))),
  "onnx/wire-packed": appended(field(GRAPH, field(INITIALIZER, field(4, [0, 0, 0])))),
  "onnx/wire-depth": appended(field(GRAPH, field(13, field(2, nestedTypes(49))))),
  "onnx/unknown-format": { source: bytesSource("paper.onnx", new TextEncoder().encode("%PDF-1.7\n")), place: "byte 0" },
  "onnx/model-size": {
    source: { ...broken(() => {}).source, size: 2 ** 31, read: largeRead },
  },
  "onnx/model-ir-version": broken((m) => {
    m.irVersion = 0n;
    m.opsetImport = [];
  }),
  "onnx/model-ir-version-known": broken((m) => {
    m.irVersion = 15n;
  }),
  "onnx/model-metadata-unique": broken((m) => {
    m.metadataProps.push(...["a", "a"].map((key) => create(StringStringEntryProtoSchema, { key, value: key })));
  }),
  "onnx/model-opset-import": broken((m) => {
    m.opsetImport = [];
    m.graph!.node = [];
    m.graph!.output[0]!.name = "x";
  }),
  "onnx/model-opset-forbidden": broken((m) => {
    m.irVersion = 2n;
    m.opsetImport[0]!.version = 1n;
  }),
  "onnx/model-opset-range": broken((m) => {
    m.opsetImport.push(create(OperatorSetIdProtoSchema, { domain: "com.example", version: 2n ** 31n }));
  }),
  "onnx/strict-trailing-bytes": {
    ...appended([0, 1, 2]),
    place: expect.stringMatching(/^byte \d+$/) as unknown as string,
  },
  "onnx/strict-utf8": appended(field(2, [0xff])),
  "onnx/strict-wire-type": appended(int(2, 1)),
  "onnx/strict-unknown-field": appended(int(99, 1), int(99, 2)),
} as const satisfies RuleCases;

/** The sound model at the start of 2 GiB, of which the rest is one field that nobody reads. */
async function largeRead(offset: number, length: number): Promise<Uint8Array> {
  const { source } = broken(() => {});
  const model = await source.read(0, source.size);
  const filler = [...tag(99, 2), 0, 0, 0, 0, 0];
  const rest = 2 ** 31 - model.length - filler.length;
  new DataView(Uint8Array.from(filler).buffer);
  for (let i = 0, left = rest; i < 5; i++, left = Math.floor(left / 128))
    filler[filler.length - 5 + i] = (left % 128) | (i < 4 ? 128 : 0);
  const head = Uint8Array.from([...model, ...filler]);
  return bytesSource("", head).read(offset, Math.min(length, head.length - offset));
}
