/** Model documents and what belongs to them: weights, names and outputs, of the list of attacks. */
import { describeRows, type Row } from "./bad-input.js";
import { safetensors } from "./bad-input-files.js";
import { COMPILE, document, layer, WEIGHTS } from "./bad-input-json/document.js";

const SOUND = { "m.json": document(), "w.safetensors": WEIGHTS };
const UNUSED = safetensors([
  ["y.weight", [2, 3, 1, 1]],
  ["y.bias", [2]],
  ["__proto__", [1]],
]);

/** A name that every object has, as the name of a layer and of its tensors. */
function calledLike(name: string): Row {
  return {
    what: `5 a layer called ${name} is an ordinary layer`,
    files: {
      "m.json": document({
        layers: `{"name":"${name}","op":"conv","in":"x","out":2,"kernel":1},\n    {"name":"y","op":"relu","in":"${name}"}`,
      }),
      "w.safetensors": safetensors([
        [`${name}.weight`, [2, 3, 1, 1]],
        [`${name}.bias`, [2]],
      ]),
    },
    argv: ["compile", "m.json", "-o", "m.onnx"],
    exit: 0,
    findings: [],
    writes: ["m.onnx"],
  };
}

/** An output that is an input: nothing is read or written. */
function overwriting(what: string, files: Row["files"], argv: readonly string[], file: string): Row {
  return {
    what: `16 ${what}`,
    files,
    argv,
    exit: 2,
    findings: [{ code: "usage/output-is-input", file, hint: /another name/ }],
  };
}

describeRows("documents and what belongs to them", [
  ...["__proto__", "constructor", "toString", "hasOwnProperty"].map(calledLike),
  {
    what: "sizes that no machine could run are compiled, and not compared",
    files: {
      "m.json": document({
        inputs: '{"name":"x","shape":[1,3,100000000,100000000]}',
        layers: '{"name":"y","op":"relu","in":"x"}',
        weights: '"w.safetensors"',
      }).replace('"weights": {"file":"w.safetensors"},', ""),
    },
    argv: ["compile", "m.json", "-o", "m.onnx"],
    exit: 0,
    findings: [],
    writes: ["m.onnx"],
  },
  {
    what: "14 a weights file that is not there",
    files: { "m.json": document() },
    argv: COMPILE,
    exit: 2,
    findings: [{ code: "io/not-found", file: "w.safetensors", hint: /path/ }],
  },
  {
    what: "a document that is not there",
    files: {},
    argv: COMPILE,
    exit: 2,
    findings: [{ code: "io/not-found", file: "m.json", hint: /path/ }],
  },
  {
    what: "a document that is a folder",
    files: { "m.json/x": "" },
    argv: COMPILE,
    exit: 2,
    findings: [{ code: "io/is-directory", file: "m.json", hint: /./ }],
  },
  {
    what: "5 an output called __proto__, which ONNX Runtime's JavaScript interface loses",
    files: {
      ...SOUND,
      "m.json": document({
        inputs: '{"name":"__proto__","shape":["N",3,"H","W"]}',
        layers: '{"name":"y","op":"relu","in":"__proto__"}',
        outputs: '"y","__proto__"',
      }),
    },
    argv: ["compile", "m.json", "-o", "m.onnx", "--quiet"],
    exit: 1,
    findings: [{ code: "runtime/lost-output", file: "the compiled graph", place: "__proto__", hint: /another name/ }],
  },
  {
    what: "15 an unused tensor, in a document's weights",
    files: { "m.json": document(), "w.safetensors": UNUSED },
    argv: COMPILE,
    exit: 0,
    findings: [{ code: "weights/unused-tensor", file: null, hint: /./ }],
    writes: ["m.onnx"],
  },
  {
    what: "15 an unused tensor, in a checkpoint",
    files: { "c.safetensors": layer([["extra", [1]]]) },
    argv: ["import", "c.safetensors", "-o", "m.json", "--set", "experts=2"],
    exit: 1,
    findings: [{ code: "import/unexpected-tensor", file: "c.safetensors", place: "extra", hint: /--arch/ }],
  },
  {
    what: "14 a missing tensor, in a checkpoint",
    files: {
      "c.safetensors": safetensors([
        ["weight", [4, 3, 1, 1]],
        ["mlp.0.weight", [2, 3]],
        ["mlp.0.bais", [2]],
      ]),
    },
    argv: ["import", "c.safetensors", "-o", "m.json", "--set", "experts=2"],
    exit: 1,
    findings: [
      {
        code: "import/missing-tensor",
        file: "c.safetensors",
        place: "mlp.0.bias",
        hint: /"mlp.0.bais" is this tensor; it is left over/,
      },
      {
        code: "import/unexpected-tensor",
        file: "c.safetensors",
        place: "mlp.0.bais",
        hint: /"mlp.0.bias", which is missing/,
      },
    ],
  },
  {
    what: "10 a tensor of another shape, in a checkpoint",
    files: {
      "c.safetensors": safetensors([
        ["weight", [4, 3, 1, 1]],
        ["mlp.0.weight", [2, 3]],
        ["mlp.0.bias", [3]],
      ]),
    },
    argv: ["import", "c.safetensors", "-o", "m.json", "--set", "experts=2"],
    exit: 1,
    findings: [{ code: "import/misshapen-tensor", file: "c.safetensors", place: "mlp.0.bias", hint: /./ }],
  },
  overwriting("the graph and the document", SOUND, ["compile", "m.json", "-o", "m.json"], "m.json"),
  overwriting(
    "the graph and the document by another spelling",
    SOUND,
    ["compile", "m.json", "-o", "././m.json"],
    "././m.json",
  ),
  overwriting("the graph and the weights", SOUND, ["compile", "m.json", "-o", "w.safetensors"], "w.safetensors"),
  overwriting(
    "the graph's data and the weights",
    { "m.json": document({ weights: '"m.onnx.data"' }), "m.onnx.data": WEIGHTS },
    ["compile", "m.json", "-o", "m.onnx", "--external-data"],
    "m.onnx.data",
  ),
  overwriting(
    "the weights and the checkpoint",
    { "m.weights.safetensors": layer() },
    ["import", "m.weights.safetensors", "-o", "m.json"],
    "m.weights.safetensors",
  ),
  overwriting("the document and the checkpoint", { "c.pt": layer() }, ["import", "c.pt", "-o", "c.pt"], "c.pt"),
  overwriting(
    "the document and the configuration",
    { "c.safetensors": layer(), "c.json": "{}" },
    ["import", "c.safetensors", "-o", "c.json", "--config", "c.json"],
    "c.json",
  ),
]);
