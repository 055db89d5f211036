/** The values that protocols 0 and 1 write as text. Each function gives undefined for what is no such value. */
import { utf8Of } from "./head.js";
import type { PyValue } from "./values.js";

/** Longer numbers are no size, offset or key of anything; turning them into numbers takes time that grows faster than they. */
const MOST_DIGITS = 80;

/** `42`, `01` (True), `00` (False). */
export function intLiteral(text: string): PyValue | undefined {
  if (text === "01" || text === "00") return text === "01";
  return longLiteral(text);
}

/** `42L` or `42`. */
export function longLiteral(text: string): PyValue | undefined {
  const digits = /^\s*([+-]?[0-9]+)L?\s*$/.exec(text)?.[1];
  if (digits === undefined) return undefined;
  if (digits.length > MOST_DIGITS) return { kind: "other", what: "an int of many digits" };
  const exact = Number(digits);
  return Number.isSafeInteger(exact) ? exact : BigInt(digits.replace(/^\+/, ""));
}

const FLOAT = /^[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)(e[+-]?[0-9]+)?$/i;

/** As Python's `repr` writes floats, `inf` and `nan` among them. */
export function floatLiteral(text: string): PyValue | undefined {
  if (/^[+-]?inf$/i.test(text)) return { kind: "float", value: text.startsWith("-") ? -Infinity : Infinity };
  if (/^[+-]?nan$/i.test(text)) return { kind: "float", value: Number.NaN };
  return FLOAT.test(text) ? { kind: "float", value: Number(text) } : undefined;
}

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ["\n", ""],
  ["\\", "\\"],
  ["'", "'"],
  ['"', '"'],
  ["a", "\x07"],
  ["b", "\b"],
  ["f", "\f"],
  ["n", "\n"],
  ["r", "\r"],
  ["t", "\t"],
  ["v", "\v"],
]);

/** A string of Python 2 in its quotes, `'it\'s'`; what is not UTF-8 is bytes. */
export function stringLiteral(text: string): PyValue | undefined {
  const inner = /^\s*(?:'(.*)'|"(.*)")\s*$/s.exec(text);
  const quoted = inner?.[1] ?? inner?.[2];
  if (quoted === undefined) return undefined;
  const letters = quoted.replace(/\\(x[0-9a-fA-F]{2}|[0-7]{1,3}|[\s\S])/g, (whole, code: string) => {
    if (/^x./.test(code)) return String.fromCharCode(Number.parseInt(code.slice(1), 16));
    if (/^[0-7]/.test(code)) return String.fromCharCode(Number.parseInt(code, 8) & 0xff);
    return ESCAPES.get(code) ?? whole;
  });
  return utf8Of(letters) ?? { kind: "other", what: "bytes" };
}

const LONE_SURROGATE = /\p{Surrogate}/u;

/** Text in which only `\uxxxx` and `\Uxxxxxxxx` are escapes. */
export function unicodeLiteral(text: string): PyValue | undefined {
  let valid = true;
  const decoded = text.replace(/\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8}))/g, (_, short?: string, long?: string) => {
    const code = Number.parseInt(short ?? long ?? "", 16);
    valid &&= code <= 0x10ffff;
    return valid ? String.fromCodePoint(code) : "";
  });
  return valid && !LONE_SURROGATE.test(decoded) ? decoded : undefined;
}
