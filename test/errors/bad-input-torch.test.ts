/** Items 35 to 48 of the list of attacks, and the CVEs of PyTorch's format: checkpoints, zip and legacy. */
import { concat, utf8 } from "../unit/weights-sources.js";
import { describeRows, type Finding, type Row } from "./bad-input.js";
import * as b from "./weights-torch-bytes.js";

type Fault = Omit<Finding, "file">;

const HOSTILE = /hostile/;
const SAVE_AGAIN = /save/i;

/** A checkpoint whose state dict is these opcodes, which leave one value. */
const pickled = (...parts: readonly Uint8Array[]): Uint8Array => b.checkpoint(b.pickle(...parts));

const FILES: readonly (readonly [what: string, bytes: Uint8Array, ...faults: Fault[]])[] = [
  [
    "35 os.system",
    pickled(b.call("os", "system", b.text("touch pwned"))),
    { code: "pickle/forbidden-global", place: "a/data.pkl, byte 2", message: /os\.system/, hint: HOSTILE },
  ],
  [
    "35 os.system in the legacy format",
    b.legacy({ object: b.pickle(b.call("os", "system", b.text("touch pwned"))) }),
    { code: "pickle/forbidden-global", place: /^byte \d+$/, message: /os\.system/, hint: HOSTILE },
  ],
  [
    "36 os.system by STACK_GLOBAL",
    pickled(b.text("os"), b.text("system"), b.op(0x93)),
    { code: "pickle/forbidden-global", place: "a/data.pkl, byte 20", message: /os\.system/, hint: HOSTILE },
  ],
  [
    "37 no STOP",
    b.checkpoint(b.stateDict().subarray(0, -1)),
    { code: "pickle/truncated", place: /byte \d+$/, hint: /cut off/ },
  ],
  [
    "38 a memo that was never made",
    pickled(b.op("h", Uint8Array.of(7))),
    { code: "pickle/memo", place: "a/data.pkl, byte 2", message: /value 7/, hint: HOSTILE },
  ],
  [
    "39 SETITEM on a tensor (CVE-2026-24747)",
    pickled(b.tensor(), b.text("k"), b.int(1), b.op("s")),
    {
      code: "pickle/wrong-target",
      place: /a\/data\.pkl, byte \d+/,
      message: /SETITEM is applied to a tensor/,
      hint: HOSTILE,
    },
  ],
  [
    "40 more elements than the storage has (pytorch#165553)",
    b.checkpoint(b.stateDict(b.tensor({ numel: 5, size: [5] }))),
    { code: "torch/storage-size", place: "a/data/0", message: /20 bytes, but has 16/, hint: HOSTILE },
  ],
  [
    "40 a tensor of 10^12 elements without data",
    b.checkpoint(b.stateDict(b.tensor({ numel: 10n ** 12n, size: [10n ** 12n] }))),
    { code: "torch/storage-size", place: "a/data/0", hint: HOSTILE },
  ],
  [
    "41 a stride past the end",
    b.checkpoint(b.stateDict(b.tensor({ size: [2, 2], stride: [3, 1] }))),
    { code: "torch/out-of-bounds", place: "tensor w", hint: HOSTILE },
  ],
  [
    "41 an offset past the end",
    b.checkpoint(b.stateDict(b.tensor({ offset: 1 }))),
    { code: "torch/out-of-bounds", place: "tensor w", hint: HOSTILE },
  ],
  [
    "42 an expansion to 10^12 elements",
    b.checkpoint(b.stateDict(b.tensor({ size: [10n ** 12n], stride: [0] }))),
    { code: "torch/expanded", place: "tensor w", hint: /contiguous|clone/ },
  ],
  [
    "43 a byte order of x",
    b.checkpoint(b.stateDict(), [{ name: "a/byteorder", data: utf8("x") }]),
    { code: "torch/byte-order", place: "a/byteorder", hint: HOSTILE },
  ],
  [
    "43 a big-endian checkpoint",
    b.checkpoint(b.stateDict(), [{ name: "a/byteorder", data: utf8("big") }]),
    { code: "torch/byte-order", place: "a/byteorder", hint: /little-endian machine/ },
  ],
  [
    "44 an entry twice",
    b.zip([
      { name: "a/data.pkl", data: b.stateDict() },
      { name: "a/data/0", data: b.FOUR },
      { name: "a/data/0", data: b.FOUR },
    ]),
    { code: "zip/duplicate-entry", place: /^byte \d+$/, message: /a\/data\/0/, hint: HOSTILE },
  ],
  [
    "45 entries that overlap",
    b.checkpoint(b.stateDict(), [{ name: "a/data/0", data: b.FOUR, headerOffset: 0 }]),
    { code: "zip/overlap", place: /^byte \d+$/, hint: HOSTILE },
  ],
  [
    "46 an entry called ../../x (CVE-2024-5187)",
    b.checkpoint(b.stateDict(), [{ name: "../../x", data: b.FOUR }]),
    { code: "zip/unsafe-name", place: /^byte \d+$/, hint: HOSTILE },
  ],
  [
    "46 a storage whose key is ../../x",
    b.checkpoint(b.stateDict(b.tensor({ key: "../../x" }))),
    { code: "torch/missing-storage", place: "a/data/../../x", hint: HOSTILE },
  ],
  [
    "47 a deflated storage",
    b.checkpoint(b.stateDict(), [{ name: "a/data/0", data: b.FOUR, method: 8, size: 10 ** 9, storedSize: 16 }]),
    { code: "zip/compressed", place: /^byte \d+$/, message: /method 8/, hint: /torch\.save/ },
  ],
  [
    "48 a tar archive",
    tar("data.pkl"),
    { code: "weights/unknown-format", place: "byte 0", message: /tar archive/, hint: /newer PyTorch/ },
  ],
  [
    "a TorchScript archive (CVE-2025-32434)",
    b.checkpoint(b.stateDict(), [{ name: "a/code/__torch__.py", data: utf8("import os") }]),
    { code: "torch/torchscript", hint: /state_dict/ },
  ],
  [
    "a zip archive that was cut off",
    b.checkpoint(b.stateDict()).subarray(0, -9),
    { code: "zip/no-directory", hint: /cut off/ },
  ],
  [
    "a legacy checkpoint that was cut off",
    b.legacy().subarray(0, -1),
    { code: "torch/storage-size", place: /^byte \d+$/, hint: HOSTILE },
  ],
  [
    "a checkpoint without tensors",
    pickled(b.dict(b.text("epoch"), b.int(3))),
    { code: "torch/no-state-dict", hint: SAVE_AGAIN },
  ],
  ["a web page", utf8("<!DOCTYPE html><html>"), { code: "weights/unknown-format", place: "byte 0", hint: /browser/ }],
];

