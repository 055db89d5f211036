/** What may stand beside the tensors of a checkpoint, in every protocol. */
import { describe, expect, it } from "vitest";
import { openWeights } from "../../src/files/open.js";
import * as b from "../errors/weights-torch-bytes.js";
import { concat, guardedSource, refusal, utf8 } from "./weights-sources.js";

const NONE = b.op("N");
const NEWOBJ = b.op(0x81);
const BUILD = b.op("b");
const made = (module: string, name: string): Uint8Array => concat(b.global(module, name), b.op(")"), NEWOBJ);
const list = (...items: readonly Uint8Array[]): Uint8Array => concat(b.op("]"), b.MARK, ...items, b.op("e"));

/** The names of the tensors of a state dict beside which a value is kept. */
async function namesBeside(value: Uint8Array): Promise<readonly string[]> {
  const root = b.pickle(b.dict(b.text("model"), b.dict(b.text("w"), b.tensor()), b.text("beside"), value));
  return [...(await openWeights(guardedSource(b.checkpoint(root)))).tensors.keys()];
}

const dtype = b.call("numpy", "dtype", b.text("f8"), b.NEWFALSE, b.op(0x88));
const bytes = b.call("_codecs", "encode", b.text("é"), b.text("latin1"));

const HARMLESS: readonly (readonly [what: string, value: Uint8Array])[] = [
  ["defaultdict(list)", concat(b.call("collections", "defaultdict", b.global("__builtin__", "list")), item("loss"))],
  ["a path", b.call("pathlib", "PosixPath", b.text("/"), b.text("best.ckpt"))],
  ["a path of Windows", b.call("pathlib", "PureWindowsPath", b.text("C:\\"))],
  ["a number of NumPy", b.call("numpy._core.multiarray", "scalar", concat(dtype, NONE, BUILD), bytes)],
  [
    "an array of NumPy",
    concat(b.call("numpy.core.multiarray", "_reconstruct", b.global("numpy", "ndarray")), NONE, BUILD),
  ],
  ["a date", b.call("datetime", "datetime", bytes)],
  ["a Namespace", concat(made("argparse", "Namespace"), b.dict(b.text("lr"), b.op("G", new Uint8Array(8))), BUILD)],
  ["a config of OmegaConf", concat(made("omegaconf.dictconfig", "DictConfig"), b.dict(), BUILD)],
  ["a class of the script", concat(made("__main__", "Config"), b.dict(), BUILD)],
  ["a subclass of list", concat(made("train", "Log"), b.MARK, NONE, b.op("e"), NONE, b.op("a"))],
  ["a subclass of dict", concat(made("train", "Meters"), item("loss"), b.MARK, b.text("k"), NONE, b.op("u"))],
  ["what is called by what is called", b.call("a", "b", b.call("c", "d", b.global("e", "f")))],
  ["a value that is called", concat(b.call("a", "make"), b.tuple(), b.REDUCE)],
  ["a set", b.call("__builtin__", "set", list(b.int(1)))],
  [
    "a range, a slice and a complex number",
    b.tuple(...["range", "slice", "complex"].map((n) => b.call("builtins", n))),
  ],
  ["an exception", b.call("builtins", "ValueError", b.text("x"))],
  ["a deque", concat(b.call("collections", "deque"), b.MARK, NONE, b.op("e"))],
  ["a Counter", b.call("collections", "Counter", b.dict(b.text("x"), b.int(1)))],
  ["a Decimal, a Fraction and a UUID", b.tuple(b.call("decimal", "Decimal"), b.call("fractions", "Fraction"))],
  ["a member of an Enum", b.call("train", "Phase", b.int(1))],
  ["a compiled pattern", b.call("re", "_compile", b.text("x"), b.int(32))],
  ["a device and a dtype", b.tuple(b.call("torch", "device", b.text("cuda")), b.global("torch", "float16"))],
  ["a whole model", concat(made("torch.nn.modules.conv", "Conv2d"), b.dict(b.text("w"), b.tensor()), BUILD)],
  ["a partial function that nobody calls", b.call("functools", "partial", b.global("torch.nn", "ReLU"))],
  [
    "an object of an old class",
    b.call("copy_reg", "_reconstructor", b.global("a", "B"), b.global("builtins", "object")),
  ],
  ["a modulename that is someone's own", b.tuple(b.global("code.models", "Net"), b.global("profile", "Config"))],
  ["a tuple of 20,000 values", concat(b.MARK, new Uint8Array(20_000).fill(0x4e), b.TUPLE)],
  ["an attribute of a tensor", concat(b.tensor(), b.dict(), BUILD)],
];

function item(key: string): Uint8Array {
  return concat(b.text(key), list(NONE), b.op("s"));
}

