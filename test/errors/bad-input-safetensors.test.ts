/** Items 17 to 34 of the list of attacks: safetensors files, as checkpoints and as the weights of a document. */
import { describeRows, type Finding, type Row } from "./bad-input.js";
import { safetensors, safetensorsOf } from "./bad-input-files.js";

const DOCUMENT = `{
  "version": 1, "name": "test",
  "weights": {"file":"w.safetensors"},
  "inputs": [{"name":"x","shape":["N",3,"H","W"]}],
  "layers": [{"name":"y","op":"conv","in":"x","out":2,"kernel":1}],
  "outputs": ["y"]
}
`;

/** The data of a weight of [2,3,1,1] and a bias of [2]. */
const DATA = new Uint8Array(32);

interface Entry {
  readonly dtype?: string;
  readonly shape?: string;
  readonly offsets?: string;
}

/** The header of that weight and bias, with fields of the weight replaced. */
function header({ dtype = '"F32"', shape = "[2,3,1,1]", offsets = "[0,24]" }: Entry = {}, more = ""): string {
  const weight = `"y.weight":{"dtype":${dtype},"shape":${shape},"data_offsets":${offsets}${more}}`;
  return `{${weight},"y.bias":{"dtype":"F32","shape":[2],"data_offsets":[24,32]}}`;
}

type Fault = Omit<Finding, "file">;

/** Column of a text in the header, as an offset from the start of the file. */
const byteOf = (json: string, text: string): number => 8 + json.indexOf(text);

const inWeight = (code: string, json: string, text: string, field: string, hint: RegExp): Fault => ({
  code: `safetensors/${code}`,
  pointer: `/y.weight${field}`,
  place: `tensor y.weight, byte ${byteOf(json, text)}`,
  hint,
});

const DAMAGED = /damaged/;
const CUT = /cut off/;

/** Headers with a fault in the entry `y.weight`, found at a text of it. */
const ENTRIES: readonly (readonly [
  what: string,
  entry: Entry,
  code: string,
  at: string,
  field: string,
  hint: RegExp,
])[] = [
  ["26 a dimension of -1", { shape: "[-1,3,1,1]" }, "not-a-count", "-1", "/shape/0", DAMAGED],
  ["27 a dimension of 1.0", { shape: "[2,3,1.0,1]" }, "not-a-count", "1.0", "/shape/2", DAMAGED],
  ["27 a dimension of 1e0", { shape: "[2,3,1e0,1]" }, "not-a-count", "1e0", "/shape/2", DAMAGED],
  ["27 an offset of 24.0", { offsets: "[0,24.0]" }, "not-a-count", "24.0", "/data_offsets/1", DAMAGED],
  [
    "28 a shape whose product overflows",
    { shape: "[4294967296,4294967296]" },
    "size-overflow",
    "[4294967296",
    "/shape",
    DAMAGED,
  ],
  [
    "28 one that overflows before a zero",
    { shape: "[4294967296,4294967296,0]" },
    "size-overflow",
    "[4294967296",
    "/shape",
    DAMAGED,
  ],
  ["29 a lower-case dtype", { dtype: '"f32"' }, "unknown-dtype", '"f32"', "/dtype", /in capitals: F32/],
  ["a dtype that is none", { dtype: '"F33"' }, "unknown-dtype", '"F33"', "/dtype", /F32/],
  ["a dtype that is no text", { dtype: "32" }, "wrong-kind", "32", "/dtype", DAMAGED],
  ["a shape that is no list", { shape: "6" }, "wrong-kind", "6,", "/shape", DAMAGED],
  ["25 reversed offsets", { offsets: "[24,0]" }, "reversed-offsets", "[24,0]", "/data_offsets", DAMAGED],
  ["a size that is not that of the shape", { shape: "[2,3,1,2]" }, "size-mismatch", "[0,24]", "/data_offsets", DAMAGED],
];