/** A tar archive's first block, as PyTorch wrote before 0.2. */
function tar(name: string): Uint8Array {
  const block = new Uint8Array(1024);
  block.set(utf8(name));
  block.set(utf8("ustar"), 257);
  return block;
}

describeRows(
  "checkpoints that are refused",
  FILES.map(
    ([what, bytes, ...faults]): Row => ({
      what,
      files: { "c.pt": bytes },
      argv: ["import", "c.pt", "-o", "m.json", "--arch", "nsr-conv"],
      exit: 1,
      findings: faults.map((fault) => ({ file: "c.pt", ...fault })),
      asProcess: /^(35|40 a|42|47)/.test(what),
    }),
  ),
);

const floats = (count: number): Uint8Array =>
  new Uint8Array(Float32Array.from({ length: count }, (_, i) => i + 1).buffer);

/** A sound layer's checkpoint, with one more entry, or with another checksum of its last storage. */
function layer(more: readonly Uint8Array[] = [], crc?: number): Uint8Array {
  const tensors: readonly (readonly [name: string, shape: readonly number[]])[] = [
    ["weight", [4, 3, 1, 1]],
    ["mlp.0.weight", [2, 3]],
    ["mlp.0.bias", [2]],
  ];
  const counts = tensors.map(([, shape]) => shape.reduce((product, dim) => product * dim, 1));
  const entries = tensors.map(([name, shape], i) => {
    const stride = shape.map((_, axis) => shape.slice(axis + 1).reduce((product, dim) => product * dim, 1));
    return concat(b.text(name), b.tensor({ key: String(i), numel: counts[i]!, size: shape, stride }));
  });
  return b.checkpoint(
    b.pickle(b.dict(...entries, ...more)),
    counts.map((count, i) => ({
      name: `a/data/${i}`,
      data: floats(count),
      ...(crc === undefined || i < counts.length - 1 ? {} : { crc }),
    })),
  );
}

const importing = (what: string, bytes: Uint8Array, found: Pick<Row, "exit" | "findings" | "writes">): Row => ({
  what,
  files: { "c.pt": bytes },
  argv: ["import", "c.pt", "-o", "m.json", "--set", "experts=2"],
  ...found,
});

const extra = (name: string): Uint8Array =>
  concat(b.text(name), b.tensor({ key: "0", numel: 12, size: [1], stride: [1] }));

describeRows("storages that are read while the weights are written", [
  importing("a storage that was changed", layer([], 1), {
    exit: 1,
    findings: [{ code: "zip/bad-crc", file: "c.pt", place: /^byte \d+$/, hint: /damaged/ }],
  }),
]);

describeRows("names that every object has", [
  importing("a sound checkpoint is read", layer(), {
    exit: 0,
    findings: [],
    writes: ["m.json", "m.weights.safetensors"],
  }),
  ...["__proto__", "constructor", "__class__"].map((name) =>
    importing(`a tensor called ${name} is an ordinary tensor, and one too many`, layer([extra(name)]), {
      exit: 1,
      findings: [{ code: "import/unexpected-tensor", file: "c.pt", place: name, hint: /--arch/ }],
    }),
  ),
  {
    what: "hyper-parameters called __proto__ and constructor are unknown ones",
    files: { "c.pt": layer(), "c.json": '{"__proto__": 3, "constructor": 4, "experts": 2}' },
    argv: ["import", "c.pt", "-o", "m.json", "--config", "c.json", "--set", "toString=1"],
    exit: 0,
    findings: ["c.json", "c.json", "c.pt"].map((file) => ({ code: "import/unknown-config", file, hint: /./ })),
    writes: ["m.json", "m.weights.safetensors"],
  },
]);
