import { describe, expect, it } from "vitest";
import { bytesSource } from "../../src/base/bytes/byte-source.js";
import { SmxcError } from "../../src/base/diagnostics.js";
import { decodeModel } from "../../src/onnx/decode.js";
import { foreignModel } from "../unit/onnx-support/fixtures.js";
import { field, file, int, tag, varint } from "../unit/onnx-support/wire-writer.js";

const GRAPH = 7;
const NODE = 1;
const ATTRIBUTE = 5;

/** A graph inside an attribute of a node of a graph…, `levels` times three messages deep. */
function nestedGraphs(levels: number): number[] {
  let graph = field(2, "g");
  for (let i = 0; i < levels; i++) graph = field(NODE, field(ATTRIBUTE, field(6, graph)));
  return graph;
}

function sequenceTypes(levels: number): number[] {
  let type: number[] = [];
  for (let i = 0; i < levels; i++) type = field(4, field(1, type));
  return type;
}

function groups(levels: number): number[] {
  return [...Array(levels).fill(tag(100, 3)).flat(), ...Array(levels).fill(tag(100, 4)).flat()];
}

interface Case {
  readonly what: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly code: string;
  readonly place: string;
}

const shufflenet = foreignModel("light_shufflenet.onnx");

const refused: readonly Case[] = [
  {
    what: "a file cut short (item 49)",
    bytes: shufflenet.slice(0, -1),
    code: "onnx/wire-length",
    place: expect.stringMatching(/^byte \d+$/) as unknown as string,
  },
  { what: "a varint cut short", bytes: file(tag(1, 0), [0x80]), code: "onnx/wire-truncated", place: "byte 1" },
  { what: "a tag cut short", bytes: file(int(1, 8), [0x80]), code: "onnx/wire-truncated", place: "byte 2" },
  {
    what: "a varint of 11 bytes (item 50)",
    bytes: file(tag(1, 0), [...Array(10).fill(0x80), 0]),
    code: "onnx/wire-varint",
    place: "byte 1",
  },
  {
    what: "a tag of 6 bytes",
    bytes: file([0x88, 0x80, 0x80, 0x80, 0x80, 0, 8]),
    code: "onnx/wire-varint",
    place: "byte 0",
  },
  {
    what: "a length of 6 bytes",
    bytes: file(tag(2, 2), [0x81, 0x80, 0x80, 0x80, 0x80, 0, 65]),
    code: "onnx/wire-varint",
    place: "byte 1",
  },
  {
    what: "a length past the end of the file (item 51)",
    bytes: file(tag(GRAPH, 2), varint(2 ** 40)),
    code: "onnx/wire-varint",
    place: "byte 1",
  },
  {
    what: "a length of 4 GiB",
    bytes: file(tag(GRAPH, 2), varint(2 ** 32 - 1)),
    code: "onnx/wire-length",
    place: "byte 1",
  },
  {
    what: "a length past the end of its message",
    bytes: file(field(GRAPH, field(NODE, [...tag(3, 2), 2, 65])), int(1, 8)),
    code: "onnx/wire-length",
    place: "byte 5, graph.node[0]",
  },
  {
    what: "tag 0 inside a message",
    bytes: file(field(GRAPH, [...field(2, "g"), 0])),
    code: "onnx/wire-tag",
    place: "byte 5, graph",
  },
  { what: "field number 0", bytes: file([2, 1, 0]), code: "onnx/wire-tag", place: "byte 0" },
  { what: "wire type 6", bytes: file(int(1, 8), tag(99, 6)), code: "onnx/wire-type", place: "byte 2" },
  { what: "wire type 7", bytes: file(field(GRAPH, tag(2, 7))), code: "onnx/wire-type", place: "byte 2, graph" },
  {
    what: "a group that ends inside a message without having begun",
    bytes: file(field(GRAPH, tag(2, 4))),
    code: "onnx/wire-group",
    place: "byte 2, graph",
  },
  {
    what: "a group ended as another",
    bytes: file(tag(100, 3), tag(101, 4)),
    code: "onnx/wire-group",
    place: "byte 2",
  },
  { what: "a group without an end", bytes: file(tag(100, 3), int(1, 8)), code: "onnx/wire-truncated", place: "byte 4" },
  {
    what: "packed floats of 5 bytes",
    bytes: file(field(GRAPH, field(5, field(4, [0, 0, 0, 0, 0])))),
    code: "onnx/wire-packed",
    place: "byte 6, graph.initializer[0]",
  },
  {
    what: "packed integers that end in the middle of one",
    bytes: file(field(GRAPH, field(5, field(7, [1, 0x80])))),
    code: "onnx/wire-truncated",
    place: "byte 8, graph.initializer[0]",
  },
  {
    what: "packed dimensions that end in the middle of one",
    bytes: file(field(GRAPH, field(5, field(1, [1, 0x80])))),
    code: "onnx/wire-truncated",
    place: "byte 7, graph.initializer[0]",
  },
  {
    what: "messages 101 deep (CVE-2026-44289)",
    bytes: file(field(GRAPH, field(11, field(2, sequenceTypes(49))))),
    code: "onnx/wire-depth",
    place: expect.stringMatching(/^byte \d+, graph\.input\[0\]\.type\.sequence_type\.elem_type/) as unknown as string,
  },
  {
    what: "graphs 103 deep",
    bytes: file(field(GRAPH, nestedGraphs(34))),
    code: "onnx/wire-depth",
    place: expect.stringMatching(/graph\.node\[0\]\.attribute\[0\]\.g\.node\[0\]/) as unknown as string,
  },
  { what: "groups 101 deep", bytes: file(groups(101)), code: "onnx/wire-depth", place: "byte 202" },
];

