import { type Diagnostic, SmxcError } from "../diagnostics.js";
import * as errors from "./errors.js";
import { endsLine, lineColumn, pointerOf } from "./locate.js";
import type { JsonArray, JsonMember, JsonNode, JsonNumber, JsonObject, JsonString } from "./node.js";
import { firstInvalidUtf8 } from "./utf8.js";

export { lineColumn, locate, pointerOf } from "./locate.js";
export type * from "./node.js";
export { type JsonValue, shortText, toValue } from "./to-value.js";

export interface JsonOptions {
  /** Arrays and objects within each other; the root counts as one. Default 100. */
  readonly maxDepth?: number;
  /** Bytes, or UTF-16 units of a string. Default 100,000,000. */
  readonly maxLength?: number;
  /** Values and keys together, which bounds the memory of the tree. Default 2,000,000. */
  readonly maxNodes?: number;
  /** Says where an offset of the text is, for a text inside another format. Default: line and column. */
  readonly place?: (offset: number, text: string) => errors.JsonPlace;
}

/** Enough findings for a person to act on; a hostile text could hold millions. */
const MOST_FINDINGS = 100;

/** Pieces of a string with escapes that are joined at a time; one rope of millions would cost gigabytes. */
const MOST_PIECES = 4096;

/**
 * Reads a JSON text (RFC 8259) strictly: no byte order mark, no duplicate key, no trailing content, no number that
 * float64 cannot hold (infinite, or an integer that would be rounded). Lone surrogates, which the grammar allows, pass.
 *
 * @throws SmxcError with every duplicate key and unfit number, and the first breach of the grammar.
 */
export function parseJson(input: string | Uint8Array, file: string, options: JsonOptions = {}): JsonNode {
  const limit = options.maxLength ?? 100_000_000;
  if (input.length > limit) throw new SmxcError([errors.tooLarge(input.length, limit, { file })]);
  const text = typeof input === "string" ? input : decode(input, file, options);
  return new Parser(text, file, options).parse();
}

function decode(bytes: Uint8Array, file: string, options: JsonOptions): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    const byte = firstInvalidUtf8(bytes);
    const before = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes.subarray(0, byte));
    throw new SmxcError([errors.invalidUtf8(byte, placeOf(before.length, before, file, options))]);
  }
}

function placeOf(offset: number, text: string, file: string, options: JsonOptions): errors.JsonPlace {
  if (options.place) return { file, ...options.place(offset, text) };
  const { line, column } = lineColumn(text, offset);
  return { file, line, column };
}

const NUMBER = /-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?/y;
const LITERALS = new Map<string, boolean | null>([
  ["true", true],
  ["false", false],
  ["null", null],
]);
const ESCAPES = new Map([
  ['"', '"'],
  ["\\", "\\"],
  ["/", "/"],
  ["b", "\b"],
  ["f", "\f"],
  ["n", "\n"],
  ["r", "\r"],
  ["t", "\t"],
]);
const BYTE_ORDER_MARK = 0xfeff;

class Parser {
  private at = 0;
  private line = 1;
  private lineStart = 0;
  private depth = 0;
  private readonly path: (string | number)[] = [];
  private readonly findings: Diagnostic[] = [];
  private nodes = 0;
  private readonly maxDepth: number;
  private readonly maxNodes: number;

  constructor(
    private readonly text: string,
    private readonly file: string,
    private readonly options: JsonOptions,
  ) {
    this.maxDepth = options.maxDepth ?? 100;
    this.maxNodes = options.maxNodes ?? 500_000;
  }

  parse(): JsonNode {
    if (this.text.charCodeAt(0) === BYTE_ORDER_MARK) this.fail(errors.byteOrderMark, 0);
    this.skipSpace();
    if (this.at === this.text.length) this.fail(errors.empty, this.at);
    const root = this.value();
    this.skipSpace();
    if (this.at < this.text.length) this.fail(errors.trailingContent, this.at);
    if (this.findings.length > 0) throw new SmxcError(this.findings);
    return root;
  }

  private value(): JsonNode {
    const code = this.text.charCodeAt(this.at);
    if (code === 0x7b) return this.object();
    if (code === 0x5b) return this.array();
    if (code === 0x22) return this.string();
    if (code === 0x2d || isDigit(code)) return this.number();
    return this.literal();
  }

  private object(): JsonObject {
    const start = this.open();
    const members: JsonMember[] = [];
    const keys = new Set<string>();
    this.sequence(0x7d, "an object", '"," or "}"', () => {
      if (this.text.charCodeAt(this.at) !== 0x22) this.expected("a key in double quotes", "an object");
      const keyNode = this.string();
      const key = keyNode.value;
      this.path.push(key);
      if (keys.has(key)) this.find(() => errors.duplicateKey(key, this.place(keyNode.start)));
      keys.add(key);
      this.skipSpace();
      if (this.text.charCodeAt(this.at) !== 0x3a) this.expected('":"', "an object");
      this.at++;
      this.skipSpace();
      members.push({ key, keyNode, value: this.value() });
      this.path.pop();
    });
    return { kind: "object", members, ...start, end: this.at };
  }