const FILES: readonly (readonly [what: string, bytes: Uint8Array, ...faults: Fault[]])[] = [
  ["17 no bytes, no format", new Uint8Array(0), { code: "weights/empty-file", hint: /./ }],
  ["17 seven bytes", new Uint8Array(7).fill(1), { code: "weights/unknown-format", place: "byte 0", hint: /damaged/ }],
  ["17 eight bytes of zero", new Uint8Array(8), { code: "safetensors/header-start", place: "byte 8", hint: DAMAGED }],
  [
    "18 a header of 2^64-1 bytes",
    safetensorsOf(header(), DATA, 2n ** 64n - 1n),
    { code: "safetensors/header-too-large", place: "byte 0", hint: DAMAGED },
  ],
  [
    "18 a header of 100,000,001 bytes",
    safetensorsOf(header(), DATA, 100_000_001),
    { code: "safetensors/header-too-large", place: "byte 0", hint: DAMAGED },
  ],
  [
    "19 a header longer than the file",
    safetensorsOf(header(), DATA, 99_999_999),
    { code: "safetensors/header-past-end", place: "byte 0", hint: CUT },
  ],
  [
    "20 a header that is not UTF-8",
    safetensorsOf(Uint8Array.from(header(), (letter) => letter.charCodeAt(0)).fill(0xff, 10, 11), DATA),
    { code: "json/invalid-utf8", place: "byte 18", hint: /UTF-8/ },
  ],
  [
    "21 a header that is a list",
    safetensorsOf("[]"),
    { code: "safetensors/header-start", place: "byte 8", hint: DAMAGED },
  ],
  [
    "22 a header with a NUL after it",
    safetensorsOf(`${header()}\0`, DATA),
    { code: "json/trailing-content", pointer: "", place: `byte ${8 + header().length}`, hint: /remove the text after/ },
  ],
  [
    "23 a hole",
    safetensorsOf(header().replace("[24,32]", "[28,36]"), new Uint8Array(36)),
    {
      code: "safetensors/hole",
      pointer: "/y.bias/data_offsets",
      place: `tensor y.bias, byte ${byteOf(header(), "[24,32]")}`,
      hint: DAMAGED,
    },
  ],
  [
    "24 an overlap",
    safetensorsOf(header().replace("[24,32]", "[20,28]"), new Uint8Array(28)),
    {
      code: "safetensors/overlap",
      pointer: "/y.bias/data_offsets",
      place: `tensor y.bias, byte ${byteOf(header(), "[24,32]")}`,
      hint: DAMAGED,
    },
  ],
  [
    "30 truncated data",
    safetensorsOf(header(), DATA.subarray(1)),
    { code: "safetensors/data-end", place: `byte ${8 + header().length + 31}`, hint: CUT },
  ],
  [
    "30 data with more after it",
    safetensorsOf(header(), new Uint8Array(33)),
    { code: "safetensors/data-end", place: `byte ${8 + header().length + 32}`, hint: /remove/ },
  ],
  [
    "31 metadata that is a number",
    safetensorsOf(`{"__metadata__":{"epoch":3},${header().slice(1)}`, DATA),
    {
      code: "safetensors/wrong-kind",
      pointer: "/__metadata__/epoch",
      place: `tensor __metadata__, byte ${8 + '{"__metadata__":{"epoch":'.length}`,
      hint: DAMAGED,
    },
  ],
  [
    "32 a tensor twice",
    safetensorsOf(header().replace("y.bias", "y.weight"), DATA),
    {
      code: "json/duplicate-key",
      pointer: "/y.weight",
      place: `byte ${byteOf(header(), '"y.bias"')}`,
      hint: /keep one/,
    },
  ],
  [
    "33 a header that begins with a space",
    safetensorsOf(` ${header()}`, DATA),
    { code: "safetensors/header-start", place: "byte 8", hint: DAMAGED },
  ],
  [
    "a header nested 10,000 deep",
    safetensorsOf(`{"a":${"[".repeat(10_000)}`),
    { code: "json/too-deep", pointer: `/a${"/0".repeat(99)}`, place: `byte ${8 + 5 + 99}`, hint: /nested/ },
  ],
  [
    "two faults, which are told together",
    safetensorsOf(header({ dtype: '"f32"' }).replace("[2],", "[-2],"), DATA),
    inWeight("unknown-dtype", header({ dtype: '"f32"' }), '"f32"', "/dtype", /capitals/),
    {
      code: "safetensors/not-a-count",
      pointer: "/y.bias/shape/0",
      place: `tensor y.bias, byte ${byteOf(header(), "[2],") + 1}`,
      hint: DAMAGED,
    },
  ],
  ...ENTRIES.map(([what, entry, code, at, field, hint]) => {
    const json = header(entry);
    return [what, safetensorsOf(json, DATA), inWeight(code, json, at, field, hint)] as const;
  }),
];

const READERS: readonly (readonly [what: string, argv: readonly string[], files: Row["files"]])[] = [
  ["as a checkpoint", ["import", "w.safetensors", "-o", "out.json"], {}],
  ["as weights", ["compile", "m.json", "-o", "out.onnx", "--no-verify"], { "m.json": DOCUMENT }],
];

describeRows(
  "safetensors files that are refused",
  READERS.flatMap(([reader, argv, files]) =>
    FILES.map(
      ([what, bytes, ...faults]): Row => ({
        what: `${what}, ${reader}`,
        files: { ...files, "w.safetensors": bytes },
        argv,
        exit: 1,
        findings: faults.map((fault) => ({ file: "w.safetensors", ...fault })),
        asProcess: reader === "as a checkpoint" && /^(18 .*64|19|28|a header nested)/.test(what),
      }),
    ),
  ),
);

const LAYER = safetensors([
  ["weight", [4, 3, 1, 1]],
  ["mlp.0.weight", [2, 3]],
  ["mlp.0.bias", [2]],
]);

describeRows("safetensors files that are read", [
  {
    what: "34 an unknown field, with a warning",
    files: { "m.json": DOCUMENT, "w.safetensors": safetensorsOf(header({}, ',"strides":[3,1,1,1]'), DATA) },
    argv: ["compile", "m.json", "-o", "m.onnx", "--no-verify"],
    exit: 0,
    findings: [{ code: "safetensors/unknown-field", file: "w.safetensors", hint: /does not read it/ }],
    writes: ["m.onnx"],
  },
  {
    what: "a header padded with spaces at its end, as the library writes",
    files: { "m.json": DOCUMENT, "w.safetensors": safetensorsOf(`${header()}   `, DATA) },
    argv: ["compile", "m.json", "-o", "m.onnx", "--no-verify"],
    exit: 0,
    findings: [],
    writes: ["m.onnx"],
  },
  {
    what: "values that are not finite, with a warning",
    files: { "c.safetensors": withNaN(LAYER) },
    argv: ["import", "c.safetensors", "-o", "m.json", "--set", "experts=2"],
    exit: 0,
    findings: [{ code: "import/not-finite", file: "c.safetensors", hint: /diverge/ }],
    writes: ["m.json", "m.weights.safetensors"],
  },
]);

/** The last value becomes NaN. */
function withNaN(file: Uint8Array): Uint8Array {
  const changed = Uint8Array.from(file);
  new DataView(changed.buffer).setFloat32(changed.length - 4, Number.NaN, true);
  return changed;
}
