import type { Machine } from "./machine.js";

export interface Opcode {
  readonly name: string;
  readonly run: (machine: Machine) => void;
}

const char = (letter: string): number => letter.charCodeAt(0);

/**
 * The 34 opcodes that `torch/_weights_only_unpickler.py` accepts, but for STOP, which ends the loop. They are those
 * that Python's pickle protocol 2 writes for the contents of a checkpoint.
 */
export const OPCODES: ReadonlyMap<number, Opcode> = new Map<number, Opcode>([
  [0x80, { name: "PROTO", run: (m) => m.protocol() }],
  [char("("), { name: "MARK", run: (m) => m.mark() }],
  [char("c"), { name: "GLOBAL", run: (m) => m.global() }],
  [char("R"), { name: "REDUCE", run: (m) => m.reduce() }],
  [0x81, { name: "NEWOBJ", run: (m) => m.reduce() }],
  [char("b"), { name: "BUILD", run: (m) => m.build() }],
  [char("a"), { name: "APPEND", run: (m) => m.append([m.pop()]) }],
  [char("e"), { name: "APPENDS", run: (m) => m.append(m.popMark()) }],
  [char("s"), { name: "SETITEM", run: (m) => m.setItems(m.popCount(2)) }],
  [char("u"), { name: "SETITEMS", run: (m) => m.setItems(m.popMark()) }],
  [char("t"), { name: "TUPLE", run: (m) => m.push({ kind: "tuple", items: m.popMark() }) }],
  [0x85, { name: "TUPLE1", run: (m) => m.push({ kind: "tuple", items: m.popCount(1) }) }],
  [0x86, { name: "TUPLE2", run: (m) => m.push({ kind: "tuple", items: m.popCount(2) }) }],
  [0x87, { name: "TUPLE3", run: (m) => m.push({ kind: "tuple", items: m.popCount(3) }) }],
  [char(")"), { name: "EMPTY_TUPLE", run: (m) => m.push({ kind: "tuple", items: [] }) }],
  [char("]"), { name: "EMPTY_LIST", run: (m) => m.push({ kind: "list", items: [] }) }],
  [char("}"), { name: "EMPTY_DICT", run: (m) => m.push({ kind: "dict", entries: new Map() }) }],
  [0x8f, { name: "EMPTY_SET", run: (m) => m.push({ kind: "other", what: "a set" }) }],
  [char("N"), { name: "NONE", run: (m) => m.push(null) }],
  [0x88, { name: "NEWTRUE", run: (m) => m.push(true) }],
  [0x89, { name: "NEWFALSE", run: (m) => m.push(false) }],
  [char("J"), { name: "BININT", run: (m) => m.push(m.view.getInt32(m.advance(4), true)) }],
  [char("K"), { name: "BININT1", run: (m) => m.push(m.view.getUint8(m.advance(1))) }],
  [char("M"), { name: "BININT2", run: (m) => m.push(m.view.getUint16(m.advance(2), true)) }],
  [0x8a, { name: "LONG1", run: (m) => m.long(m.view.getUint8(m.advance(1))) }],
  [char("G"), { name: "BINFLOAT", run: (m) => m.push({ kind: "float", value: m.view.getFloat64(m.advance(8)) }) }],
  [char("X"), { name: "BINUNICODE", run: (m) => m.string(m.view.getUint32(m.advance(4), true)) }],
  [char("U"), { name: "SHORT_BINSTRING", run: (m) => m.string(m.view.getUint8(m.advance(1))) }],
  [char("Q"), { name: "BINPERSID", run: (m) => m.persistent() }],
  [char("h"), { name: "BINGET", run: (m) => m.recall(m.view.getUint8(m.advance(1))) }],
  [char("j"), { name: "LONG_BINGET", run: (m) => m.recall(m.view.getUint32(m.advance(4), true)) }],
  [char("q"), { name: "BINPUT", run: (m) => m.memorise(m.view.getUint8(m.advance(1))) }],
  [char("r"), { name: "LONG_BINPUT", run: (m) => m.memorise(m.view.getUint32(m.advance(4), true)) }],
]);

export const STOP = char(".");

/** Opcodes of other protocols, for messages. */
export const REFUSED_OPCODES: ReadonlyMap<number, string> = new Map([
  [char("i"), "INST"],
  [char("o"), "OBJ"],
  [char("0"), "POP"],
  [char("1"), "POP_MARK"],
  [char("2"), "DUP"],
  [char("P"), "PERSID"],
  [char("T"), "BINSTRING"],
  [char("S"), "STRING"],
  [char("V"), "UNICODE"],
  [char("I"), "INT"],
  [char("L"), "LONG"],
  [char("F"), "FLOAT"],
  [char("g"), "GET"],
  [char("p"), "PUT"],
  [char("B"), "BINBYTES"],
  [char("C"), "SHORT_BINBYTES"],
  [0x82, "EXT1"],
  [0x83, "EXT2"],
  [0x84, "EXT4"],
  [0x8b, "LONG4"],
  [0x8c, "SHORT_BINUNICODE"],
  [0x8d, "BINUNICODE8"],
  [0x8e, "BINBYTES8"],
  [0x90, "ADDITEMS"],
  [0x91, "FROZENSET"],
  [0x92, "NEWOBJ_EX"],
  [0x93, "STACK_GLOBAL"],
  [0x94, "MEMOIZE"],
  [0x95, "FRAME"],
  [0x96, "BYTEARRAY8"],
]);
