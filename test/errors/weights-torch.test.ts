import { describe, expect, it } from "vitest";
import { openWeights } from "../../src/weights/open.js";
import { concat, guardedSource, refusal, utf8 } from "../unit/weights-sources.js";
import * as b from "./weights-torch-bytes.js";

interface Row {
  readonly what: string;
  readonly bytes: Uint8Array;
  /** Of the first finding; the rest, if any, are in `more`. */
  readonly code: string;
  readonly more?: readonly string[];
  readonly place?: string | RegExp;
  readonly message?: RegExp | string;
  readonly hint?: RegExp;
}

const hostileCall = (module: string, name: string, ...args: readonly Uint8Array[]): Uint8Array =>
  b.checkpoint(b.pickle(b.call(module, name, ...args)));

/** After picklescan's tests: what hostile pickles name. */
const HOSTILE_GLOBALS: readonly (readonly [module: string, name: string])[] = [
  ["os", "system"],
  ["posix", "system"],
  ["nt", "system"],
  ["builtins", "eval"],
  ["builtins", "exec"],
  ["builtins", "getattr"],
  ["builtins", "__import__"],
  ["__builtin__", "eval"],
  ["__builtin__", "compile"],
  ["subprocess", "Popen"],
  ["subprocess", "check_output"],
  ["runpy", "_run_code"],
  ["socket", "create_connection"],
  ["shutil", "rmtree"],
  ["webbrowser", "open"],
  ["operator", "attrgetter"],
  ["functools", "partial"],
  ["pickle", "loads"],
  ["importlib", "import_module"],
  ["sys", "modules"],
  ["asyncio.unix_events", "_UnixSubprocessTransport._start"],
  ["requests.api", "get"],
  ["httplib", "HTTPSConnection"],
  ["pip", "main"],
  ["bdb", "Bdb"],
  ["pdb", "Pdb"],
];

const HOSTILE: readonly Row[] = [
  ...HOSTILE_GLOBALS.map(([module, name]) => ({
    what: `35 ${module}.${name}`,
    bytes: hostileCall(module, name, b.text("echo pwned")),
    code: "pickle/forbidden-global",
    place: "a/data.pkl, byte 2",
    message: `${module}.${name},`,
    hint: /hostile/,
  })),
  {
    what: "35 os.system among the tensors' calls",
    bytes: b.checkpoint(b.stateDict(b.call("os", "system", b.text("id")))),
    code: "pickle/forbidden-global",
    place: "a/data.pkl, byte 10",
  },
  {
    what: "35 os.system in place of a rebuild function of a subclass",
    bytes: b.checkpoint(
      b.stateDict(
        b.call(
          "torch._tensor",
          "_rebuild_from_type_v2",
          b.global("os", "system"),
          b.global("torch", "Tensor"),
          b.tuple(b.text("id")),
          b.EMPTY_DICT,
        ),
      ),
    ),
    code: "pickle/forbidden-global",
    more: ["pickle/bad-arguments"],
  },
  {
    what: "every forbidden name of a file, once each",
    bytes: b.checkpoint(
      b.pickle(
        b.dict(
          b.text("x"),
          b.call("os", "system"),
          b.text("y"),
          b.call("os", "system"),
          b.text("z"),
          b.call("a.b", "C"),
        ),
      ),
    ),
    code: "pickle/forbidden-global",
    more: ["pickle/forbidden-global"],
  },
  {
    what: "a forbidden name before a broken rule",
    bytes: b.checkpoint(concat(b.PROTO, b.global("os", "system"), b.op("h", Uint8Array.of(9)))),
    code: "pickle/forbidden-global",
    more: ["pickle/memo"],
  },
  {
    what: "a whole model",
    bytes: b.checkpoint(
      b.pickle(
        b.global("torch.nn.modules.conv", "Conv2d"),
        b.op(")"),
        b.op(0x81),
        b.dict(b.text("_parameters"), b.EMPTY_DICT),
        b.op("b"),
      ),
    ),
    code: "pickle/forbidden-global",
    hint: /model object.*state_dict\(\)/,
  },
  {
    what: "a whole model of the format before",
    bytes: b.legacy({
      object: b.pickle(
        b.tuple(b.text("module"), b.global("__main__", "Net"), b.op("N"), b.op("N")),
        b.PERSID,
        b.op(")"),
        b.op(0x81),
        b.dict(),
        b.op("b"),
      ),
    }),
    code: "pickle/forbidden-global",
    hint: /model object.*state_dict\(\)/,
  },
  {
    what: "NumPy values",
    bytes: b.checkpoint(b.stateDict(b.call("numpy.core.multiarray", "scalar"))),
    code: "pickle/forbidden-global",
    hint: /NumPy/,
  },
  {
    what: "a class of the script, subclass of list and dict",
    bytes: b.checkpoint(
      b.pickle(
        b.call("train", "Log"),
        b.text("x"),
        b.op("a"),
        b.text("k"),
        b.text("v"),
        b.op("s"),
        b.op("N"),
        b.op("b"),
      ),
    ),
    code: "pickle/forbidden-global",
    hint: /Python objects/,
  },
  {
    what: "a defaultdict, which torch.load refuses too",
    bytes: hostileCall("collections", "defaultdict", b.global("builtins", "list")),
    code: "pickle/forbidden-global",
    more: ["pickle/forbidden-global"],
  },
  {
    what: "a call of what is no function",
    bytes: b.checkpoint(b.pickle(b.text("x"), b.tuple(), b.REDUCE)),
    code: "pickle/bad-arguments",
    message: /calls a string/,
  },
  {
    what: "a rebuild function that rebuilds itself",
    bytes: b.checkpoint(
      b.stateDict(
        b.call(
          "torch._tensor",
          "_rebuild_from_type_v2",
          b.global("torch._tensor", "_rebuild_from_type_v2"),
          b.op("N"),
          b.tuple(),
          b.op("N"),
        ),
      ),
    ),
    code: "pickle/bad-arguments",
  },
];

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

