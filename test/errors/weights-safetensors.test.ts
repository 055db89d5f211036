import { describe, expect, it } from "vitest";
import { readSafetensors } from "../../src/files/safetensors.js";
import { concat, guardedSource, refusal, utf8 } from "../unit/weights-sources.js";

function u64(value: bigint): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, value, true);
  return bytes;
}

/** A file of a header and `size` bytes of data. */
function file(header: string | Uint8Array, size = 0): Uint8Array {
  const json = typeof header === "string" ? utf8(header) : header;
  return concat(u64(BigInt(json.length)), json, new Uint8Array(size));
}

const tensor = (shape: string, offsets: string, dtype = '"F32"'): string =>
  `{"dtype":${dtype},"shape":${shape},"data_offsets":${offsets}}`;
const one = (shape: string, offsets: string, dtype?: string): string => `{"a":${tensor(shape, offsets, dtype)}}`;

interface Row {
  readonly what: string;
  readonly bytes: Uint8Array;
  readonly code: string;
  /** The tensor that the place names. */
  readonly tensor?: string;
  /** The byte, or what stands there. */
  readonly at: number | string;
  readonly pointer?: string;
}

const ROWS: readonly Row[] = [
  { what: "17 no bytes", bytes: new Uint8Array(0), code: "safetensors/too-short", at: 0 },
  { what: "17 seven bytes", bytes: new Uint8Array(7), code: "safetensors/too-short", at: 0 },
  {
    what: "18 a header of 2^64-1 bytes",
    bytes: concat(u64(2n ** 64n - 1n), utf8("{}")),
    code: "safetensors/header-too-large",
    at: 0,
  },
  {
    what: "19 a header past the end",
    bytes: concat(u64(3n), utf8("{}")),
    code: "safetensors/header-past-end",
    at: 0,
  },
  {
    what: "20 bad UTF-8, after a character of two bytes",
    bytes: file(concat(utf8('{"é'), Uint8Array.of(0xff), utf8('":1}'))),
    code: "json/invalid-utf8",
    at: 12,
  },
  { what: "21 an array", bytes: file("[]"), code: "safetensors/header-start", at: 8 },
  { what: "an empty header", bytes: file(""), code: "safetensors/header-start", at: 8 },
  { what: "a byte order mark", bytes: file("\ufeff{}"), code: "safetensors/header-start", at: 8 },
  { what: "33 a leading space", bytes: file(" {}"), code: "safetensors/header-start", at: 8 },
  { what: "22 a trailing NUL", bytes: file("{}\0"), code: "json/trailing-content", at: 10 },
  { what: "a truncated header", bytes: file('{"a":'), code: "json/truncated", at: 13 },
  {
    what: "32 a duplicate tensor",
    bytes: file(`{"é":${tensor("[0]", "[0,0]")},"\\u00e9":${tensor("[0]", "[0,0]")}}`),
    code: "json/duplicate-key",
    at: '"\\u00e9"',
    pointer: "/é",
  },
  {
    what: "23 a hole",
    bytes: file(`{"a":${tensor("[1]", "[0,4]")},"b":${tensor("[1]", "[8,12]")}}`, 12),
    code: "safetensors/hole",
    tensor: "b",
    at: "[8,12]",
    pointer: "/b/data_offsets",
  },
  {
    what: "23 a hole at the start",
    bytes: file(one("[1]", "[4,8]"), 8),
    code: "safetensors/hole",
    tensor: "a",
    at: "[4,8]",
  },
  {
    what: "24 an overlap",
    bytes: file(`{"a":${tensor("[2]", "[0,8]")},"b":${tensor("[2]", "[4,12]")}}`, 12),
    code: "safetensors/overlap",
    tensor: "b",
    at: "[4,12]",
  },
  {
    what: "25 reversed offsets",
    bytes: file(one("[1]", "[4,0]"), 4),
    code: "safetensors/reversed-offsets",
    tensor: "a",
    at: "[4,0]",
    pointer: "/a/data_offsets",
  },
  {
    what: "26 a dimension of -1",
    bytes: file(one("[2,-1]", "[0,4]"), 4),
    code: "safetensors/not-a-count",
    tensor: "a",
    at: "-1",
    pointer: "/a/shape/1",
  },
  {
    what: "27 a dimension of 1.0",
    bytes: file(one("[1.0]", "[0,4]"), 4),
    code: "safetensors/not-a-count",
    tensor: "a",
    at: "1.0",
    pointer: "/a/shape/0",
  },
  {
    what: "a dimension of 2^53",
    bytes: file(one("[9007199254740992]", "[0,4]"), 4),
    code: "safetensors/not-a-count",
    tensor: "a",
    at: "9007199254740992",
  },
  {
    what: "a dimension that is a string",
    bytes: file(one('["1"]', "[0,4]"), 4),
    code: "safetensors/not-a-count",
    tensor: "a",
    at: '"1"',
  },
  {
    what: "28 an overflow",
    bytes: file(one("[4294967296,4294967296]", "[0,4]"), 4),
    code: "safetensors/size-overflow",
    tensor: "a",
    at: "[4294967296",
    pointer: "/a/shape",
  },
  {
    what: "28 an overflow before a zero",
    bytes: file(one("[4294967296,4294967296,0]", "[0,0]")),
    code: "safetensors/size-overflow",
    tensor: "a",
    at: "[4294967296",
  },
  {
    what: "29 a lower-case type",
    bytes: file(one("[1]", "[0,4]", '"f32"'), 4),
    code: "safetensors/unknown-dtype",
    tensor: "a",
    at: '"f32"',
    pointer: "/a/dtype",
  },
  {
    what: "30 truncated data",
    bytes: file(one("[2]", "[0,8]"), 7),
    code: "safetensors/data-end",
    at: 69,
  },
  {
    what: "30 trailing data",
    bytes: file(one("[1]", "[0,4]"), 5),
    code: "safetensors/data-end",
    at: 66,
  },
  { what: "data without tensors", bytes: file("{}", 1), code: "safetensors/data-end", at: 10 },
  {
    what: "31 a number in the metadata",
    bytes: file('{"__metadata__":{"epoch":3}}'),
    code: "safetensors/wrong-kind",
    tensor: "__metadata__",
    at: "3}",
    pointer: "/__metadata__/epoch",
  },
  {
    what: "metadata that is a string",
    bytes: file('{"__metadata__":"x"}'),
    code: "safetensors/wrong-kind",
    tensor: "__metadata__",
    at: '"x"',
  },
  {
    what: "a size that differs from the offsets",
    bytes: file(one("[2]", "[0,4]"), 4),
    code: "safetensors/size-mismatch",
    tensor: "a",
    at: "[0,4]",
  },
  {
    what: "half a byte",
    bytes: file(one("[1]", "[0,1]", '"F4"'), 1),
    code: "safetensors/partial-byte",
    tensor: "a",
    at: "[1]",
  },
  {
    what: "an entry that is an array",
    bytes: file('{"a":[]}'),
    code: "safetensors/wrong-kind",
    tensor: "a",
    at: "[]",
  },
  {
    what: "an entry without its offsets",
    bytes: file('{"a":{"dtype":"F32","shape":[1]}}'),
    code: "safetensors/missing-field",
    tensor: "a",
    at: '{"dtype',
  },
  {
    what: "three offsets",
    bytes: file(one("[1]", "[0,4,4]"), 4),
    code: "safetensors/wrong-kind",
    tensor: "a",
    at: "[0,4,4]",
  },
  {
    what: "a type that is a number",
    bytes: file(one("[1]", "[0,4]", "32"), 4),
    code: "safetensors/wrong-kind",
    tensor: "a",
    at: "32,",
  },
  { what: "depth 100,000", bytes: file(`{"a":${"[".repeat(100_000)}`), code: "json/too-deep", at: 112 },
];

