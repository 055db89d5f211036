import { type Diagnostic, type Place, SmxcError } from "../../../base/diagnostics.js";
import { Findings } from "../../findings.js";
import { Steps } from "../steps.js";
import * as errors from "./errors.js";
import { Head, utf8Of } from "./head.js";
import { Stack } from "./stack.js";
import { describe, type PyOther, type PyValue } from "./values.js";

/** What the pickle's embedding defines. */
export interface PickleHost {
  /** The inert stand-in of a class or function; undefined for one that runs code. */
  readonly global: (module: string, name: string, at: Place) => PyValue | undefined;
  /** What to do about a name that runs code. */
  readonly forbiddenHint: (module: string, name: string) => string;
  /** The value that a call describes. */
  readonly call: (callee: PyValue, args: PyValue, steps: Steps) => PyValue | Refusal | Hostile;
  readonly persistent: (id: PyValue) => PyValue | Refusal;
}

/** Says why something cannot be; a sentence without its full stop. */
export class Refusal {
  constructor(readonly reason: string) {}
}

/** What is called runs code when Python calls it. */
export class Hostile {
  constructor(
    readonly module: string,
    readonly name: string,
  ) {}
}

export interface PickleInput {
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly place: (offset: number) => Place;
}

/** Every opcode takes a byte at least, and a tensor some 45; PyTorch's largest checkpoints have 10^5 tensors. */
const MAX_OPCODES = 8_000_000;
const MAX_MEMO = 2_000_000;
const MAX_NAME_BYTES = 1000;

/** What takes the place of a forbidden class or function and whatever is made of it. */
const FORBIDDEN: PyOther = { kind: "other", what: "a forbidden object" };

/** The stack and memo of a pickle. The methods are what the opcodes do. */
export class Machine {
  readonly head: Head;
  readonly steps: Steps;
  private opcodes = 0;
  private opcodeAt = 0;
  private opcodeName = "";
  readonly stack: Stack;
  private readonly memo = new Map<number, PyValue>();
  /** By module and name, so that a long name that is recalled many times is looked at once. */
  private readonly globals = new Map<string, Map<string, PyValue>>();
  private readonly findings = new Findings();

  constructor(
    private readonly input: PickleInput,
    private readonly host: PickleHost,
  ) {
    this.head = new Head(input.bytes, input.start);
    this.stack = new Stack({
      underflow: () => this.fail((at) => errors.stackUnderflow(this.opcodeName, at)),
      overflow: (most) => this.fail((at) => errors.tooMuch("values on its stack", most, at)),
    });
    this.steps = new Steps(
      () => this.head.position - input.start,
      (limit) => this.fail((at) => errors.tooManySteps(limit, at)),
    );
  }

  /** Reads the next opcode: what fails until the one after it is reported at its place. */
  next(): number {
    this.opcodeAt = this.head.position;
    if (this.opcodes++ === MAX_OPCODES) this.fail((at) => errors.tooMuch("opcodes", MAX_OPCODES, at));
    return this.head.u8();
  }

  perform({ name, run }: { readonly name: string; readonly run: (machine: Machine) => void }): void {
    this.opcodeName = name;
    run(this);
  }

  /** The value that the pickle leaves, which STOP asks for. */
  stop(): PyValue {
    this.opcodeName = "STOP";
    const value = this.stack.pop();
    const left = this.stack.size;
    if (left > 0) this.fail((at) => errors.leftover(left + 1, at));
    this.findings.throwIfAny();
    return value;
  }

  protocol(): void {
    const version = this.head.u8();
    if (version > 5) this.fail((at) => errors.protocol(version, at));
  }

  memorise(index = this.memo.size): void {
    this.memo.set(index, this.stack.top());
    if (this.memo.size > MAX_MEMO) this.fail((at) => errors.tooMuch("memorised values", MAX_MEMO, at));
  }

  recall(index: number): void {
    const value = this.memo.get(index);
    if (value === undefined) this.fail((at) => errors.missingMemo(index, at));
    this.stack.push(value);
  }

  /** The index of the memo that GET and PUT write as text. */
  index(): number {
    const text = this.nameLine();
    return /^[0-9]{1,9}$/.test(text) ? Number(text) : this.unreadable(text);
  }

  /** Python writes lone surrogates as three bytes ("surrogatepass"); no checkpoint has them, and they are refused. */
  text(length: number): void {
    this.stack.push(this.head.text(length) ?? this.fail((at) => errors.invalidText("a string", at)));
  }

  literal(parse: (text: string) => PyValue | undefined): void {
    const text = this.head.line(Number.POSITIVE_INFINITY) ?? "";
    const value = parse(text);
    this.stack.push(value === undefined ? this.unreadable(text) : value);
  }

  private unreadable(text: string): never {
    const name = this.opcodeName;
    return this.fail((at) => errors.badLiteral(name, text, at));
  }

