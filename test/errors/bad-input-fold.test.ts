/** What a fold is given: β from a file, and the flags that go with it. */
import { describeRows, type Finding, marked, type Row } from "./bad-input.js";
import { safetensors } from "./bad-input-files.js";

/** Two mixed convolutions, of two experts and of one or three cardinals. */
const FILES = {
  "m.json": `{
  "version": 1, "name": "mixed", "weights": {"file":"w.safetensors"},
  "inputs": [{"name":"x","shape":["N",3,"H","W"]}],
  "layers": [
    {"name":"a.beta","op":"route","in":"x","mlp":["linear"],"experts":2,"weights":{"mlp.0":"a.mlp"}},
    {"name":"a","op":"mix_conv","in":"x","beta":"a.beta","out":3,"kernel":1},
    {"name":"b.beta","op":"route","in":"a","mlp":["linear"],"experts":2,"cardinals":3,"weights":{"mlp.0":"b.mlp"}},
    {"name":"b","op":"mix_conv","in":"a","beta":"b.beta","out":3,"kernel":1}
  ],
  "outputs": ["b"]
}
`,
  "w.safetensors": safetensors([
    ["a.mlp.weight", [2, 3]],
    ["a.mlp.bias", [2]],
    ["a.weight", [6, 3, 1, 1]],
    ["a.bias", [6]],
    ["b.mlp.weight", [6, 3]],
    ["b.mlp.bias", [6]],
    ["b.weight", [6, 3, 1, 1]],
    ["b.bias", [6]],
  ]),
};

const A = '"beta.a": [[0.3], [0.7]]';
const B = '"beta.b": [[0.3, 0, 1], [0.7, 1, 0]]';

type Fault = Omit<Finding, "file" | "line" | "column">;

/** A table of β with a mark at the place of every fault. */
function folding(what: string, table: string, ...faults: readonly Fault[]): Row {
  const { text, at } = marked(table);
  return {
    what,
    files: { ...FILES, "b.json": text },
    argv: ["compile", "m.json", "-o", "m.onnx", "--no-verify", "--routing", "fold", "--beta", "b.json"],
    exit: 1,
    findings: faults.map((fault, index) => ({ file: "b.json", ...at[index], ...fault })),
  };
}

const misshapen = (key: string): Fault => ({
  code: "fold/misshapen-beta",
  pointer: `/beta.${key}`,
  place: `beta.${key}`,
  hint: /row per expert/,
});
const badFile = (pointer: string): Fault => ({ code: "fold/bad-beta-file", pointer, hint: /beta\.body\.1/ });

describeRows("tables of β that are refused", [
  folding("a name that no router has", `{${A}, ${B}, "beta.c": ¶[[1], [1]]}`, {
    code: "fold/unknown-beta",
    pointer: "/beta.c",
    place: "beta.c",
    hint: /did you mean "beta\.[ab]"/,
  }),
  folding("a name that every object has", `{${A}, ${B}, "__proto__": ¶[[1], [1]]}`, {
    code: "fold/unknown-beta",
    pointer: "/__proto__",
    place: "__proto__",
    hint: /--expose-beta/,
  }),
  folding("a router without values", `¶{${A}}`, {
    code: "fold/missing-beta",
    pointer: "",
    place: "beta.b",
    hint: /--fold-layers/,
  }),
  folding(
    "too few experts, and too many cardinals",
    '{"beta.a": ¶[[1]], "beta.b": ¶[[1, 1, 1, 1], [0, 0, 0, 0]]}',
    misshapen("a"),
    misshapen("b"),
  ),
  folding("rows of different lengths", `{${A}, "beta.b": ¶[[1, 0, 1], [0, 1]]}`, misshapen("b")),
  folding("a list", "¶[[1]]", badFile("")),
  folding(
    "a number instead of rows, and text instead of numbers",
    '{"beta.a": ¶0.3, "beta.b": ¶[["1", "0", "1"], [0, 1, 0]]}',
    badFile("/beta.a"),
    badFile("/beta.b"),
  ),
  folding("one list of numbers in place of rows", `{"beta.a": ¶[0.3, 0.7], ${B}}`, badFile("/beta.a")),
  folding("nothing at all", '{"beta.a": ¶[], "beta.b": ¶[[]]}', badFile("/beta.a"), badFile("/beta.b")),
]);

const flags = (what: string, argv: readonly string[], finding: Omit<Finding, "file">): Row => ({
  what,
  files: { ...FILES, "b.json": `{${A}, ${B}}` },
  argv: ["compile", "m.json", "-o", "m.onnx", "--no-verify", ...argv],
  exit: 2,
  findings: [{ file: null, ...finding }],
});

const MISUSED = { code: "usage/fold", hint: /--help/ };

describeRows("flags that do not go together", [
  flags("a fold without a source of β", ["--routing", "fold"], MISUSED),
  flags("two sources of β", ["--routing", "fold", "--beta", "b.json", "--image", "x.png"], MISUSED),
  flags("β without a fold", ["--beta", "b.json"], MISUSED),
  flags("layers to fold without a fold", ["--fold-layers", "a"], MISUSED),
  flags("a pattern that no layer matches", ["--routing", "fold", "--beta", "b.json", "--fold-layers", "body.*"], {
    code: "fold/no-match",
    hint: /layers are a, b/,
  }),
  {
    ...flags("16 the graph and the table of β", [], MISUSED),
    argv: ["compile", "m.json", "-o", "b.json", "--no-verify", "--routing", "fold", "--beta", "b.json"],
    findings: [{ code: "usage/output-is-input", file: "b.json", hint: /another name/ }],
  },
]);

describeRows("tables of β that are taken", [
  {
    ...folding("one whose experts do not sum to 1, with a warning", `{${B}, "beta.a": [[0.3], [0.6]]}`, {
      code: "fold/beta-sum",
      hint: /sum to 1/,
    }),
    exit: 0,
    writes: ["m.onnx"],
  },
  { ...folding("one that is whole", `{${A}, ${B}}`), exit: 0, writes: ["m.onnx"] },
]);
