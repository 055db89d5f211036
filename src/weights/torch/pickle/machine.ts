import { type Diagnostic, type Place, SmxcError } from "../../../diagnostics.js";
import { Findings } from "../../findings.js";
import * as errors from "./errors.js";
import { OPCODES, REFUSED_OPCODES, STOP } from "./opcodes.js";
import { describe, type PyList, type PyOther, type PyTuple, type PyValue } from "./values.js";

/** What the pickle's embedding defines. */
export interface PickleHost {
  /** The inert stand-in of a class or function; undefined where it is not allowed. */
  readonly global: (module: string, name: string) => PyValue | undefined;
  /** What to do about a name that is not allowed. */
  readonly forbiddenHint: (module: string, name: string) => string;
  /** The value that a call describes. */
  readonly call: (callee: PyValue, args: PyTuple) => PyValue | Refusal;
  readonly persistent: (id: PyValue) => PyValue | Refusal;
}

/** Says why something cannot be; a sentence without its full stop. */
export class Refusal {
  constructor(readonly reason: string) {}
}

export interface PickleInput {
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly place: (offset: number) => Place;
}

/** Every opcode takes a byte at least, and a tensor some 45; PyTorch's largest checkpoints have 10^5 tensors. */
const MAX_OPCODES = 8_000_000;
const MAX_STACK = 10_000;
const MAX_MEMO = 2_000_000;
const MAX_NAME_BYTES = 1000;

/** The bytes ended before the pickle did. */
export class OutOfBytes extends Error {}

/** What takes the place of a forbidden class or function and whatever is made of it. */
const FORBIDDEN: PyOther = { kind: "other", what: "a forbidden object" };

/**
 * Reads one pickle into inert values. Names are looked up in a table of stand-ins, and calls describe values; nothing
 * is imported, called or executed. Names that the table lacks are collected, and the rest is read for more of them.
 *
 * @returns the value and the offset after STOP.
 * @throws OutOfBytes where the bytes end first, and SmxcError where a rule is broken or a name is forbidden.
 */
export function unpickle(input: PickleInput, host: PickleHost): { readonly value: PyValue; readonly end: number } {
  const machine = new Machine(input, host);
  return { value: machine.run(), end: machine.position };
}

/** The stack, memo and reading head of a pickle. The methods are what the opcodes do. */
export class Machine {
  private at: number;
  private opcodeAt = 0;
  private opcodeName = "";
  readonly view: DataView;
  private readonly stack: PyValue[] = [];
  private readonly marks: number[] = [];
  private readonly memo = new Map<number, PyValue>();
  private readonly forbidden = new Set<string>();
  private readonly findings = new Findings();

  constructor(
    private readonly input: PickleInput,
    private readonly host: PickleHost,
  ) {
    this.at = input.start;
    this.view = new DataView(input.bytes.buffer, input.bytes.byteOffset, input.bytes.length);
  }

  get position(): number {
    return this.at;
  }

  run(): PyValue {
    for (let count = 0; ; count++) {
      this.opcodeAt = this.at;
      if (count === MAX_OPCODES) this.fail((at) => errors.tooMuch("opcodes", MAX_OPCODES, at));
      const byte = this.view.getUint8(this.advance(1));
      if (byte === STOP) return this.stop();
      const opcode = OPCODES.get(byte);
      if (opcode === undefined) this.fail((at) => errors.unknownOpcode(byte, REFUSED_OPCODES.get(byte), at));
      this.opcodeName = opcode.name;
      opcode.run(this);
    }
  }

  private stop(): PyValue {
    this.opcodeName = "STOP";
    const value = this.pop();
    const left = this.stack.length + this.marks.length;
    if (left > 0) this.fail((at) => errors.leftover(left + 1, at));
    this.findings.throwIfAny();
    return value;
  }

  /** Where the next `length` bytes start, which are then behind the head. */
  advance(length: number): number {
    const start = this.at;
    if (start + length > this.view.byteLength) throw new OutOfBytes();
    this.at += length;
    return start;
  }

  protocol(): void {
    const version = this.view.getUint8(this.advance(1));
    if (version > 5) this.fail((at) => errors.protocol(version, at));
  }

  push(value: PyValue): void {
    if (this.stack.length + this.marks.length >= MAX_STACK) {
      this.fail((at) => errors.tooMuch("values on its stack", MAX_STACK, at));
    }
    this.stack.push(value);
  }

  mark(): void {
    if (this.stack.length + this.marks.length >= MAX_STACK) {
      this.fail((at) => errors.tooMuch("values on its stack", MAX_STACK, at));
    }
    this.marks.push(this.stack.length);
  }

  pop(): PyValue {
    this.top();
    return this.stack.pop()!;
  }

  /** Values above a mark are out of reach of what stands before it. */
  popCount(count: number): PyValue[] {
    if (this.stack.length - count < (this.marks.at(-1) ?? 0)) this.underflow();
    return this.stack.splice(this.stack.length - count);
  }

  popMark(): PyValue[] {
    const from = this.marks.pop() ?? this.underflow();
    return this.stack.splice(from);
  }

