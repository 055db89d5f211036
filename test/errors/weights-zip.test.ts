import { describe, expect, it } from "vitest";
import { openWeights } from "../../src/files/open.js";
import { concat, guardedSource, refusal, utf8 } from "../unit/weights-sources.js";
import * as b from "./weights-torch-bytes.js";

const PICKLE: b.Entry = { name: "a/data.pkl", data: b.stateDict() };
const STORAGE: b.Entry = { name: "a/data/0", data: b.FOUR };
const archive = (...entries: readonly b.Entry[]): Uint8Array => b.zip(entries);
const withEnd = (end: b.End): Uint8Array => b.zip([PICKLE, STORAGE], end);

/** zip64's end record and its locator. */
function zip64(fields: { count?: number; size?: number; offset?: number; at?: number; disks?: number } = {}) {
  return (directory: { readonly count: number; readonly size: number; readonly offset: number }): Uint8Array => {
    const { count, size, offset } = { ...directory, ...fields };
    const at = fields.at ?? directory.offset + directory.size;
    const record = concat(b.u64(44), b.u16(0), b.u16(0), b.u32(0), b.u32(0), b.u64(count), b.u64(count), b.u64(size));
    return concat(
      ...[b.u32(0x06064b50), record, b.u64(offset)],
      ...[b.u32(0x07064b50), b.u32(0), b.u64(at), b.u32(fields.disks ?? 1)],
    );
  };
}

interface Row {
  readonly what: string;
  readonly bytes: Uint8Array;
  readonly code: string;
  readonly more?: readonly string[];
  readonly place?: string;
  readonly message?: RegExp;
}

