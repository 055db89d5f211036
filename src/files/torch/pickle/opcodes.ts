import { floatLiteral, intLiteral, longLiteral, stringLiteral, unicodeLiteral } from "./literals.js";
import type { Machine } from "./machine.js";
import type { PyOther, PyValue } from "./values.js";

export interface Opcode {
  readonly name: string;
  readonly run: (machine: Machine) => void;
}

const char = (letter: string): number => letter.charCodeAt(0);

const other = (what: string): PyOther => ({ kind: "other", what });

/** Data that nothing of a checkpoint needs: it is passed over. */
const bytes = (m: Machine, length: number, what = "bytes"): void => {
  m.head.skip(length);
  m.stack.push(other(what));
};

const integer = (m: Machine, length: number): void =>
  m.stack.push(m.head.integer(length) ?? other(`an int of ${length} bytes`));

const frozenSet = (m: Machine): void => {
  m.stack.popMark();
  m.stack.push(other("a frozenset"));
};

const tuple = (items: readonly PyValue[]): PyValue => ({ kind: "tuple", items });
const list = (items: PyValue[]): PyValue => ({ kind: "list", items });

/**
 * The opcodes of the pickle protocols 0 to 5, but for STOP, which ends the loop, and EXT. torch.save writes protocol 2
 * unless it is asked for another; files of Python 2 and of other programs hold the rest.
 * Source: Lib/pickletools.py of CPython.
 */