  private top(): PyValue {
    if (this.stack.length <= (this.marks.at(-1) ?? 0)) this.underflow();
    return this.stack.at(-1)!;
  }

  private underflow(): never {
    const name = this.opcodeName;
    return this.fail((at) => errors.stackUnderflow(name, at));
  }

  memorise(index: number): void {
    this.memo.set(index, this.top());
    if (this.memo.size > MAX_MEMO) this.fail((at) => errors.tooMuch("memorised values", MAX_MEMO, at));
  }

  recall(index: number): void {
    const value = this.memo.get(index);
    if (value === undefined) this.fail((at) => errors.missingMemo(index, at));
    this.push(value);
  }

  /** Little-endian two's complement. */
  long(length: number): void {
    const start = this.advance(length);
    let value = 0n;
    for (let i = length - 1; i >= 0; i--) value = (value << 8n) | BigInt(this.view.getUint8(start + i));
    value = BigInt.asIntN(8 * length, value);
    const exact = Number(value);
    this.push(Number.isSafeInteger(exact) ? exact : value);
  }

  string(length: number): void {
    const start = this.advance(length);
    this.push(this.decode(start, start + length, "A string"));
  }

  global(): void {
    const module = this.line();
    const name = this.line();
    const value = this.host.global(module, name);
    if (value === undefined) this.forbid(module, name);
    this.push(value ?? FORBIDDEN);
  }

  private forbid(module: string, name: string): void {
    const path = `${module}.${name}`;
    if (this.forbidden.has(path)) return;
    this.forbidden.add(path);
    this.findings.add(() =>
      errors.forbiddenGlobal(path, this.host.forbiddenHint(module, name), this.input.place(this.opcodeAt)),
    );
  }

  private line(): string {
    const start = this.at;
    const newline = this.input.bytes.subarray(start, start + MAX_NAME_BYTES).indexOf(0x0a);
    if (newline < 0 && start + MAX_NAME_BYTES > this.view.byteLength) throw new OutOfBytes();
    if (newline < 0) this.fail((at) => errors.tooMuch("bytes in a name", MAX_NAME_BYTES, at));
    this.at = start + newline + 1;
    return this.decode(start, start + newline, "A name");
  }

  /** Python writes lone surrogates as three bytes ("surrogatepass"); no checkpoint has them, and they are refused. */
  private decode(start: number, end: number, what: string): string {
    try {
      return UTF8.decode(this.input.bytes.subarray(start, end));
    } catch {
      return this.fail((at) => errors.invalidText(what, at));
    }
  }

  reduce(): void {
    const [callee = null, args = null] = this.popCount(2);
    if (!isTuple(args)) this.wrongTarget(args, "a tuple of arguments");
    this.push(isOther(callee) ? callee : this.accept(this.host.call(callee, args)));
  }

  persistent(): void {
    this.push(this.accept(this.host.persistent(this.pop())));
  }

  private accept(result: PyValue | Refusal): PyValue {
    if (result instanceof Refusal) this.fail((at) => errors.badArguments(result.reason, at));
    return result;
  }

  /** Attributes of an OrderedDict (`_metadata` of a state dict) and of things without use; none is kept. */
  build(): void {
    this.pop();
    const target = this.top();
    const kind = kindOf(target);
    if (kind !== "dict" && kind !== "other") this.wrongTarget(target, "an OrderedDict");
  }

  append(items: readonly PyValue[]): void {
    const target = this.top();
    if (target === FORBIDDEN) return;
    if (!isList(target)) this.wrongTarget(target, "a list");
    for (const item of items) target.items.push(item);
  }

  setItems(items: readonly PyValue[]): void {
    const target = this.top();
    if (isOther(target)) return;
    if (kindOf(target) !== "dict" || items.length % 2 !== 0) {
      this.wrongTarget(target, "a dict and pairs of keys and values");
    }
    const { entries } = target as Extract<PyValue, { kind: "dict" }>;
    for (let i = 0; i < items.length; i += 2) {
      const key = items[i]!;
      if (isList(key) || kindOf(key) === "dict") {
        this.fail((at) => errors.badArguments(`A dict has ${describe(key)} as a key`, at));
      }
      entries.set(key, items[i + 1]!);
    }
  }

  private wrongTarget(found: PyValue, expected: string): never {
    const name = this.opcodeName;
    return this.fail((at) => errors.wrongTarget(name, describe(found), expected, at));
  }

  /** Forbidden names that were found first come first: they are the likelier cause. */
  private fail(diagnostic: (at: Place) => Diagnostic): never {
    throw new SmxcError([...this.findings.diagnostics, diagnostic(this.input.place(this.opcodeAt))]);
  }
}

const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function kindOf(value: PyValue): string {
  return typeof value === "object" && value !== null ? value.kind : typeof value;
}

const isTuple = (value: PyValue): value is PyTuple => kindOf(value) === "tuple";
const isList = (value: PyValue): value is PyList => kindOf(value) === "list";
const isOther = (value: PyValue): value is PyOther => kindOf(value) === "other";
