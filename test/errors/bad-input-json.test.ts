/** JSON that is none, and model documents that break a rule: items 1 to 13 of the list of attacks. */
import { describeRows, marked, type Row } from "./bad-input.js";
import { COMPILE, compiling, document, type Fault, WEIGHTS } from "./bad-input-json/document.js";

/** Faults of JSON itself, with their place and pointer in a text that holds nothing else. */
const TEXTS: readonly (readonly [what: string, text: string, fault: Fault])[] = [
  ["1 empty", "¶", { code: "json/empty", pointer: "", hint: /exactly one JSON value/ }],
  ["1 nothing but white space", " \n\t¶", { code: "json/empty", pointer: "", hint: /exactly one JSON value/ }],
  ["2 truncated", '{"a": {"b": [1,¶', { code: "json/truncated", pointer: "/a/b/1", hint: /cut off/ }],
  ["2 truncated in a string", '{"a": "b\\u00¶', { code: "json/truncated", pointer: "/a", hint: /cut off/ }],
  [
    "3 byte order mark",
    '¶\ufeff{"a": 1}',
    { code: "json/byte-order-mark", pointer: "", hint: /without a byte order mark/ },
  ],
  ["4 duplicate key", '{"a": 1,\n ¶"a": 2}', { code: "json/duplicate-key", pointer: "/a", hint: /keep one/ }],
  ["11 2^53 + 1", '{"a": [¶9007199254740993]}', { code: "json/integer-not-exact", pointer: "/a/0", hint: /2\^53-1/ }],
  ["12 1e400", '{"a": ¶1e400}', { code: "json/number-not-finite", pointer: "/a", hint: /1\.8e308/ }],
  [
    "13 depth of 100,000",
    `${"[".repeat(100)}¶${"[".repeat(99_900)}`,
    { code: "json/too-deep", pointer: "/0".repeat(100), hint: /nested/ },
  ],
];

const READERS: readonly (readonly [what: string, file: string, argv: readonly string[], others: Row["files"]])[] = [
  ["a document", "m.json", COMPILE, {}],
  [
    "a configuration",
    "c.json",
    ["import", "w.safetensors", "-o", "m.json", "--config", "c.json"],
    { "w.safetensors": WEIGHTS },
  ],
  [
    "a table of β",
    "b.json",
    ["compile", "m.json", "-o", "m.onnx", "--routing", "fold", "--beta", "b.json"],
    { "m.json": document(), "w.safetensors": WEIGHTS },
  ],
];

describeRows(
  "faults of JSON itself",
  READERS.flatMap(([reader, file, argv, files]) =>
    TEXTS.map(([what, source, fault]): Row => {
      const { text, at } = marked(source);
      return {
        what: `${what}, in ${reader}`,
        files: { ...files, [file]: text },
        argv,
        exit: 1,
        findings: [{ file, ...at[0], ...fault }],
        asProcess: reader === "a document" && /^(1 empty|13)/.test(what),
      };
    }),
  ),
);