export const OPCODES: ReadonlyMap<number, Opcode> = new Map<number, Opcode>([
  [0x80, { name: "PROTO", run: (m) => m.protocol() }],
  [0x95, { name: "FRAME", run: (m) => m.head.skip(8) }],
  [char("("), { name: "MARK", run: (m) => m.stack.mark() }],
  [char("0"), { name: "POP", run: (m) => m.stack.drop() }],
  [char("1"), { name: "POP_MARK", run: (m) => void m.stack.popMark() }],
  [char("2"), { name: "DUP", run: (m) => m.stack.push(m.stack.top()) }],

  [char("c"), { name: "GLOBAL", run: (m) => m.global(m.nameLine(), m.nameLine()) }],
  [0x93, { name: "STACK_GLOBAL", run: (m) => m.stackGlobal() }],
  [char("R"), { name: "REDUCE", run: (m) => m.reduce(m.stack.popCount(2)) }],
  [0x81, { name: "NEWOBJ", run: (m) => m.reduce(m.stack.popCount(2)) }],
  [0x92, { name: "NEWOBJ_EX", run: (m) => m.reduce(m.stack.popCount(3)) }],
  [char("i"), { name: "INST", run: (m) => m.instance() }],
  [char("o"), { name: "OBJ", run: (m) => m.object(m.stack.popMark()) }],
  [char("b"), { name: "BUILD", run: (m) => m.build() }],

  [char("a"), { name: "APPEND", run: (m) => m.append([m.stack.pop()]) }],
  [char("e"), { name: "APPENDS", run: (m) => m.append(m.stack.popMark()) }],
  [char("s"), { name: "SETITEM", run: (m) => m.setItems(m.stack.popCount(2)) }],
  [char("u"), { name: "SETITEMS", run: (m) => m.setItems(m.stack.popMark()) }],
  [0x90, { name: "ADDITEMS", run: (m) => m.addItems(m.stack.popMark()) }],
  [char("t"), { name: "TUPLE", run: (m) => m.stack.push(tuple(m.stack.popMark())) }],
  [0x85, { name: "TUPLE1", run: (m) => m.stack.push(tuple(m.stack.popCount(1))) }],
  [0x86, { name: "TUPLE2", run: (m) => m.stack.push(tuple(m.stack.popCount(2))) }],
  [0x87, { name: "TUPLE3", run: (m) => m.stack.push(tuple(m.stack.popCount(3))) }],
  [char(")"), { name: "EMPTY_TUPLE", run: (m) => m.stack.push(tuple([])) }],
  [char("]"), { name: "EMPTY_LIST", run: (m) => m.stack.push(list([])) }],
  [char("l"), { name: "LIST", run: (m) => m.stack.push(list(m.stack.popMark())) }],
  [char("}"), { name: "EMPTY_DICT", run: (m) => m.stack.push({ kind: "dict", entries: new Map() }) }],
  [char("d"), { name: "DICT", run: (m) => m.dict(m.stack.popMark()) }],
  [0x8f, { name: "EMPTY_SET", run: (m) => m.stack.push(other("a set")) }],
  [0x91, { name: "FROZENSET", run: (m) => frozenSet(m) }],

  [char("N"), { name: "NONE", run: (m) => m.stack.push(null) }],
  [0x88, { name: "NEWTRUE", run: (m) => m.stack.push(true) }],
  [0x89, { name: "NEWFALSE", run: (m) => m.stack.push(false) }],
  [char("J"), { name: "BININT", run: (m) => m.stack.push(m.head.i32()) }],
  [char("K"), { name: "BININT1", run: (m) => m.stack.push(m.head.u8()) }],
  [char("M"), { name: "BININT2", run: (m) => m.stack.push(m.head.u16()) }],
  [0x8a, { name: "LONG1", run: (m) => integer(m, m.head.u8()) }],
  [0x8b, { name: "LONG4", run: (m) => integer(m, m.head.u32()) }],
  [char("I"), { name: "INT", run: (m) => m.literal(intLiteral) }],
  [char("L"), { name: "LONG", run: (m) => m.literal(longLiteral) }],
  [char("F"), { name: "FLOAT", run: (m) => m.literal(floatLiteral) }],
  [char("G"), { name: "BINFLOAT", run: (m) => m.stack.push({ kind: "float", value: m.head.float64() }) }],

  [char("X"), { name: "BINUNICODE", run: (m) => m.text(m.head.u32()) }],
  [0x8c, { name: "SHORT_BINUNICODE", run: (m) => m.text(m.head.u8()) }],
  [0x8d, { name: "BINUNICODE8", run: (m) => m.text(m.head.u64()) }],
  [char("V"), { name: "UNICODE", run: (m) => m.literal(unicodeLiteral) }],
  // A string of Python 2 is text or bytes.
  [char("U"), { name: "SHORT_BINSTRING", run: (m) => m.stack.push(m.head.text(m.head.u8()) ?? other("bytes")) }],
  [char("T"), { name: "BINSTRING", run: (m) => m.stack.push(m.head.text(m.head.u32()) ?? other("bytes")) }],
  [char("S"), { name: "STRING", run: (m) => m.literal(stringLiteral) }],
  [char("C"), { name: "SHORT_BINBYTES", run: (m) => bytes(m, m.head.u8()) }],
  [char("B"), { name: "BINBYTES", run: (m) => bytes(m, m.head.u32()) }],
  [0x8e, { name: "BINBYTES8", run: (m) => bytes(m, m.head.u64()) }],
  [0x96, { name: "BYTEARRAY8", run: (m) => bytes(m, m.head.u64(), "a bytearray") }],
  [0x97, { name: "NEXT_BUFFER", run: (m) => m.stack.push(other("data that is kept outside of the file")) }],
  [0x98, { name: "READONLY_BUFFER", run: (m) => void m.stack.top() }],

  [char("Q"), { name: "BINPERSID", run: (m) => m.persistent(m.stack.pop()) }],
  [char("P"), { name: "PERSID", run: (m) => m.persistent(m.nameLine()) }],
  [char("h"), { name: "BINGET", run: (m) => m.recall(m.head.u8()) }],
  [char("j"), { name: "LONG_BINGET", run: (m) => m.recall(m.head.u32()) }],
  [char("g"), { name: "GET", run: (m) => m.recall(m.index()) }],
  [char("q"), { name: "BINPUT", run: (m) => m.memorise(m.head.u8()) }],
  [char("r"), { name: "LONG_BINPUT", run: (m) => m.memorise(m.head.u32()) }],
  [char("p"), { name: "PUT", run: (m) => m.memorise(m.index()) }],
  [0x94, { name: "MEMOIZE", run: (m) => m.memorise() }],
]);

export const STOP = char(".");

/** Opcodes that are not read, for messages. They name classes by numbers that only the program that wrote them knows. */
export const REFUSED_OPCODES: ReadonlyMap<number, string> = new Map([
  [0x82, "EXT1"],
  [0x83, "EXT2"],
  [0x84, "EXT4"],
]);