describe("values beside the tensors", () => {
  it.each(HARMLESS)("may be %s", async (_, value) => {
    expect(await namesBeside(value)).toEqual(["w"]);
  });

  it.each([
    ["os", "system"],
    ["subprocess", "run"],
    ["builtins", "exec"],
    ["builtins", "getattr"],
    ["builtins", "print"],
    ["__builtin__", "execfile"],
    ["code", "interact"],
    ["torch", "load"],
    ["torch", "os.system"],
    ["numpy", "f2py.os.system"],
    ["logging.config", "listen"],
    ["types", "FunctionType"],
    ["builtins", "object.__subclasses__"],
    ["dill._dill", "_create_function"],
    ["concurrent.futures.process", "ProcessPoolExecutor"],
  ])("may not be %s.%s, which is called hostile", async (module, name) => {
    for (const value of [b.global(module, name), b.call(module, name, b.text("x"))]) {
      expect(await refusal(() => namesBeside(value))).toMatchObject([
        {
          code: "pickle/forbidden-global",
          message: expect.stringContaining(`${module}.${name}`),
          hint: expect.stringContaining("hostile"),
        },
      ]);
    }
  });

  it("may not be a partial function that is called", async () => {
    const called = concat(b.call("functools", "partial", b.global("a", "b")), b.tuple(), b.REDUCE);
    expect(await refusal(() => namesBeside(called))).toMatchObject([
      { code: "pickle/forbidden-global", hint: expect.stringContaining("hostile") },
    ]);
  });

  it.each(["numpy.float64", "pathlib.PosixPath"])("in place of a tensor are refused by name: %s", async (path) => {
    const [module = "", name = ""] = path.split(".");
    const value = b.dict(b.text("w"), b.tensor(), b.text("v"), b.call(module, name));
    const [found, ...more] = await refusal(() => openWeights(guardedSource(b.checkpoint(b.pickle(value)))));
    expect(more).toEqual([]);
    expect(found).toMatchObject({ code: "torch/not-a-tensor", place: "tensor v" });
    expect(found?.message).toContain(path);
    expect(found?.hint).toContain("state_dict()");
    expect(found?.hint).not.toContain("hostile");
  });

  it("pass in a state dict where PyTorch puts them", async () => {
    const value = b.dict(b.text("w"), b.tensor(), b.text("a._extra_state"), NONE, b.text("_metadata"), NONE);
    const { tensors } = await openWeights(guardedSource(b.checkpoint(b.pickle(value))));
    expect([...tensors.keys()]).toEqual(["w"]);
  });
});

const short = (text: string): Uint8Array => b.op(0x8c, Uint8Array.of(utf8(text).length), utf8(text));
const stackGlobal = (module: string, name: string): Uint8Array => concat(short(module), short(name), b.op(0x93));
const MEMOIZE = b.op(0x94);

/** The tensor w as protocol 4 writes it, or with text in place of binary values as protocol 0 has them. */
const TENSORS: readonly (readonly [protocol: string, object: Uint8Array])[] = [
  [
    "4",
    concat(
      b.op(0x80, Uint8Array.of(4)),
      b.op(0x95, b.u64(1)),
      concat(b.EMPTY_DICT, MEMOIZE, short("w"), MEMOIZE, stackGlobal("torch._utils", "_rebuild_tensor_v2"), MEMOIZE),
      concat(
        b.MARK,
        b.MARK,
        short("storage"),
        stackGlobal("torch", "FloatStorage"),
        short("0"),
        short("cpu"),
        b.int(4),
      ),
      concat(b.TUPLE, b.PERSID, b.int(0), b.int(4), b.op(0x85), b.int(1), b.op(0x85), b.NEWFALSE, b.EMPTY_DICT),
      concat(b.TUPLE, b.REDUCE, b.op("s")),
    ),
  ],
  [
    "5, with a buffer and sets beside it",
    concat(
      concat(b.op(0x80, Uint8Array.of(5)), b.dict(b.text("w"), b.tensor()), short("x"), b.MARK),
      concat(b.op(0x96, b.u64(2), utf8("ab")), b.op("C", Uint8Array.of(1), utf8("a")), b.op("B", b.u32(1), utf8("a"))),
      concat(b.op(0x8e, b.u64(1), utf8("a")), b.op(0x8d, b.u64(1), utf8("a")), b.op(0x97), b.op(0x98)),
      concat(b.op(0x8f), b.MARK, b.int(1), b.op(0x90), b.MARK, b.int(1), b.op(0x91)),
      concat(stackGlobal("a", "B"), b.tuple(), b.dict(), b.op(0x92), b.op(0x8b, b.u32(40), new Uint8Array(40))),
      concat(b.TUPLE, b.int(1), b.op("0"), b.MARK, b.op("0"), b.MARK, b.int(1), b.op("1"), b.op("2"), b.op("0")),
      b.op("0"),
      b.op("0"),
    ),
  ],
  [
    "0, as text",
    concat(
      utf8(
        "(dp0\nS'w'\np1\nctorch._utils\n_rebuild_tensor_v2\n((Vstorage\nctorch\nFloatStorage\nS\"0\"\nS'\\x63pu'\nL4L\nt",
      ),
      utf8("QI0\n(I4\nt(L1L\ntI00\n(lt"),
      utf8("Rs(iargparse\nNamespace\n0(cargparse\nNamespace\nF1.5\no0g1\n0"),
    ),
  ],
];

describe("pickles of protocol", () => {
  it.each(TENSORS)("%s are read, in both formats", async (_, object) => {
    for (const bytes of [b.checkpoint(concat(object, b.STOP)), b.legacy({ object: concat(object, b.STOP) })]) {
      const { tensors } = await openWeights(guardedSource(bytes));
      expect(await tensors.get("w")?.read()).toEqual(Float32Array.of(1, 2, 3, 4));
    }
  });

  it.each([3, 4, 5])("%i are recognised in the format before PyTorch 1.6", async (protocol) => {
    const start = b.op(0x80, Uint8Array.of(protocol));
    const magic = concat(start, ...(protocol > 3 ? [b.op(0x95, b.u64(13))] : []), b.LEGACY_MAGIC, b.STOP);
    const { tensors } = await openWeights(guardedSource(b.legacy({ magic })));
    expect([...tensors.keys()]).toEqual(["w"]);
  });
});
