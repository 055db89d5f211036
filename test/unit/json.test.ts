import { describe, expect, it } from "vitest";
import { SmxcError } from "../../src/base/diagnostics.js";
import { type JsonNode, lineColumn, locate, parseJson, toValue } from "../../src/base/json/parse.js";
import { firstInvalidUtf8 } from "../../src/base/json/utf8.js";

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const value = (text: string | Uint8Array) => toValue(parseJson(text, "f.json"));

function diagnostics(text: string | Uint8Array, options?: Parameters<typeof parseJson>[2]) {
  try {
    parseJson(text, "f.json", options);
  } catch (caught) {
    if (caught instanceof SmxcError) return caught.diagnostics;
    throw caught;
  }
  throw new Error("not refused");
}

describe("parseJson", () => {
  it.each([
    "null",
    "true",
    " false ",
    "-0",
    "12.5e-3",
    "1E+2",
    '""',
    '"a\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9é😀\\ud83d\\ude00"',
    "[]",
    "[ ]",
    "[1,[2,[]],{}]",
    "{}",
    '{"a":{"b":[1,2,{"c":null}]},"":0}',
    "9007199254740991",
    "1.7976931348623157e308",
    "18014398509481984",
  ])("reads %s as JSON.parse does", (text) => {
    expect(JSON.stringify(value(text))).toBe(JSON.stringify(JSON.parse(text)));
    expect(JSON.stringify(value(utf8(text)))).toBe(JSON.stringify(JSON.parse(text)));
  });

  it("keeps lone surrogates, which the grammar allows", () => {
    expect(value('"\\ud800x"')).toBe("\ud800x");
    expect(value('"\ud800"')).toBe("\ud800");
  });

  it("decodes a string of many escapes", () => {
    const text = JSON.stringify("a\n".repeat(10_000));
    expect(value(text)).toBe(JSON.parse(text));
  });

  it("keeps __proto__ and constructor as ordinary own keys", () => {
    const object = value('{"__proto__":{"polluted":1},"constructor":2}') as Record<string, unknown>;
    expect(Object.keys(object)).toEqual(["__proto__", "constructor"]);
    expect(Object.getPrototypeOf(object)).toBeNull();
    expect(object.polluted).toBeUndefined();
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  it("gives every node its range, line and column, and numbers their text", () => {
    const text = '{\r\n  "a": [1.0,\n\r "x"]\r}';
    const root = parseJson(text, "f.json");
    const ranges: unknown[] = [];
    const visit = (node: JsonNode): void => {
      ranges.push([text.slice(node.start, node.end), node.line, node.column]);
      if (node.kind === "object") for (const member of node.members) [member.keyNode, member.value].forEach(visit);
      if (node.kind === "array") node.items.forEach(visit);
    };
    visit(root);
    expect(ranges).toEqual([
      [text, 1, 1],
      ['"a"', 2, 3],
      ['[1.0,\n\r "x"]', 2, 8],
      ["1.0", 2, 9],
      ['"x"', 4, 2],
    ]);
    expect(locate(root, "/a/0")).toEqual(lineColumn(text, 11));
  });
});

describe("locate", () => {
  const root = parseJson('{"a/b":{"~":[10,20]},\n "":1}', "f.json");
  it.each([
    ["", "value", 0],
    ["/a~1b", "value", 7],
    ["/a~1b", "key", 1],
    ["/a~1b/~0/1", "value", 16],
    ["/", "value", 26],
    ["/a~1b/~0/2", "value", 12],
    ["/a~1b/~0/01", "value", 12],
    ["/a~1b/missing/deeper", "value", 7],
    ["/a~1b/~0/1/none", "value", 16],
  ] as const)("finds %j (%s) at %i", (pointer, part, offset) => {
    expect(locate(root, pointer, part).offset).toBe(offset);
  });
});

describe("refusals", () => {
  const nested = (depth: number): string => "[".repeat(depth) + "]".repeat(depth);

  it.each<[string, string | Uint8Array, string, number, number]>([
    ["nothing", "", "empty", 1, 1],
    ["only space", " \n ", "empty", 2, 2],
    ["a byte order mark", new Uint8Array([0xef, 0xbb, 0xbf, 0x7b, 0x7d]), "byte-order-mark", 1, 1],
    ["a byte order mark in a string", "\ufeff{}", "byte-order-mark", 1, 1],
    ["a truncated object", '{"a":', "truncated", 1, 6],
    ["a truncated object after its key", '{"a"', "truncated", 1, 5],
    ["a truncated object after a comma", '{"a":1,', "truncated", 1, 8],
    ["a truncated array", "[1,", "truncated", 1, 4],
    ["a truncated array after a value", "[1", "truncated", 1, 3],
    ["a truncated string", '"abc', "truncated", 1, 5],
    ["a truncated escape", '"abc\\', "truncated", 1, 6],
    ["a truncated unicode escape", '"\\u12', "truncated", 1, 6],
    ["a truncated number", "-", "invalid-number", 1, 1],
    ["trailing content", "{} x", "trailing-content", 1, 4],
    ["a trailing NUL", "{}\0", "trailing-content", 1, 3],
    ["a trailing comma", "[1,]", "unexpected-character", 1, 4],
    ["a trailing comma in an object", '{"a":1,}', "unexpected-character", 1, 8],
    ["a missing colon", '{"a" 1}', "unexpected-character", 1, 6],
    ["a bare key", "{a:1}", "unexpected-character", 1, 2],
    ["single quotes", "'a'", "unexpected-character", 1, 1],
    ["a comment", "// x\n1", "unexpected-character", 1, 1],
    ["NaN", "NaN", "unexpected-character", 1, 1],
    ["Infinity", "[-Infinity]", "invalid-number", 1, 2],
    ["a wrong word", "[\nnulls]", "unexpected-character", 2, 1],
    ["a no-break space", "\u00a01", "unexpected-character", 1, 1],
    ["a form feed", "\f1", "unexpected-character", 1, 1],
    ["a leading zero", "01", "invalid-number", 1, 1],
    ["a plus sign", "+1", "unexpected-character", 1, 1],
    ["a bare point", "[1.]", "invalid-number", 1, 2],
    ["a bare exponent", "1e", "invalid-number", 1, 1],
    ["hexadecimal", "0x10", "trailing-content", 1, 2],
    ["a raw newline in a string", '"a\nb"', "control-character", 1, 3],
    ["a raw NUL in a string", '"a\0b"', "control-character", 1, 3],
    ["an unknown escape", '"\\x41"', "invalid-escape", 1, 2],
    ["a malformed unicode escape", '"\\u12g4"', "invalid-escape", 1, 2],
    ["1e400", '{"a": 1e400}', "number-not-finite", 1, 7],
    ["2^53+1", "[9007199254740993]", "integer-not-exact", 1, 2],
    ["2^64-1", "18446744073709551615", "integer-not-exact", 1, 1],
    ["depth 101", nested(101), "too-deep", 1, 101],
    ["depth 100,000", nested(100_000), "too-deep", 1, 101],
    ["100,000 open objects", '{"a":'.repeat(100_000), "too-deep", 1, 501],
    ["a duplicate key", '{"a":1,\n"\\u0061":2}', "duplicate-key", 2, 1],
    ["an overlong UTF-8 form", new Uint8Array([0x22, 0xc0, 0x80, 0x22]), "invalid-utf8", 1, 2],
    ["a surrogate in UTF-8", new Uint8Array([0x22, 0xed, 0xa0, 0x80, 0x22]), "invalid-utf8", 1, 2],
  ])("refuses %s", (_, text, code, line, column) => {
    const [first, ...more] = diagnostics(text);
    expect(more).toEqual([]);
    expect(first).toMatchObject({ code: `json/${code}`, severity: "error", file: "f.json", line, column });
  });

  it("allows depth 100", () => {
    expect(() => parseJson(nested(100), "f.json")).not.toThrow();
  });

  it("reports every duplicate key and unfit number with its pointer, before the breach of the grammar", () => {
    expect(diagnostics('{"a":[1,1e999],"a":{"b/c":1,"b/c":9007199254740993}} x')).toMatchObject([
      { code: "json/number-not-finite", pointer: "/a/1" },
      { code: "json/duplicate-key", pointer: "/a" },
      { code: "json/duplicate-key", pointer: "/a/b~1c" },
      { code: "json/integer-not-exact", pointer: "/a/b~1c" },
      { code: "json/trailing-content" },
    ]);
  });

  it("stops counting findings at a hundred", () => {
    expect(diagnostics(`{${'"a":1,'.repeat(500)}"b":2}`)).toHaveLength(100);
  });

  it("refuses a text over the limit, and places offsets as the caller says", () => {
    expect(diagnostics("[1]", { maxLength: 2 })).toMatchObject([{ code: "json/too-large" }]);
    expect(diagnostics('{"a":[1,2]}', { maxNodes: 4 })).toMatchObject([{ code: "json/too-many-values", column: 9 }]);
    expect(diagnostics("[1 ", { place: (offset) => ({ place: `byte ${8 + offset}` }) })).toEqual([
      expect.objectContaining({ code: "json/truncated", place: "byte 11" }),
    ]);
  });
});

describe("firstInvalidUtf8", () => {
  const strict = new TextDecoder("utf-8", { fatal: true });
  it("agrees with TextDecoder on every sequence of two bytes and samples of four", () => {
    for (let pair = 0; pair < 0x10000; pair++) {
      for (const tail of [[], [0x80, 0x80], [0xbf, 0x41]]) {
        const bytes = Uint8Array.from([pair >> 8, pair & 0xff, ...tail]);
        let ok = true;
        try {
          strict.decode(bytes);
        } catch {
          ok = false;
        }
        if ((firstInvalidUtf8(bytes) === -1) !== ok) throw new Error(`differs on ${bytes}`);
      }
    }
  });
});