/** `tensor t, byte n`, as diagnostics say it. */
function placeIn({ bytes, tensor, at }: Row): string {
  const byte = typeof at === "number" ? at : Buffer.from(bytes).indexOf(at);
  return tensor === undefined ? `byte ${byte}` : `tensor ${tensor}, byte ${byte}`;
}

describe("safetensors attacks", () => {
  it.each(ROWS)("refuses $what", async (row) => {
    const { bytes, code, pointer } = row;
    const source = guardedSource(bytes, "weights.safetensors");
    const [first, ...more] = await refusal(() => readSafetensors(source));
    expect(more).toEqual([]);
    expect(first).toMatchObject({ code, severity: "error", file: "weights.safetensors", place: placeIn(row) });
    if (pointer !== undefined) expect(first?.pointer).toBe(pointer);
    if (!code.startsWith("json/")) expect(first?.hint).toBeTruthy();
    // Nothing beyond the header is ever read.
    expect(source.reads.reduce((sum, [, length]) => sum + length, 0)).toBeLessThanOrEqual(bytes.length);
  });

  it("names the bad tensor's type in the hint", async () => {
    const [found] = await refusal(() => readSafetensors(guardedSource(file(one("[1]", "[0,4]", '"f32"'), 4))));
    expect(found?.hint).toContain("F32");
  });

  it("34 warns of an unknown field and reads on", async () => {
    const warnings: unknown[] = [];
    const header = '{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4],"color":1}}';
    const store = await readSafetensors(guardedSource(file(header, 4)), (warning) => warnings.push(warning));
    expect(warnings).toMatchObject([
      { code: "safetensors/unknown-field", severity: "warning", place: "tensor a, byte 61", pointer: "/a/color" },
    ]);
    expect(await store.tensors.get("a")?.read()).toEqual(Float32Array.of(0));
  });

  it("reports the errors of all entries together, and the layout only once they are sound", async () => {
    const header = `{"a":${tensor("[-1]", "[0,4]", '"X"')},"b":${tensor("[1]", "[9,8]")}}`;
    const codes = (await refusal(() => readSafetensors(guardedSource(file(header, 4))))).map(({ code }) => code);
    expect(codes).toEqual(["safetensors/unknown-dtype", "safetensors/not-a-count", "safetensors/reversed-offsets"]);
  });

  it("stops at a hundred findings, quickly", async () => {
    const entries = Array.from({ length: 20_000 }, (_, i) => `"é${i}":${tensor("[-1]", "[0,4]")}`);
    expect(await refusal(() => readSafetensors(guardedSource(file(`{${entries.join(",")}}`))))).toHaveLength(100);
  });
});
