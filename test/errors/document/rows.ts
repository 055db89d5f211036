/** Broken documents, with a mark before what each error points at, and documents that are sound until they meet weights. */
import type { StoredTensor, TensorStore } from "../../../src/tensors/tensor.js";

/** Stands in the texts below before what an error points at. */
export const MARK = "¶";

interface Expected {
  readonly code: string;
  /** Absent where the text is no JSON. */
  readonly pointer?: string;
  readonly message?: RegExp;
  readonly hint?: RegExp;
}

export interface Row {
  readonly what: string;
  /** With a mark at the place of every error. */
  readonly text: string;
  /** In the order of the marks. */
  readonly errors: readonly Expected[];
}

export const document = (parts: {
  readonly layers?: string;
  readonly outputs?: string;
  readonly inputs?: string;
  readonly more?: string;
}): string => `{
  "version": 1, "name": "test",
  "inputs": [${parts.inputs ?? '{"name":"x","shape":["N",3,"H","W"]}'}],
  "weights": {"file":"w.safetensors"},${parts.more ?? ""}
  "layers": [
    ${parts.layers ?? '{"name":"y","op":"relu","in":"x"}'}
  ],
  "outputs": [${parts.outputs ?? '"y"'}]
}
`;

const RELU_Y = '{"name":"y","op":"relu","in":"x"}';

export const NO_JSON: readonly Row[] = [
  { what: "1 empty", text: MARK, errors: [{ code: "json/empty" }] },
  { what: "1 only white space", text: `\n  ${MARK}`, errors: [{ code: "json/empty" }] },
  {
    what: "2 truncated",
    text: `{"version": 1,\n "layers": [${MARK}`,
    errors: [{ code: "json/truncated", hint: /cut off/ }],
  },
  {
    what: "3 byte order mark",
    text: `${MARK}\ufeff{}`,
    errors: [{ code: "json/byte-order-mark", hint: /without a byte order mark/ }],
  },
  {
    what: "4 duplicate key",
    text: document({
      more: `\n  "name": "a",`,
      layers: `{"name":"y","op":"relu","in":"x",${MARK}"op":"tanh"}`,
    }).replace('\n  "name": "a"', `\n  ${MARK}"name": "a"`),
    errors: [
      { code: "json/duplicate-key", pointer: "/name", message: /"name"/ },
      { code: "json/duplicate-key", pointer: "/layers/0/op", message: /"op"/, hint: /keep one/ },
    ],
  },
  {
    what: "11 an integer that float64 would round",
    text: document({ layers: `{"name":"y","op":"conv","in":"x","kernel":3,"out":${MARK}9007199254740993}` }),
    errors: [{ code: "json/integer-not-exact", pointer: "/layers/0/out", hint: /2\^53/ }],
  },
  {
    what: "12 a number beyond float64",
    text: document({ layers: `{"name":"y","op":"affine","in":"x","shift":${MARK}1e400}` }),
    errors: [{ code: "json/number-not-finite", pointer: "/layers/0/shift" }],
  },
  {
    what: "13 nested deeper than anyone writes",
    text: `${"[".repeat(100)}${MARK}${"[".repeat(100_000)}`,
    errors: [{ code: "json/too-deep" }],
  },
  {
    what: "no object",
    text: `${MARK}[1]`,
    errors: [{ code: "document/invalid-value", pointer: "", message: /expected object/ }],
  },
];

