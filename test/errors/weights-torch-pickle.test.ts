import { describe, it } from "vitest";
import { concat, utf8 } from "../unit/weights-sources.js";
import * as b from "./weights-torch-bytes.js";
import { check, type Row } from "./weights-torch-check.js";

const PICKLES: readonly Row[] = [
  {
    what: "36 STACK_GLOBAL of os.system",
    bytes: b.checkpoint(b.pickle(b.text("os"), b.text("system"), b.op(0x93))),
    code: "pickle/forbidden-global",
    place: "a/data.pkl, byte 20",
    message: /os\.system/,
    hint: /hostile/,
  },
  {
    what: "36 STACK_GLOBAL of what is no string",
    bytes: b.checkpoint(b.pickle(b.text("os"), b.int(1), b.op(0x93))),
    code: "pickle/wrong-target",
    message: /an int instead of two strings/,
  },
  {
    what: "STACK_GLOBAL of 2,000 letters",
    bytes: b.checkpoint(b.pickle(b.text("os"), b.text("x".repeat(2000)), b.op(0x93))),
    code: "pickle/too-large",
  },
  {
    what: "36 MEMOIZE of nothing",
    bytes: b.checkpoint(b.pickle(b.op(0x94))),
    code: "pickle/stack",
    message: /MEMOIZE/,
  },
  { what: "36 a FRAME that is cut off", bytes: b.checkpoint(b.op(0x95, b.u32(9))), code: "pickle/truncated" },
  {
    what: "36 bytes of 2^63",
    bytes: b.checkpoint(b.pickle(b.op(0x8e, b.u64(2n ** 63n)))),
    code: "pickle/truncated",
  },
  {
    what: "EXT1",
    bytes: b.checkpoint(b.pickle(b.op(0x82, Uint8Array.of(1)))),
    code: "pickle/opcode",
    message: /EXT1/,
    hint: /state_dict\(\)/,
  },
  {
    what: "INST of os.system",
    bytes: b.checkpoint(b.pickle(b.MARK, b.op("i", utf8("os\nsystem\n")))),
    code: "pickle/forbidden-global",
  },
  { what: "OBJ of nothing", bytes: b.checkpoint(b.pickle(b.MARK, b.op("o"))), code: "pickle/stack", message: /OBJ/ },
  ...[
    ["INT", "I1.5\n"],
    ["LONG", "Lx\n"],
    ["FLOAT", "Fone\n"],
    ["STRING", "S'no end\n"],
    ["UNICODE", "V\\Uffffffff\n"],
    ["UNICODE", "V\\ud800\n"],
    ["GET", "g-1\n"],
  ].map(([what = "", text = ""]) => ({
    what: `${what} of ${JSON.stringify(text)}`,
    bytes: b.checkpoint(b.pickle(utf8(text))),
    code: "pickle/literal",
    message: new RegExp(`^${what} is followed by`),
  })),
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
    what: "a stack of 1,000,001 values",
    bytes: b.checkpoint(concat(b.PROTO, new Uint8Array(1_000_001).fill(0x4e))),
    code: "pickle/too-large",
  },
  {
    what: "a stack of 1,000,001 marks",
    bytes: b.checkpoint(concat(b.PROTO, new Uint8Array(1_000_001).fill(0x28))),
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
