import { type Diagnostic, error, type Place } from "../diagnostics.js";

/** Where in the text, and the remedy that suits the file's kind. */
export type JsonPlace = Place & { readonly hint?: string };

const quote = (text: string): string => JSON.stringify(text);

export const tooLarge = (size: number, limit: number, at: JsonPlace): Diagnostic =>
  error("json/too-large", `the JSON text is ${size} bytes long; at most ${limit} are read`, {
    hint: "check that this is the file you mean; JSON that people or smxc write is far smaller",
    ...at,
  });

export const byteOrderMark = (at: JsonPlace): Diagnostic =>
  error("json/byte-order-mark", "the JSON text starts with a byte order mark, which RFC 8259 forbids", {
    hint: "save the file as UTF-8 without a byte order mark",
    ...at,
  });

export const invalidUtf8 = (byte: number, at: JsonPlace): Diagnostic =>
  error("json/invalid-utf8", `the JSON text is not valid UTF-8 at its byte ${byte}`, {
    hint: "save the file as UTF-8",
    ...at,
  });

export const empty = (at: JsonPlace): Diagnostic =>
  error("json/empty", "the JSON text is empty", { hint: "write exactly one JSON value into it", ...at });

export const truncated = (within: string, at: JsonPlace): Diagnostic =>
  error("json/truncated", `the JSON text ends within ${within}`, {
    hint: "the file was cut off; restore the missing end",
    ...at,
  });

export const unexpected = (found: string, expected: string, at: JsonPlace): Diagnostic =>
  error("json/unexpected-character", `found ${quote(found)} where ${expected} is expected`, {
    hint: "correct the text there; JSON has no comments, no trailing commas, and only double quotes",
    ...at,
  });

export const invalidNumber = (at: JsonPlace): Diagnostic =>
  error("json/invalid-number", "a number is not written as JSON requires", {
    hint: "write digits without leading zeros, then optionally a point with digits and an exponent: -12, 0.5, 1e-3",
    ...at,
  });

export const controlCharacter = (code: number, at: JsonPlace): Diagnostic =>
  error("json/control-character", "a string holds a control character that is not escaped", {
    hint: `write it as \\u${code.toString(16).padStart(4, "0")}`,
    ...at,
  });

export const invalidEscape = (at: JsonPlace): Diagnostic =>
  error("json/invalid-escape", "a string holds an escape that JSON does not know", {
    hint: 'use one of the escapes \\" \\\\ \\/ \\b \\f \\n \\r \\t, or \\u with four hexadecimal digits',
    ...at,
  });

export const trailingContent = (at: JsonPlace): Diagnostic =>
  error("json/trailing-content", "something follows the end of the JSON value", {
    hint: "remove the text after the value; a JSON text holds exactly one value",
    ...at,
  });

export const tooDeep = (limit: number, at: JsonPlace): Diagnostic =>
  error("json/too-deep", `arrays and objects are nested more than ${limit} deep`, {
    hint: "check that this is the file you mean; no file that smxc reads is nested so deeply",
    ...at,
  });

export const tooManyValues = (limit: number, at: JsonPlace): Diagnostic =>
  error("json/too-many-values", `the JSON text holds more than ${limit} values and keys`, {
    hint: "check that this is the file you mean; no file that smxc reads holds so many",
    ...at,
  });

export const duplicateKey = (key: string, at: JsonPlace): Diagnostic =>
  error("json/duplicate-key", `the key ${quote(key)} appears twice in one object`, {
    hint: "keep one of the two; programs disagree on which one counts",
    ...at,
  });

export const numberNotFinite = (raw: string, at: JsonPlace): Diagnostic =>
  error("json/number-not-finite", `the number ${abbreviate(raw)} is too large for float64`, {
    hint: "write a smaller number; the largest is about 1.8e308",
    ...at,
  });

export const integerNotExact = (raw: string, at: JsonPlace): Diagnostic =>
  error("json/integer-not-exact", `the integer ${abbreviate(raw)} has no exact float64 value`, {
    hint: "write an integer from -(2^53-1) to 2^53-1; these are always exact",
    ...at,
  });

function abbreviate(raw: string): string {
  return raw.length <= 40 ? raw : `${raw.slice(0, 32)}… (${raw.length} characters)`;
}