/** Refused before anything but the directory is read. */
const DIRECTORIES: readonly Row[] = [
  { what: "a cut-off archive", bytes: archive(PICKLE, STORAGE).subarray(0, -1), code: "zip/no-directory" },
  { what: "an archive with something appended", bytes: concat(archive(PICKLE), utf8("x")), code: "zip/no-directory" },
  { what: "four bytes", bytes: utf8("PK\x03\x04"), code: "zip/no-directory" },
  {
    what: "something before the archive",
    bytes: concat(utf8("PK\x03\x04"), archive(PICKLE)),
    code: "zip/bad-directory",
  },
  { what: "fewer entries than declared", bytes: withEnd({ count: 3 }), code: "zip/bad-directory" },
  { what: "more entries than declared", bytes: withEnd({ count: 1 }), code: "zip/bad-directory" },
  { what: "a directory cut short", bytes: withEnd({ size: 10 }), code: "zip/bad-directory" },
  { what: "a directory past the end", bytes: withEnd({ offset: 0xfffffff0 }), code: "zip/bad-directory" },
  { what: "a directory elsewhere", bytes: withEnd({ offset: 0 }), code: "zip/bad-directory" },
  { what: "several disks", bytes: withEnd({ disk: 1 }), code: "zip/bad-directory", message: /disks/ },
  { what: "zip64 on several disks", bytes: withEnd({ before: zip64({ disks: 2 }) }), code: "zip/bad-directory" },
  {
    what: "zip64 that contradicts its end record",
    bytes: withEnd({ before: zip64(), count: 5 }),
    code: "zip/bad-directory",
    message: /contradict/,
  },
  { what: "zip64 elsewhere", bytes: withEnd({ before: zip64({ at: 0 }) }), code: "zip/bad-directory" },
  { what: "zip64 past 2^53", bytes: withEnd({ before: zip64({ at: 2 ** 60 }) }), code: "zip/bad-directory" },
  {
    what: "zip64 with a huge directory",
    bytes: withEnd({ before: zip64({ size: 2 ** 60 }), size: 0xffffffff }),
    code: "zip/bad-directory",
  },
  {
    what: "a full size without its zip64 field",
    bytes: archive(PICKLE, { ...STORAGE, size: 0xffffffff }),
    code: "zip/bad-directory",
    message: /zip64/,
  },
  {
    what: "a zip64 field cut off",
    bytes: archive(PICKLE, { ...STORAGE, size: 0xffffffff, extra: concat(b.u16(1), b.u16(4), b.u32(9)) }),
    code: "zip/bad-directory",
  },
  {
    what: "a name that is not UTF-8",
    bytes: archive(PICKLE, { ...STORAGE, nameBytes: Uint8Array.of(0xff) }),
    code: "zip/bad-directory",
  },
  {
    what: "44 a duplicate entry",
    bytes: archive(PICKLE, STORAGE, { ...STORAGE, data: new Uint8Array(16) }),
    code: "zip/duplicate-entry",
    message: /"a\/data\/0"/,
  },
  {
    what: "45 an overlap",
    bytes: archive(PICKLE, { ...STORAGE, headerOffset: 8 }),
    code: "zip/overlap",
    place: "byte 0",
  },
  { what: "45 two entries at one place", bytes: archive(PICKLE, { ...STORAGE, headerOffset: 0 }), code: "zip/overlap" },
  { what: "45 an entry over the directory", bytes: archive(PICKLE, { ...STORAGE, size: 17 }), code: "zip/overlap" },
  {
    what: "45 an entry past the end",
    bytes: archive(PICKLE, { ...STORAGE, headerOffset: 0xfffffff0 }),
    code: "zip/overlap",
  },
  {
    what: "45 an entry of 2^60 bytes",
    bytes: archive(PICKLE, {
      ...STORAGE,
      size: 0xffffffff,
      extra: concat(b.u16(1), b.u16(16), b.u64(2n ** 60n), b.u64(2n ** 60n)),
    }),
    code: "zip/overlap",
  },
  ...["a/../../x", "..", "../x", "/etc/passwd", "C:/x", "a\\..\\x", "a/x\0.txt"].map((name) => ({
    what: `46 an entry named ${JSON.stringify(name)}`,
    bytes: archive(PICKLE, STORAGE, { name, data: b.FOUR }),
    code: "zip/unsafe-name",
  })),
  {
    what: "47 a deflated storage",
    bytes: archive(PICKLE, { ...STORAGE, method: 8 }),
    code: "zip/compressed",
    message: /method 8/,
  },
  { what: "47 a deflated data.pkl", bytes: archive({ ...PICKLE, method: 8 }, STORAGE), code: "zip/compressed" },
  {
    what: "a stored entry of two sizes",
    bytes: archive(PICKLE, { ...STORAGE, storedSize: 8 }),
    code: "zip/stored-size",
  },
  { what: "an encrypted entry", bytes: archive(PICKLE, { ...STORAGE, flags: 1 }), code: "zip/encrypted" },
  {
    what: "all of these together",
    bytes: archive(PICKLE, { ...STORAGE, flags: 1 }, { name: "../x", data: b.FOUR, method: 9 }),
    code: "zip/encrypted",
    more: ["zip/unsafe-name", "zip/compressed"],
  },
  {
    what: "TorchScript",
    bytes: archive(PICKLE, { name: "a/code/__torch__.py", data: b.FOUR, method: 8 }),
    code: "torch/torchscript",
  },
  {
    what: "TorchScript by its constants",
    bytes: archive(PICKLE, { name: "a/constants.pkl", data: b.FOUR }),
    code: "torch/torchscript",
  },
  { what: "an empty archive", bytes: archive(), code: "torch/no-pickle" },
  {
    what: "an archive of something else",
    bytes: archive({ name: "readme.txt", data: b.FOUR }),
    code: "torch/no-pickle",
  },
  { what: "a pickle without its folder", bytes: archive({ ...PICKLE, name: "data.pkl" }), code: "torch/no-pickle" },
  { what: "two checkpoints", bytes: archive(PICKLE, { ...PICKLE, name: "b/data.pkl" }), code: "torch/several-pickles" },
  {
    what: "43 an unknown byte order",
    bytes: archive(PICKLE, STORAGE, { name: "a/byteorder", data: utf8("x") }),
    code: "torch/byte-order",
    place: "a/byteorder",
    message: /"x"/,
  },
  {
    what: "43 a big-endian checkpoint",
    bytes: archive(PICKLE, STORAGE, { name: "a/byteorder", data: utf8("big") }),
    code: "torch/byte-order",
    message: /big-endian/,
  },
  { what: "a wrong checksum of data.pkl", bytes: archive({ ...PICKLE, crc: 1 }, STORAGE), code: "zip/bad-crc" },
  ...(["name", "method", "flags", "crc", "size"] as const).map((field) => ({
    what: `a local header with another ${field}`,
    bytes: archive({ ...PICKLE, local: { [field]: field === "name" ? "b/data.pkl" : 1 } }, STORAGE),
    code: "zip/header-mismatch",
    place: "byte 0",
  })),
];