const tensorRow = (what: string, options: b.TensorOptions, code: string, more: Partial<Row> = {}): Row => ({
  what,
  bytes: b.checkpoint(b.stateDict(b.tensor(options))),
  code,
  ...more,
});

const BIG = 2n ** 62n;

const TENSORS: readonly Row[] = [
  tensorRow("40 a number of elements that differs from the record", { numel: 5, size: [5] }, "torch/storage-size", {
    place: "a/data/0",
    message: /20 bytes and has 16/,
  }),
  tensorRow("40 a type that differs from the record", { storage: "DoubleStorage" }, "torch/storage-size"),
  tensorRow("40 a storage larger than any file", { numel: 2n ** 52n }, "pickle/bad-arguments"),
  tensorRow("40 a storage of 2^62 elements", { numel: BIG }, "pickle/bad-arguments"),
  tensorRow("40 a storage of -1 elements", { numel: -1 }, "pickle/bad-arguments"),
  {
    what: "40 a storage given two sizes",
    bytes: b.checkpoint(b.pickle(b.dict(b.text("v"), b.tensor(), b.text("w"), b.tensor({ numel: 3, size: [3] })))),
    code: "pickle/bad-arguments",
    message: /two sizes/,
  },
  tensorRow("41 a stride past the end", { size: [2, 2], stride: [3, 1] }, "torch/out-of-bounds", {
    place: "tensor w",
    message: /byte 20 of its storage, which has 16/,
  }),
  tensorRow("41 an offset past the end", { offset: 1 }, "torch/out-of-bounds"),
  tensorRow("41 an offset past the end of a tensor without elements", { offset: 5, size: [0] }, "torch/out-of-bounds"),
  tensorRow("41 a stride of 2^62", { size: [2], stride: [BIG] }, "pickle/bad-arguments"),
  tensorRow("41 a stride of 2^52", { size: [2], stride: [2n ** 52n] }, "torch/out-of-bounds"),
  tensorRow("41 a negative stride", { offset: 3, size: [2], stride: [-1] }, "pickle/bad-arguments"),
  tensorRow("41 a negative offset", { offset: -1 }, "pickle/bad-arguments"),
  tensorRow("41 a negative size", { size: [-4] }, "pickle/bad-arguments"),
  tensorRow("41 fewer strides than sizes", { size: [2, 2], stride: [1] }, "pickle/bad-arguments", {
    message: /2 dimensions has 1 strides/,
  }),
  {
    what: "a size that is a float",
    bytes: b.checkpoint(
      b.stateDict(
        b.call(
          "torch._utils",
          "_rebuild_tensor",
          b.storage({}),
          b.int(0),
          b.tuple(b.op("G", new Uint8Array(8))),
          b.tuple(b.int(1)),
        ),
      ),
    ),
    code: "pickle/bad-arguments",
  },
  tensorRow("42 an expansion to 10^12", { size: [1_000_000n, 1_000_000n], stride: [0, 0] }, "torch/expanded", {
    place: "tensor w",
    hint: /contiguous/,
  }),
  tensorRow("42 an overlap that unfolds to 2^21", { size: [2 ** 20, 2], stride: [0, 1] }, "torch/expanded"),
  tensorRow(
    "42 a shape of more than 2^53 elements",
    { size: [2n ** 50n, 16], stride: [0, 0] },
    "torch/tensor-too-large",
  ),
  tensorRow("46 a key that leads out", { key: "../../x" }, "torch/missing-storage", { place: "a/data/../../x" }),
  tensorRow("a key that is not there", { key: "1" }, "torch/missing-storage", { place: "a/data/1" }),
  tensorRow("a key named __proto__", { key: "__proto__" }, "torch/missing-storage"),
  {
    what: "a storage class that is a dtype",
    bytes: b.checkpoint(
      b.stateDict(
        concat(
          b.tuple(b.text("storage"), b.global("torch", "float32"), b.text("0"), b.text("cpu"), b.int(4)),
          b.PERSID,
        ),
      ),
    ),
    code: "pickle/bad-arguments",
  },
  {
    what: "a persistent id of something else",
    bytes: b.checkpoint(b.pickle(b.tuple(b.text("file"), b.text("/etc/passwd")), b.PERSID)),
    code: "pickle/bad-arguments",
  },
  {
    what: "a persistent id that is a string",
    bytes: b.checkpoint(b.pickle(b.text("0"), b.PERSID)),
    code: "pickle/bad-arguments",
  },
  {
    what: "a parameter without a tensor",
    bytes: b.checkpoint(b.stateDict(b.call("torch._utils", "_rebuild_parameter", b.text("x"), b.NEWFALSE, b.op("N")))),
    code: "pickle/bad-arguments",
  },
  {
    what: "all bad tensors together, and entries that are none",
    bytes: b.checkpoint(
      b.pickle(
        b.dict(
          b.text("u"),
          b.tensor({ offset: 1 }),
          b.text("v"),
          b.int(3),
          b.text("w"),
          b.tensor(),
          b.text("q"),
          b.call("torch._utils", "_rebuild_qtensor"),
          b.int(7),
          b.tensor(),
          b.text("_metadata"),
          b.int(1),
        ),
      ),
    ),
    code: "torch/out-of-bounds",
    more: ["torch/not-a-tensor", "torch/unsupported-tensor", "torch/name-not-text"],
    place: "tensor u",
  },
  {
    what: "a dict that contains itself under a usual name",
    bytes: b.checkpoint(
      b.pickle(
        b.EMPTY_DICT,
        b.op("q", Uint8Array.of(0)),
        b.text("model"),
        b.op("h", Uint8Array.of(0)),
        b.op("s"),
        b.text("params"),
        b.op("h", Uint8Array.of(0)),
        b.op("s"),
      ),
    ),
    code: "torch/no-state-dict",
  },
  {
    what: "a checkpoint that is a list",
    bytes: b.checkpoint(b.pickle(b.op("]"))),
    code: "torch/no-state-dict",
    message: /a list/,
  },
];

