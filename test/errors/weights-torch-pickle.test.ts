import { describe, it } from "vitest";
import { concat, utf8 } from "../unit/weights-sources.js";
import * as b from "./weights-torch-bytes.js";
import { check, type Row } from "./weights-torch-check.js";

const PICKLES: readonly Row[] = [
  {
    what: "36 STACK_GLOBAL",
    bytes: b.checkpoint(b.pickle(b.text("os"), b.text("system"), b.op(0x93))),
    code: "pickle/opcode",
    place: "a/data.pkl, byte 20",
    message: /STACK_GLOBAL/,
    hint: /pickle_protocol=2/,
  },
  {
    what: "36 MEMOIZE",
    bytes: b.checkpoint(b.pickle(b.EMPTY_DICT, b.op(0x94))),
    code: "pickle/opcode",
    message: /MEMOIZE/,
  },
  { what: "36 FRAME", bytes: b.checkpoint(b.pickle(b.op(0x95, b.u64(9)))), code: "pickle/opcode", message: /FRAME/ },
  { what: "INST", bytes: b.checkpoint(b.pickle(b.MARK, b.op("i"))), code: "pickle/opcode", message: /INST/ },
  { what: "an unknown opcode", bytes: b.checkpoint(b.pickle(b.op(0xff))), code: "pickle/opcode", message: /0xff/ },
  { what: "protocol 6", bytes: b.checkpoint(b.op(0x80, Uint8Array.of(6))), code: "pickle/protocol" },
  {
    what: "37 no STOP",
    bytes: b.checkpoint(concat(b.PROTO, b.EMPTY_DICT)),
    code: "pickle/truncated",
    place: "a/data.pkl, byte 3",
  },
  { what: "37 nothing at all", bytes: b.checkpoint(new Uint8Array(0)), code: "pickle/truncated" },
  {
    what: "37 a string past the end",
    bytes: b.checkpoint(concat(b.PROTO, b.op("X", b.u32(0xffffffff)))),
    code: "pickle/truncated",
  },
  {
    what: "37 a name past the end",
    bytes: b.checkpoint(concat(b.PROTO, b.op("c", utf8("os")))),
    code: "pickle/truncated",
  },
  {
    what: "a name of 2,000 bytes",
    bytes: b.checkpoint(concat(b.PROTO, b.global("x".repeat(2000), "y"))),
    code: "pickle/too-large",
  },
  {
    what: "38 a missing memo",
    bytes: b.checkpoint(b.pickle(b.op("h", Uint8Array.of(7)))),
    code: "pickle/memo",
    place: "a/data.pkl, byte 2",
    message: /value 7/,
  },
  { what: "38 a missing long memo", bytes: b.checkpoint(b.pickle(b.op("j", b.u32(1e9)))), code: "pickle/memo" },
  {
    what: "39 SETITEM on a tensor",
    bytes: b.checkpoint(b.pickle(b.tensor(), b.text("x"), b.text("y"), b.op("s"))),
    code: "pickle/wrong-target",
    message: /SETITEM is applied to a tensor/,
  },
  {
    what: "39 SETITEMS on a list",
    bytes: b.checkpoint(b.pickle(b.op("]"), b.MARK, b.text("x"), b.text("y"), b.SETITEMS)),
    code: "pickle/wrong-target",
    message: /SETITEMS is applied to a list/,
  },
  {
    what: "SETITEMS of an odd number",
    bytes: b.checkpoint(b.pickle(b.dict(b.text("x")))),
    code: "pickle/wrong-target",
  },
  {
    what: "a dict as the key of a dict",
    bytes: b.checkpoint(b.pickle(b.dict(b.EMPTY_DICT, b.text("x")))),
    code: "pickle/bad-arguments",
    message: /a dict as a key/,
  },
  {
    what: "APPEND to a dict",
    bytes: b.checkpoint(b.pickle(b.EMPTY_DICT, b.text("x"), b.op("a"))),
    code: "pickle/wrong-target",
  },
  {
    what: "BUILD of a string",
    bytes: b.checkpoint(b.pickle(b.text("x"), b.op("N"), b.op("b"))),
    code: "pickle/wrong-target",
  },
  {
    what: "arguments that are no tuple",
    bytes: b.checkpoint(b.pickle(b.global("collections", "OrderedDict"), b.op("]"), b.REDUCE)),
    code: "pickle/wrong-target",
  },
  { what: "an empty stack", bytes: b.checkpoint(b.pickle(b.op(0x86))), code: "pickle/stack", message: /TUPLE2/ },
  { what: "nothing to stop with", bytes: b.checkpoint(b.pickle()), code: "pickle/stack", message: /STOP/ },
  { what: "TUPLE without a mark", bytes: b.checkpoint(b.pickle(b.TUPLE)), code: "pickle/stack" },
  {
    what: "taking values from below a mark",
    bytes: b.checkpoint(b.pickle(b.text("x"), b.MARK, b.op(0x85))),
    code: "pickle/stack",
  },
  {
    what: "memorising what is below a mark",
    bytes: b.checkpoint(b.pickle(b.text("x"), b.MARK, b.op("q", Uint8Array.of(0)))),
    code: "pickle/stack",
  },
  { what: "two values at the end", bytes: b.checkpoint(b.pickle(b.text("x"), b.EMPTY_DICT)), code: "pickle/leftover" },
  {
    what: "a second pickle",
    bytes: b.checkpoint(concat(b.stateDict(), b.stateDict())),
    code: "pickle/trailing",
  },
  {
    what: "a name that is not UTF-8",
    bytes: b.checkpoint(b.pickle(b.op("X", b.u32(1), Uint8Array.of(0xff)))),
    code: "pickle/text",
  },
  {
    what: "a stack of 10,001 values",
    bytes: b.checkpoint(b.pickle(...Array(10_001).fill(b.op("N")))),
    code: "pickle/too-large",
  },
  {
    what: "a stack of 10,001 marks",
    bytes: b.checkpoint(b.pickle(...Array(10_001).fill(b.MARK))),
    code: "pickle/too-large",
  },
  {
    what: "8,000,001 opcodes",
    bytes: b.checkpoint(
      concat(
        b.PROTO,
        b.EMPTY_DICT,
        new Uint8Array(16_000_000).map((_, i) => (i % 2 === 0 ? 0x71 : 1)),
      ),
    ),
    code: "pickle/too-large",
    place: "a/data.pkl, byte 15999999",
  },
  {
    what: "2,000,001 memorised values",
    bytes: b.checkpoint(concat(b.PROTO, b.EMPTY_DICT, memorise(2_000_001))),
    code: "pickle/too-large",
    message: /memorised/,
  },
];

function memorise(count: number): Uint8Array {
  const bytes = new Uint8Array(5 * count);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < count; i++) {
    view.setUint8(5 * i, 0x72);
    view.setUint32(5 * i + 1, i, true);
  }
  return bytes;
}

describe("broken pickles", () => it.each(PICKLES)("refuses $what", check));