/** Found only when the tensor is read. */
const CONTENTS: readonly Row[] = [
  { what: "a wrong checksum of a storage", bytes: archive(PICKLE, { ...STORAGE, crc: 1 }), code: "zip/bad-crc" },
  {
    what: "a storage whose header has another size",
    bytes: archive(PICKLE, { ...STORAGE, local: { size: 15 } }),
    code: "zip/header-mismatch",
  },
  {
    what: "a storage without a local header",
    bytes: archive(PICKLE, { ...STORAGE, local: { signature: 1 } }),
    code: "zip/header-mismatch",
  },
  {
    what: "a storage whose header pushes it into the next entry",
    bytes: archive(
      PICKLE,
      { ...STORAGE, local: { name: "a/data/0-and-more" } },
      { name: "a/version", data: utf8("3") },
    ),
    code: "zip/header-mismatch",
  },
];

async function check(row: Row, action: (source: ReturnType<typeof guardedSource>) => Promise<unknown>): Promise<void> {
  const found = await refusal(() => action(guardedSource(row.bytes, "net.pt")));
  expect(found.map(({ code }) => code)).toEqual([row.code, ...(row.more ?? [])]);
  expect(found[0]).toMatchObject({ severity: "error", file: "net.pt", hint: expect.any(String) });
  if (row.place !== undefined) expect(found[0]?.place).toBe(row.place);
  if (row.message !== undefined) expect(found[0]?.message).toMatch(row.message);
}

describe("zip archives", () => {
  it.each(DIRECTORIES)("refuses $what", (row) => check(row, openWeights));

  it.each(CONTENTS)("refuses $what, once it is read", async (row) => {
    await openWeights(guardedSource(row.bytes));
    await check(row, async (source) => (await openWeights(source)).tensors.get("w")?.read());
  });

  const sound: readonly (readonly [string, Uint8Array])[] = [
    ["an absent checksum", archive({ ...PICKLE, crc: 0 }, { ...STORAGE, crc: 0 })],
    ["a comment", withEnd({ comment: "hello" })],
    ["a comment that holds an end record's signature", withEnd({ comment: "PK\x05\x06".padEnd(30) })],
    ["zip64 records", withEnd({ before: zip64() })],
    [
      "zip64 records that are needed",
      withEnd({ before: zip64(), count: 0xffff, size: 0xffffffff, offset: 0xffffffff }),
    ],
    [
      "a zip64 field",
      archive(PICKLE, {
        ...STORAGE,
        size: 0xffffffff,
        extra: concat(b.u16(0x4246), b.u16(1), Uint8Array.of(0), b.u16(1), b.u16(16), b.u64(16), b.u64(16)),
      }),
    ],
    ["sizes that follow the content", archive({ ...PICKLE, flags: 0x808, local: { crc: 0, size: 0 } }, STORAGE)],
    ["a folder", archive({ name: "a/", data: new Uint8Array(0) }, PICKLE, STORAGE)],
    ["no byte order", archive(PICKLE, STORAGE)],
  ];
  it.each(sound)("accepts %s", async (_, bytes) => {
    const { tensors } = await openWeights(guardedSource(bytes));
    expect(await tensors.get("w")?.read()).toEqual(Float32Array.of(1, 2, 3, 4));
  });
});