  private array(): JsonArray {
    const start = this.open();
    const items: JsonNode[] = [];
    this.sequence(0x5d, "an array", '"," or "]"', () => {
      this.path.push(items.length);
      items.push(this.value());
      this.path.pop();
    });
    return { kind: "array", items, ...start, end: this.at };
  }

  private open() {
    const start = this.start();
    if (++this.depth > this.maxDepth) this.fail((at) => errors.tooDeep(this.maxDepth, at), this.at);
    this.at++;
    return start;
  }

  /** What stands between the brackets, the opening one already read; `element` starts at its first character. */
  private sequence(close: number, within: string, separator: string, element: () => void): void {
    this.skipSpace();
    let first = true;
    while (this.text.charCodeAt(this.at) !== close || !first) {
      element();
      first = false;
      this.skipSpace();
      const code = this.text.charCodeAt(this.at);
      if (code === close) break;
      if (code !== 0x2c) this.expected(separator, within);
      this.at++;
      this.skipSpace();
    }
    this.at++;
    this.depth--;
  }

  private string(): JsonString {
    const start = this.start();
    let value = "";
    let pieces: string[] = [];
    let from = ++this.at;
    for (;;) {
      const code = this.text.charCodeAt(this.at);
      if (code === 0x22) break;
      if (code === 0x5c) {
        pieces.push(this.text.slice(from, this.at), this.escape());
        from = this.at;
        if (pieces.length >= MOST_PIECES) {
          value += pieces.join("");
          pieces = [];
        }
      } else if (code >= 0x20) {
        this.at++;
      } else if (this.at < this.text.length) {
        this.fail((at) => errors.controlCharacter(code, at), this.at);
      } else {
        this.expected('"', "a string");
      }
    }
    pieces.push(this.text.slice(from, this.at++));
    return { kind: "string", value: value + pieces.join(""), ...start, end: this.at };
  }

  private escape(): string {
    const start = this.at;
    const letter = this.text[start + 1] ?? this.expected("an escape", "a string", start + 1);
    const plain = ESCAPES.get(letter);
    this.at += plain === undefined ? 6 : 2;
    if (plain !== undefined) return plain;
    const digits = this.text.slice(start + 2, start + 6);
    if (letter === "u" && /^[0-9a-fA-F]{4}$/.test(digits)) return String.fromCharCode(Number.parseInt(digits, 16));
    if (letter === "u" && /^[0-9a-fA-F]*$/.test(digits) && this.at > this.text.length) {
      this.expected("an escape", "a string", this.text.length);
    }
    return this.fail(errors.invalidEscape, start);
  }

  private number(): JsonNumber {
    const start = this.start();
    NUMBER.lastIndex = this.at;
    const [raw, fraction, exponent] = NUMBER.exec(this.text) ?? this.fail(errors.invalidNumber, this.at);
    this.at += raw.length;
    // What goes on like a number (01, 1., 1e) is a malformed number, not two tokens.
    if (/[0-9.eE+-]/.test(this.text[this.at] ?? "")) this.fail(errors.invalidNumber, start.start);
    const value = Number(raw);
    if (!Number.isFinite(value)) this.find(() => errors.numberNotFinite(raw, this.place(start.start)));
    else if (fraction === undefined && exponent === undefined && !isExact(raw, value)) {
      this.find(() => errors.integerNotExact(raw, this.place(start.start)));
    }
    return { kind: "number", raw, value, ...start, end: this.at };
  }

  private literal(): JsonNode {
    const start = this.start();
    const word = /^[a-z]*/.exec(this.text.slice(this.at, this.at + 6))![0];
    const value = LITERALS.get(word);
    if (value === undefined) return this.expected("a value", "a value");
    this.at += word.length;
    const range = { ...start, end: this.at };
    return value === null ? { kind: "null", value, ...range } : { kind: "boolean", value, ...range };
  }

  private skipSpace(): void {
    for (; this.at < this.text.length; this.at++) {
      const code = this.text.charCodeAt(this.at);
      if (code !== 0x20 && code !== 0x09 && code !== 0x0a && code !== 0x0d) return;
      if (endsLine(this.text, this.at)) {
        this.line++;
        this.lineStart = this.at + 1;
      }
    }
  }

  private start() {
    if (++this.nodes > this.maxNodes) this.fail((at) => errors.tooManyValues(this.maxNodes, at), this.at);
    return { start: this.at, line: this.line, column: this.at - this.lineStart + 1 };
  }

  private place(offset: number): errors.JsonPlace {
    return { ...placeOf(offset, this.text, this.file, this.options), pointer: pointerOf(this.path) };
  }

  private find(finding: () => Diagnostic): void {
    if (this.findings.length < MOST_FINDINGS) this.findings.push(finding());
  }

  private fail(finding: (at: errors.JsonPlace) => Diagnostic, offset: number): never {
    throw new SmxcError([...this.findings, finding(this.place(offset))]);
  }

  private expected(what: string, within: string, offset = this.at): never {
    const found = String.fromCodePoint(this.text.codePointAt(offset) ?? 0);
    return offset >= this.text.length
      ? this.fail((at) => errors.truncated(within, at), this.text.length)
      : this.fail((at) => errors.unexpected(found, what, at), offset);
  }
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

function isExact(raw: string, value: number): boolean {
  return Number.isSafeInteger(value) || BigInt(value) === BigInt(raw);
}