describeRows("documents that break a rule", [
  compiling(
    "4 duplicate keys and a number that is not exact are told together",
    document({ layers: '{"name":"y",¶"name":"y","op":"conv","in":"x","out":¶9007199254740993,"kernel":1}' }),
    { code: "json/duplicate-key", pointer: "/layers/0/name", hint: /keep one/ },
    { code: "json/integer-not-exact", pointer: "/layers/0/out", hint: /2\^53-1/ },
  ),
  compiling(
    "5 a field called __proto__",
    document({ layers: '{¶"__proto__":{"op":"relu"},"name":"y","op":"conv","in":"x","out":2,"kernel":1}' }),
    { code: "document/unknown-field", pointer: "/layers/0/__proto__", hint: /remove it/ },
  ),
  compiling("5 a document with a field called __proto__", document({ more: '\n  ¶"__proto__": {"polluted": true},' }), {
    code: "document/unknown-field",
    pointer: "/__proto__",
    hint: /remove it/,
  }),
  compiling(
    "5 inputs called __proto__, constructor and toString that no layer is",
    document({ layers: '{"name":"y","op":"add","in":[¶"__proto__",¶"constructor"]}', outputs: '"y",¶"toString"' }),
    { code: "document/dangling-reference", pointer: "/layers/0/in/0", hint: /name an input/ },
    { code: "document/dangling-reference", pointer: "/layers/0/in/1", hint: /name an input/ },
    { code: "document/dangling-reference", pointer: "/outputs/1", hint: /name an input/ },
  ),
  ...["__proto__", "constructor", "toString"].map((op) =>
    compiling(`5 an operator called ${op}`, document({ layers: `{"name":"y","op":¶"${op}","in":"x"}` }), {
      code: "document/unknown-op",
      pointer: "/layers/0/op",
      hint: /the kinds are .*mix_conv/,
    }),
  ),
  compiling("6 unknown operator", document({ layers: '{"name":"y","op":¶"konv","in":"x","out":2,"kernel":1}' }), {
    code: "document/unknown-op",
    pointer: "/layers/0/op",
    hint: /did you mean "conv"/,
  }),
  compiling(
    "7 unknown fields",
    document({
      more: '\n  ¶"licence": "MIT",',
      layers: '{"name":"y","op":"conv","in":"x","out":2,¶"kernal":1,"kernel":1}',
    }),
    { code: "document/unknown-field", pointer: "/licence", hint: /remove it/ },
    { code: "document/unknown-field", pointer: "/layers/0/kernal", hint: /did you mean "kernel"/ },
  ),
  compiling(
    "8 dangling inputs",
    document({ layers: '{"name":"y","op":"conv","in":¶"X","out":2,"kernel":1}', outputs: '¶"z"' }),
    { code: "document/dangling-reference", pointer: "/layers/0/in", hint: /did you mean "x"/ },
    { code: "document/dangling-reference", pointer: "/outputs/0", hint: /did you mean/ },
  ),
  compiling(
    "9 a cycle",
    document({
      layers:
        '{"name":"a","op":"relu","in":¶"b"},\n    {"name":"b","op":"relu","in":"a"},\n    {"name":"y","op":"add","in":["a","x"]}',
    }),
    { code: "document/cycle", pointer: "/layers/0/in", hint: /before it/, message: /a → b → a/ },
  ),
  compiling("9 a layer that reads itself", document({ layers: '{"name":"y","op":"relu","in":¶"y"}' }), {
    code: "document/cycle",
    pointer: "/layers/0/in",
    hint: /before it/,
    message: /y → y/,
  }),
  compiling(
    "10 a tensor of another shape",
    document({ layers: '¶{"name":"y","op":"conv","in":"x","out":2,"kernel":3,"pad":1}' }),
    {
      code: "weights/misshapen-tensor",
      pointer: "/layers/0",
      place: "y.weight",
      message: /\[2,3,1,1\], not \[2,3,3,3\]/,
      hint: /so that they fit the weights/,
    },
  ),
  compiling(
    "10 values of different shapes",
    document({
      layers: `{"name":"y","op":"conv","in":"x","out":2,"kernel":1},\n    ¶{"name":"z","op":"add","in":["x","y"]}`,
      outputs: '"z"',
    }),
    { code: "document/layer-rule", pointer: "/layers/1", message: /layer "z"/, hint: /shapes/ },
  ),
  compiling(
    "14 a tensor that the weights do not hold",
    document({ layers: '¶¶{"name":"z","op":"conv","in":"x","out":2,"kernel":1}', outputs: '"z"' }),
    { code: "weights/missing-tensor", pointer: "/layers/0", place: "z.weight", hint: /did you mean "y.weight"/ },
    { code: "weights/missing-tensor", pointer: "/layers/0", place: "z.bias", hint: /did you mean "y.bias"/ },
  ),
  compiling(
    "a layer without its fields",
    document({ layers: '¶¶{"name":"y","op":"conv","in":"x"}' }),
    { code: "document/missing-field", pointer: "/layers/0", message: /"out"/, hint: /schema/ },
    { code: "document/missing-field", pointer: "/layers/0", message: /"kernel"/, hint: /schema/ },
  ),
  compiling(
    "a value of another kind",
    document({ layers: '{"name":"y","op":"conv","in":"x","out":¶"two","kernel":1}' }),
    {
      code: "document/invalid-value",
      pointer: "/layers/0/out",
      hint: /schema/,
    },
  ),
  ...["../w.safetensors", "a/../../w.safetensors", "/etc/passwd", "..\\\\w.safetensors", "w\\u0000.safetensors"].map(
    (file) =>
      compiling(`weights that lie elsewhere: ${file}`, document({ weights: `¶"${file}"` }), {
        code: "document/weights-elsewhere",
        pointer: "/weights/file",
        hint: /in the document's folder/,
      }),
  ),
  compiling(
    "names that ONNX cannot hold",
    document({
      layers: '{"name":¶"a\\u0000b","op":"relu","in":"x"},\n    {"name":¶"\\ud800","op":"relu","in":"x"}',
      outputs: '"x"',
    }),
    { code: "document/invalid-value", pointer: "/layers/0/name", message: /NUL/, hint: /schema/ },
    { code: "document/invalid-value", pointer: "/layers/1/name", message: /surrogates/, hint: /schema/ },
  ),
  compiling(
    "a pair that does not belong together",
    document({ weights: `"w.safetensors","sha256":¶"${"0".repeat(64)}"` }),
    {
      code: "weights/wrong-checksum",
      pointer: "/weights/sha256",
      place: "w.safetensors",
      hint: /restore the matching file/,
    },
  ),
]);