const LEGACY: readonly Row[] = [
  {
    what: "another version",
    bytes: b.legacy({ version: b.pickle(b.int(5)) }),
    code: "torch/legacy-header",
    place: "byte 15",
  },
  {
    what: "43 a big-endian machine",
    bytes: b.legacy({ info: b.pickle(b.dict(b.text("little_endian"), b.NEWFALSE)) }),
    code: "torch/byte-order",
    place: "byte 21",
    hint: /little-endian machine/,
  },
  { what: "no byte order", bytes: b.legacy({ info: b.pickle(b.dict()) }), code: "torch/legacy-header" },
  {
    what: "35 os.system",
    bytes: b.legacy({ object: b.pickle(b.call("os", "system")) }),
    code: "pickle/forbidden-global",
    place: /^byte \d+$/,
  },
  {
    what: "35 os.system in the keys",
    bytes: b.legacy({ keys: b.pickle(b.call("os", "system")) }),
    code: "pickle/forbidden-global",
  },
  { what: "37 no STOP", bytes: b.legacy().subarray(0, 40), code: "pickle/truncated", place: "byte 40" },
  { what: "keys that are no list", bytes: b.legacy({ keys: b.pickle(b.text("0")) }), code: "torch/legacy-header" },
  {
    what: "a key that no tensor uses",
    bytes: b.legacy({ keys: b.pickle(b.op("]"), b.text("1"), b.op("a")) }),
    code: "torch/legacy-header",
  },
  {
    what: "a key twice",
    bytes: b.legacy({ keys: b.pickle(b.op("]"), b.text("0"), b.op("a"), b.text("0"), b.op("a")) }),
    code: "torch/legacy-header",
  },
  {
    what: "a storage without a key",
    bytes: b.legacy({ keys: b.pickle(b.op("]")), storages: new Uint8Array(0) }),
    code: "torch/missing-storage",
  },
  {
    what: "40 a number of elements that differs",
    bytes: b.legacy({ storages: concat(b.u64(3), b.FOUR) }),
    code: "torch/storage-size",
    place: /^byte \d+$/,
  },
  {
    what: "40 2^63 elements",
    bytes: b.legacy({ storages: concat(b.u64(2n ** 63n), b.FOUR) }),
    code: "torch/storage-size",
  },
  {
    what: "truncated elements",
    bytes: b.legacy({ storages: concat(b.u64(4), b.FOUR.subarray(1)) }),
    code: "torch/storage-size",
  },
  { what: "no elements", bytes: b.legacy({ storages: new Uint8Array(0) }), code: "torch/storage-size" },
  {
    what: "trailing data",
    bytes: b.legacy({ storages: concat(b.u64(4), b.FOUR, utf8("x")) }),
    code: "torch/trailing-data",
  },
  {
    what: "a view that leaves its storage",
    bytes: b.legacy({ object: b.stateDict(b.tensor({ view: b.tuple(b.text("9"), b.int(2), b.int(3)) })) }),
    code: "pickle/bad-arguments",
  },
  {
    what: "41 a tensor that leaves its view",
    bytes: b.legacy({ object: b.stateDict(b.tensor({ view: b.tuple(b.text("9"), b.int(1), b.int(3)) })) }),
    code: "torch/out-of-bounds",
  },
];