  nameLine(): string {
    const letters = this.head.line(MAX_NAME_BYTES);
    if (letters === undefined) this.fail((at) => errors.tooMuch("bytes in a name", MAX_NAME_BYTES, at));
    return utf8Of(letters) ?? this.fail((at) => errors.invalidText("a name", at));
  }

  stackGlobal(): void {
    const [module = null, name = null] = this.stack.popCount(2);
    if (typeof module !== "string" || typeof name !== "string") {
      this.wrongTarget(typeof module === "string" ? name : module, "two strings");
    }
    if (Math.max(module.length, name.length) > MAX_NAME_BYTES) {
      this.fail((at) => errors.tooMuch("letters in a name", MAX_NAME_BYTES, at));
    }
    this.global(module, name);
  }

  global(module: string, name: string): void {
    const names = this.globals.get(module) ?? new Map<string, PyValue>();
    this.globals.set(module, names);
    const value = names.get(name) ?? this.lookUp(module, name);
    names.set(name, value);
    this.stack.push(value);
  }

  private lookUp(module: string, name: string): PyValue {
    const at = this.input.place(this.opcodeAt);
    return this.host.global(module, name, at) ?? this.forbid(module, name);
  }

  private forbid(module: string, name: string): PyOther {
    const at = this.input.place(this.opcodeAt);
    this.findings.add(() => errors.forbiddenGlobal(`${module}.${name}`, this.host.forbiddenHint(module, name), at));
    return FORBIDDEN;
  }

  /** A function or class and its arguments, and perhaps a dict of named ones. */
  reduce([callee = null, args = null]: readonly PyValue[]): void {
    if (!isOther(callee) && kindOf(args) !== "tuple") this.wrongTarget(args, "a tuple of arguments");
    const result = this.host.call(callee, args, this.steps);
    this.stack.push(result instanceof Hostile ? this.forbid(result.module, result.name) : this.accept(result));
  }

  instance(): void {
    const [module, name] = [this.nameLine(), this.nameLine()];
    const items = this.stack.popMark();
    this.global(module, name);
    this.reduce([this.stack.pop(), { kind: "tuple", items }]);
  }

  object([callee, ...items]: readonly PyValue[]): void {
    if (callee === undefined) this.fail((at) => errors.stackUnderflow("OBJ", at));
    this.reduce([callee, { kind: "tuple", items }]);
  }

  persistent(id: PyValue): void {
    this.stack.push(this.accept(this.host.persistent(id)));
  }

  private accept(result: PyValue | Refusal): PyValue {
    if (result instanceof Refusal) this.fail((at) => errors.badArguments(result.reason, at));
    return result;
  }

  /** Attributes of an OrderedDict (`_metadata` of a state dict), of a tensor and of things without use; none is kept. */
  build(): void {
    this.stack.pop();
    const target = this.stack.top();
    if (!["dict", "tensor", "other"].includes(kindOf(target))) this.wrongTarget(target, "an object");
  }

  append(items: readonly PyValue[]): void {
    const target = this.stack.top();
    if (isOther(target)) return;
    if (kindOf(target) !== "list") this.wrongTarget(target, "a list");
    for (const item of items) (target as Extract<PyValue, { kind: "list" }>).items.push(item);
  }

  addItems(_items: readonly PyValue[]): void {
    const target = this.stack.top();
    if (!isOther(target)) this.wrongTarget(target, "a set");
  }

  dict(items: readonly PyValue[]): void {
    this.stack.push({ kind: "dict", entries: new Map() });
    this.setItems(items);
  }

  setItems(items: readonly PyValue[]): void {
    const target = this.stack.top();
    if (isOther(target)) return;
    if (kindOf(target) !== "dict" || items.length % 2 !== 0) {
      this.wrongTarget(target, "a dict and pairs of keys and values");
    }
    const { entries } = target as Extract<PyValue, { kind: "dict" }>;
    for (let i = 0; i < items.length; i += 2) {
      const key = items[i]!;
      if (["list", "dict"].includes(kindOf(key))) {
        this.fail((at) => errors.badArguments(`a dict has ${describe(key)} as a key`, at));
      }
      entries.set(key, items[i + 1]!);
    }
  }

  private wrongTarget(found: PyValue, expected: string): never {
    const name = this.opcodeName;
    return this.fail((at) => errors.wrongTarget(name, describe(found), expected, at));
  }

  /** Forbidden names that were found first come first: they are the likelier cause. */
  /** @throws SmxcError with what is wrong at the opcode, and whatever was found before */
  fail(diagnostic: (at: Place) => Diagnostic): never {
    throw new SmxcError([...this.findings.diagnostics, diagnostic(this.input.place(this.opcodeAt))]);
  }
}

function kindOf(value: PyValue): string {
  return typeof value === "object" && value !== null ? value.kind : typeof value;
}

const isOther = (value: PyValue): value is PyOther => kindOf(value) === "other";