const passed: readonly { readonly what: string; readonly bytes: Uint8Array<ArrayBuffer> }[] = [
  { what: "an empty file", bytes: file() },
  { what: "messages 99 deep", bytes: file(field(GRAPH, field(11, field(2, sequenceTypes(48))))) },
  { what: "graphs 100 deep", bytes: file(field(GRAPH, nestedGraphs(33))) },
  { what: "groups 100 deep", bytes: file(groups(100)) },
  { what: "a padded varint of 10 bytes", bytes: file(tag(1, 0), [0x88, ...Array(8).fill(0x80), 0]) },
  { what: "a padded tag of 5 bytes", bytes: file([0x88, 0x80, 0x80, 0x80, 0, 8]) },
  { what: "a padded length of 5 bytes", bytes: file(tag(2, 2), [0x81, 0x80, 0x80, 0x80, 0, 65]) },
];

async function decode(bytes: Uint8Array<ArrayBuffer>, windowBytes: number): Promise<unknown> {
  return decodeModel(bytesSource("bad.onnx", bytes), { windowBytes });
}

describe.each([2 ** 22, 16])("decodeModel with a window of %d bytes", (windowBytes) => {
  it.each(refused)("refuses $what", async ({ bytes, code, place }) => {
    const refusal = await decode(bytes, windowBytes).catch((e: unknown) => e);
    expect(refusal).toBeInstanceOf(SmxcError);
    expect(refusal).toMatchObject({ kind: "invalid", diagnostics: [{ code, place, file: "bad.onnx" }] });
  });

  it.each(passed)("reads $what", async ({ bytes }) => {
    await expect(decode(bytes, windowBytes)).resolves.toMatchObject({ trailing: null });
  });

  it("stops where protobuf's parsers stop, and tells what follows (item 56)", async () => {
    const model = int(1, 8);
    for (const end of [[0], tag(5, 4)]) {
      const decoded = await decode(file(model, end, [1, 2, 3]), windowBytes);
      expect(decoded).toMatchObject({ message: { ir_version: 8 }, trailing: { offset: 2, length: 4 } });
    }
  });
});