export const SCHEMA: readonly Row[] = [
  {
    what: "6 unknown op",
    text: document({ layers: `{"name":"y","op":${MARK}"rleu","in":"x"}` }),
    errors: [{ code: "document/unknown-op", pointer: "/layers/0/op", message: /"rleu"/, hint: /did you mean "relu"/ }],
  },
  {
    what: "6 unknown op, like none",
    text: document({ layers: `{"name":"y","op":${MARK}"transformer","in":"x"}` }),
    errors: [{ code: "document/unknown-op", pointer: "/layers/0/op", hint: /the kinds are .*mix_conv/ }],
  },
  {
    what: "6 no op",
    text: document({ layers: `${MARK}{"name":"y","in":"x"}` }),
    errors: [{ code: "document/missing-field", pointer: "/layers/0", message: /"op"/ }],
  },
  {
    what: "7 unknown field, with what was meant",
    text: document({ layers: `{"name":"y","op":"conv","in":"x","out":3,"kernel":3,${MARK}"padding":1}` }),
    errors: [{ code: "document/unknown-field", pointer: "/layers/0/padding", hint: /did you mean "pad"/ }],
  },
  {
    what: "7 unknown fields at every depth",
    text: document({
      more: `\n  ${MARK}"colour": 1,`,
      inputs: `{"name":"x","shape":["N",3,"H","W"],${MARK}"kind":2}`,
    }).replace(/("inputs".*\n.*\n)(.*"colour".*\n)/, "$2$1"),
    errors: [
      { code: "document/unknown-field", pointer: "/colour" },
      { code: "document/unknown-field", pointer: "/inputs/0/kind" },
    ],
  },
  {
    what: "missing fields",
    text: document({ layers: `${MARK}{"name":"y","op":"conv","in":"x"}` }),
    errors: [
      { code: "document/missing-field", pointer: "/layers/0", message: /"out"/ },
      { code: "document/missing-field", pointer: "/layers/0", message: /"kernel"/ },
    ],
  },
  {
    what: "7 unknown fields inside of fields, with what was meant",
    text: document({
      layers: `{"name":"r","op":"route","in":"x","experts":3,"mlp":[{"op":"linear","out":3,${MARK}"bais":false},{"op":"prelu",${MARK}"slope":1}]},\n    {"name":"y","op":"mix_conv","in":"x","out":3,"kernel":1,"factors":[{"beta":"r",${MARK}"ovr":"out"}],"demodulate":{"epsilon":1,${MARK}"eps":2},"weights":{${MARK}"wieght":"w"}}`,
    }),
    errors: [
      { code: "document/unknown-field", pointer: "/layers/0/mlp/0/bais", hint: /did you mean "bias"/ },
      { code: "document/unknown-field", pointer: "/layers/0/mlp/1/slope", hint: /did you mean "slopes"/ },
      { code: "document/unknown-field", pointer: "/layers/1/factors/0/ovr", hint: /did you mean "over"/ },
      { code: "document/unknown-field", pointer: "/layers/1/demodulate/eps", hint: /did you mean "epsilon"/ },
      { code: "document/unknown-field", pointer: "/layers/1/weights/wieght", hint: /did you mean "weight"/ },
    ],
  },
  {
    what: "texts that are none of those that may stand there, with what was meant",
    text: document({
      layers: `{"name":"r","op":"route","in":"x","experts":3,"mlp":["linear",${MARK}"rellu"]},\n    {"name":"y","op":"resize","in":"x","mode":${MARK}"bicubbic","scale":2}`,
    }),
    errors: [
      { code: "document/invalid-value", pointer: "/layers/0/mlp/1", hint: /did you mean "relu"/ },
      { code: "document/invalid-value", pointer: "/layers/1/mode", hint: /did you mean "bicubic"/ },
    ],
  },
  {
    what: "8 a field that is missing beside the one that was written for it",
    text: document({ layers: `${MARK}{"name":"y","op":"resize","in":"x",${MARK}"mod":"nearest","scale":2}` }),
    errors: [
      { code: "document/missing-field", pointer: "/layers/0", message: /"mode"/ },
      { code: "document/unknown-field", pointer: "/layers/0/mod", hint: /did you mean "mode"/ },
    ],
  },
  {
    what: "values that are no sizes",
    text: document({
      layers: `{"name":"y","op":"conv","in":"x","out":${MARK}0,"kernel":[3,${MARK}1.5],"groups":${MARK}"2"}`,
    }),
    errors: [
      { code: "document/invalid-value", pointer: "/layers/0/out", message: />=1/ },
      { code: "document/invalid-value", pointer: "/layers/0/kernel/1", message: /int/ },
      { code: "document/invalid-value", pointer: "/layers/0/groups", message: /expected number/ },
    ],
  },
];

