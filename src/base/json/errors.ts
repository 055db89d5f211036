import { type Diagnostic, error, type Place } from "../diagnostics.js";

/** Where in the text, and the remedy that suits the file's kind. */
export type JsonPlace = Place & { readonly hint?: string };

const quote = (text: string): string => JSON.stringify(text);

export const tooLarge = (size: number, limit: number, at: JsonPlace): Diagnostic =>
  error("json/too-large", `The JSON text is ${size} bytes long; the most that is read is ${limit}.`, {
    hint: "Is it the file you mean? JSON that people and smxc write is far smaller.",
    ...at,
  });

export const byteOrderMark = (at: JsonPlace): Diagnostic =>
  error("json/byte-order-mark", "The JSON text starts with a byte order mark, which RFC 8259 forbids.", {
    hint: "Save the file as UTF-8 without a byte order mark.",
    ...at,
  });

export const invalidUtf8 = (byte: number, at: JsonPlace): Diagnostic =>
  error("json/invalid-utf8", `The JSON text is not valid UTF-8 at its byte ${byte}.`, {
    hint: "Save the file as UTF-8.",
    ...at,
  });

export const empty = (at: JsonPlace): Diagnostic =>
  error("json/empty", "The JSON text is empty.", { hint: "A JSON text holds exactly one value.", ...at });

export const truncated = (within: string, at: JsonPlace): Diagnostic =>
  error("json/truncated", `The JSON text ends within ${within}.`, {
    hint: "The file was cut off; restore the missing end.",
    ...at,
  });

export const unexpected = (found: string, expected: string, at: JsonPlace): Diagnostic =>
  error("json/unexpected-character", `Found ${quote(found)} where ${expected} is expected.`, {
    hint: "Mend the text there; JSON has no comments, no trailing commas and double quotes only.",
    ...at,
  });

export const invalidNumber = (at: JsonPlace): Diagnostic =>
  error("json/invalid-number", "A number is not written as JSON demands.", {
    hint: "Digits without leading zeros, then optionally a point with digits and an exponent with digits: -12, 0.5, 1e-3.",
    ...at,
  });

export const controlCharacter = (code: number, at: JsonPlace): Diagnostic =>
  error("json/control-character", "A string holds a control character that is not escaped.", {
    hint: `Write it as \\u${code.toString(16).padStart(4, "0")}.`,
    ...at,
  });

export const invalidEscape = (at: JsonPlace): Diagnostic =>
  error("json/invalid-escape", "A string holds an escape that JSON does not know.", {
    hint: 'The escapes are \\" \\\\ \\/ \\b \\f \\n \\r \\t and \\u with four hexadecimal digits.',
    ...at,
  });

export const trailingContent = (at: JsonPlace): Diagnostic =>
  error("json/trailing-content", "Something follows the end of the JSON value.", {
    hint: "Remove what follows; a JSON text holds exactly one value.",
    ...at,
  });

export const tooDeep = (limit: number, at: JsonPlace): Diagnostic =>
  error("json/too-deep", `Arrays and objects are nested more than ${limit} deep.`, {
    hint: "No file that smxc reads is nested so deeply; is it the file you mean?",
    ...at,
  });

export const tooManyValues = (limit: number, at: JsonPlace): Diagnostic =>
  error("json/too-many-values", `The JSON text holds more than ${limit} values and keys.`, {
    hint: "No file that smxc reads holds so many; is it the file you mean?",
    ...at,
  });

export const duplicateKey = (key: string, at: JsonPlace): Diagnostic =>
  error("json/duplicate-key", `The key ${quote(key)} appears twice in one object.`, {
    hint: "Keep one of the two; readers disagree on which one counts.",
    ...at,
  });

export const numberNotFinite = (raw: string, at: JsonPlace): Diagnostic =>
  error("json/number-not-finite", `The number ${abbreviate(raw)} is too large for float64.`, {
    hint: "The largest number is about 1.8e308.",
    ...at,
  });

export const integerNotExact = (raw: string, at: JsonPlace): Diagnostic =>
  error("json/integer-not-exact", `The integer ${abbreviate(raw)} has no exact float64 value.`, {
    hint: "Integers from -(2^53-1) to 2^53-1 are always exact.",
    ...at,
  });

function abbreviate(raw: string): string {
  return raw.length <= 40 ? raw : `${raw.slice(0, 32)}… (${raw.length} characters)`;
}
