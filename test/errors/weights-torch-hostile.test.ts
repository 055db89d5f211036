import { describe, expect, it } from "vitest";
import { openWeights } from "../../src/files/open.js";
import { concat, guardedSource, refusal } from "../unit/weights-sources.js";
import * as b from "./weights-torch-bytes.js";
import { check, type Row } from "./weights-torch-check.js";

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
    what: "every hostile name of a file, once each, and no other",
    bytes: b.checkpoint(
      b.pickle(
        b.dict(
          b.text("x"),
          b.call("os", "system"),
          b.text("y"),
          b.call("os", "system"),
          b.text("z"),
          b.call("a.b", "C"),
          b.text("v"),
          b.call("posix", "popen"),
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
    hint: /state_dict\(\).*model object/,
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
      keys: b.pickle(b.op("]")),
      storages: new Uint8Array(0),
    }),
    code: "pickle/forbidden-global",
    hint: /state_dict\(\).*model object/,
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
    what: "a defaultdict without tensors, which is not hostile",
    bytes: hostileCall("collections", "defaultdict", b.global("builtins", "list")),
    code: "torch/no-state-dict",
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

describe("hostile pickles", () => it.each(HOSTILE)("refuses $what", check));

describe("hostile pickles leave no trace", () => {
  it("does not touch prototypes", async () => {
    const proto = b.pickle(b.dict(b.text("__proto__"), b.dict(b.text("polluted"), b.tensor())));
    await refusal(() => openWeights(guardedSource(b.checkpoint(proto))));
    expect(Object.keys(Object.prototype)).toEqual([]);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });
});