async function check(row: Row): Promise<void> {
  const source = guardedSource(row.bytes, "net.pt");
  const found = await refusal(() => openWeights(source));
  const [first] = found;
  expect(found.map(({ code }) => code)).toEqual([row.code, ...(row.more ?? [])]);
  expect(first).toMatchObject({ severity: "error", file: "net.pt", hint: expect.any(String) });
  if (typeof row.place === "string") expect(first?.place).toBe(row.place);
  if (row.place instanceof RegExp) expect(first?.place).toMatch(row.place);
  if (row.message !== undefined) expect(first?.message).toMatch(row.message);
  if (row.hint !== undefined) expect(first?.hint).toMatch(row.hint);
}

describe("hostile pickles", () => it.each(HOSTILE)("refuses $what", check));
describe("broken pickles", () => it.each(PICKLES)("refuses $what", check));
describe("broken tensors", () => it.each(TENSORS)("refuses $what", check));
describe("the format before PyTorch 1.6", () => it.each(LEGACY)("refuses $what", check));

describe("the builders of this suite", () => {
  it.each([
    ["zip", b.checkpoint(b.stateDict())],
    ["legacy", b.legacy()],
  ])("make a sound %s checkpoint", async (_, bytes) => {
    const { tensors } = await openWeights(guardedSource(bytes));
    expect(await tensors.get("w")?.read()).toEqual(Float32Array.of(1, 2, 3, 4));
  });

  it("make a sound view of the format before", async () => {
    const view = b.tuple(b.text("9"), b.int(1), b.int(3));
    const object = b.stateDict(b.tensor({ view, size: [2], offset: 1 }));
    const { tensors } = await openWeights(guardedSource(b.legacy({ object })));
    expect(await tensors.get("w")?.read()).toEqual(Float32Array.of(3, 4));
  });
});

describe("hostile pickles leave no trace", () => {
  it("does not touch prototypes", async () => {
    const proto = b.pickle(b.dict(b.text("__proto__"), b.dict(b.text("polluted"), b.tensor())));
    await refusal(() => openWeights(guardedSource(b.checkpoint(proto))));
    expect(Object.keys(Object.prototype)).toEqual([]);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  it("reads a tensor of 5,000 dimensions of size 1, and of 20 of size 2, in no time", async () => {
    const twos = [...Array(5000).fill(1), ...Array(20).fill(2), ...Array(4000).fill(1)];
    const bytes = b.checkpoint(b.stateDict(b.tensor({ size: twos, stride: twos.map(() => 0) })));
    const { tensors } = await openWeights(guardedSource(bytes));
    const values = await tensors.get("w")!.read();
    expect(values.length).toBe(2 ** 20);
    expect(values.every((value) => value === 1)).toBe(true);
  });
});
