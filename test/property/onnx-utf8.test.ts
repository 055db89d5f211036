import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeEscaped, Utf8Decoder } from "../../src/onnx/read/utf8.js";

const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function decodeStrictly(bytes: Uint8Array): string | null {
  try {
    return strict.decode(bytes);
  } catch {
    return null;
  }
}

/** Bytes at the borders of what may follow what. */
const BORDERS = [
  0, 0x41, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbb, 0xbd, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf, 0xe0, 0xe1, 0xec, 0xed, 0xee,
  0xef, 0xf0, 0xf1, 0xf3, 0xf4, 0xf5, 0xff,
];
const bytes = fc.array(fc.constantFrom(...BORDERS), { maxLength: 12 }).map((list) => Uint8Array.from(list));

describe("texts of a model file", () => {
  it("are UTF-8 where a fatal TextDecoder takes them, and the same text", () => {
    const decoder = new Utf8Decoder();
    fc.assert(
      fc.property(bytes, (text) => {
        expect(decoder.decode(text, 0, text.length)).toEqual(decodeStrictly(text));
      }),
      { numRuns: 5000 },
    );
  });

  it("stay different where they are not: escaped bytes give the bytes back", () => {
    fc.assert(
      fc.property(bytes, (text) => {
        const escaped = decodeEscaped(text);
        const back = [...escaped].flatMap((character) => {
          const code = character.codePointAt(0)!;
          return code >= 0xdc80 && code <= 0xdcff ? [code - 0xdc00] : [...new TextEncoder().encode(character)];
        });
        expect(back).toEqual([...text]);
        if (decodeStrictly(text) !== null) expect(escaped).toBe(decodeStrictly(text));
      }),
      { numRuns: 5000 },
    );
  });

  it("take time for their length, whatever their bytes are", () => {
    expect(decodeEscaped(new Uint8Array(2_000_000).fill(0xff))).toHaveLength(2_000_000);
  });
});