export const REFERENCES: readonly Row[] = [
  {
    what: "8 dangling input, with what was meant",
    text: document({
      layers: `{"name":"body.0","op":"relu","in":"x"},\n    {"name":"y","op":"relu","in":${MARK}"body0"}`,
    }),
    errors: [{ code: "document/dangling-reference", pointer: "/layers/1/in", hint: /did you mean "body\.0"/ }],
  },
  {
    what: "8 dangling β and output",
    text: document({
      layers: `{"name":"y","op":"mix_conv","in":"x","out":3,"kernel":1,"factors":[{"beta":${MARK}"b"}]}`,
      outputs: `"y", ${MARK}"z"`,
    }),
    errors: [
      { code: "document/dangling-reference", pointer: "/layers/0/factors/0/beta" },
      { code: "document/dangling-reference", pointer: "/outputs/1" },
    ],
  },
  {
    what: "9 cycle",
    text: document({
      layers: `{"name":"a","op":"add","in":["x",${MARK}"c"]},\n    {"name":"b","op":"relu","in":"a"},\n    {"name":"c","op":"relu","in":"b"},\n    ${RELU_Y}`,
    }),
    errors: [{ code: "document/cycle", pointer: "/layers/0/in/1", message: /a → c → b → a/ }],
  },
  {
    what: "9 a layer that reads itself",
    text: document({ layers: `{"name":"y","op":"relu","in":${MARK}"y"}` }),
    errors: [{ code: "document/cycle", pointer: "/layers/0/in", message: /y → y/ }],
  },
  {
    what: "a layer before those it reads",
    text: document({ layers: `{"name":"y","op":"relu","in":${MARK}"a"},\n    {"name":"a","op":"relu","in":"x"}` }),
    errors: [{ code: "document/defined-later", pointer: "/layers/0/in", hint: /move this layer/ }],
  },
  {
    what: "names that are used twice",
    text: document({
      layers: `{"name":${MARK}"x","op":"relu","in":"x"},\n    ${RELU_Y},\n    {"name":${MARK}"y","op":"relu","in":"x"}`,
    }),
    errors: [
      { code: "document/duplicate-name", pointer: "/layers/0/name", hint: /\/inputs\/0/ },
      { code: "document/duplicate-name", pointer: "/layers/2/name", hint: /\/layers\/1/ },
    ],
  },
  {
    what: "an output that is listed twice",
    text: document({ outputs: `"y", ${MARK}"y"` }),
    errors: [{ code: "document/duplicate-output", pointer: "/outputs/1" }],
  },
];

/** Tensors of ones. */
export function store(shapes: Readonly<Record<string, readonly number[]>>): TensorStore {
  const tensors = Object.entries(shapes).map(([name, shape]): [string, StoredTensor] => [
    name,
    { name, shape, dtype: "float32", read: async () => new Float32Array(shape.reduce((a, b) => a * b, 1)).fill(1) },
  ]);
  return { tensors: new Map(tensors), others: new Map(), metadata: new Map() };
}

export const WEIGHTS = store({ "a.weight": [4, 3, 3, 3], "a.bias": [4], "spare.weight": [1] });
export const CONV_A = '{"name":"a","op":"conv","in":"x","out":4,"kernel":3,"pad":1}';

/** Documents that are sound until they meet the weights above. */
export const SHAPES: readonly Row[] = [
  {
    what: "10 channels that do not fit the tensor",
    text: document({ layers: `${MARK}{"name":"a","op":"conv","in":"x","out":5,"kernel":3}`, outputs: '"a"' }),
    errors: [
      { code: "weights/misshapen-tensor", pointer: "/layers/0", message: /"a\.weight".*\[4,3,3,3\], not \[5,3,3,3\]/ },
      { code: "weights/misshapen-tensor", pointer: "/layers/0", message: /"a\.bias".*\[4\], not \[5\]/ },
    ],
  },
  {
    what: "10 shapes that do not fit each other",
    text: document({ layers: `${CONV_A},\n    ${MARK}{"name":"y","op":"add","in":["a","x"]}` }),
    errors: [
      { code: "document/layer-rule", pointer: "/layers/1", message: /layer "y": .*\[N,4,H,W\] and \[N,3,H,W\]/ },
    ],
  },
  {
    what: "10 groups that do not divide the channels, and limits the wrong way round",
    text: document({
      layers: `${MARK}{"name":"a","op":"conv","in":"x","out":4,"kernel":3,"groups":2},\n    ${MARK}{"name":"y","op":"clamp","in":"x","min":1,"max":0}`,
    }),
    errors: [
      { code: "document/layer-rule", pointer: "/layers/0", message: /3 input channels .* 2 groups/ },
      { code: "document/layer-rule", pointer: "/layers/1", hint: /exchange min and max/ },
    ],
  },
  {
    what: "10 one broken layer, not those that depend on it",
    text: document({
      layers: `${CONV_A},\n    ${MARK}{"name":"s","op":"pixel_shuffle","in":"a","scale":3},\n    {"name":"y","op":"add","in":["s","x"]}`,
    }),
    errors: [{ code: "document/layer-rule", pointer: "/layers/1", message: /4 channels/ }],
  },
  {
    what: "14 missing weight, with what was meant",
    text: document({
      layers: `${MARK}{"name":"a1","op":"conv","in":"x","out":4,"kernel":3,"bias":false}`,
      outputs: '"a1"',
    }),
    errors: [
      {
        code: "weights/missing-tensor",
        pointer: "/layers/0",
        message: /"a1\.weight"/,
        hint: /did you mean "a\.weight"/,
      },
    ],
  },
];
