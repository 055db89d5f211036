/** The graphs that bench/gpu.mjs times: forms of single operators, and a mixed convolution in each lowering. */
import { graphBytes } from "./graphs.mjs";

export { graphBytes };

const DIST = new URL(process.env.SMXC_DIST ?? "../dist/", import.meta.url);
const load = (path) => import(new URL(path, DIST).href);
const { compileGraph } = await load("src/compile.js");
const build = await load("src/onnx/graph/build.js");
const { encodeModel } = await load("src/onnx/encode.js");
const { collect } = await load("src/base/bytes/byte-source.js");

const weights = (shape) => {
  const count = shape.reduce((product, size) => product * size, 1);
  return { shape, read: async () => Float64Array.from({ length: count }, (_, i) => ((i * 0.618) % 2) - 1) };
};
const encoded = async (model) => collect(encodeModel(model).model);

/** Each form of an operator: nodes `[op, inputs, attributes]`, of which each reads what the one before gave as `""`. */
const FORMS = {
  mean: {
    GlobalAveragePool: () => ({ nodes: [["GlobalAveragePool", ["x"], {}]] }),
    ReduceMean: () => ({ nodes: [["ReduceMean", ["x"], { axes: { ints: [2, 3] }, keepdims: { i: 1 } }]] }),
  },
  mixing: {
    MatMul: ({ batch, channels, experts, cardinals }) => ({
      nodes: [
        ["Transpose", ["beta"], { perm: { ints: [0, 2, 1] } }],
        ["Reshape", ["", "rows"], {}],
        ["MatMul", ["", "bank"], {}],
      ],
      bank: [cardinals, experts, (channels / cardinals) * channels * 9],
      rows: [batch, cardinals, 1, experts],
    }),
    Einsum: ({ channels, experts, cardinals }) => ({
      nodes: [["Einsum", ["beta", "bank"], { equation: { s: "nkd,kds->nds" } }]],
      bank: [experts, cardinals, (channels / cardinals) * channels * 9],
    }),
  },
};

/** A graph of one operator's form; `beta` is [N, experts, cardinals]. */
export async function operatorGraph(what, form, sizes) {
  const { batch, side, channels, experts, cardinals } = sizes;
  const { nodes, bank, rows } = FORMS[what][form](sizes);
  const shapes = what === "mean" ? { x: [batch, channels, side, side] } : { beta: [batch, experts, cardinals] };
  const name = (index) => (index === nodes.length - 1 ? "y" : `step${index}`);
  const graph = build.graph({
    name: form,
    node: nodes.map(([op, inputs, attributes], index) =>
      build.node(
        op,
        inputs.map((input) => input || name(index - 1)),
        [name(index)],
        { name: name(index), attribute: Object.entries(attributes).map(([key, value]) => build.attribute(key, value)) },
      ),
    ),
    initializer: [
      ...(bank ? [build.floatTensor("bank", "FLOAT", weights(bank))] : []),
      ...(rows ? [build.intTensor("rows", [rows.length], rows)] : []),
    ],
    input: Object.entries(shapes).map(([input, shape]) => build.valueInfo(input, "FLOAT", shape)),
    output: [build.valueInfo("y", "FLOAT")],
  });
  const model = build.model({ ir_version: 8, opset_import: [build.opset(17)], graph });
  return { name: form, bytes: await encoded(model), shapes };
}

/** One mixed convolution in each lowering that can run it, with what the model says of it. */
export async function layerGraph({ batch, side, channels, experts, cardinals }) {
  const shapes = { x: [batch, channels, side, side], beta: [batch, experts, cardinals] };
  const attributes = {
    kernel: [3, 3],
    stride: [1, 1],
    dilation: [1, 1],
    pads: [1, 1, 1, 1],
    groups: 1,
    experts,
    out: channels,
    factors: [{ over: "out", on: "both" }],
    bias: "bank",
    demodulate: null,
  };
  const graph = {
    name: "layer",
    inputs: Object.entries(shapes).map(([name, shape]) => ({ name, shape })),
    constants: new Map([
      ["bank", weights([experts * channels, channels, 3, 3])],
      ["bias", weights([experts * channels])],
    ]),
    nodes: [
      {
        op: "mix_conv",
        name: "y",
        inputs: ["x", "bank", "bias", "beta"],
        attributes,
        origin: { layer: "y", pointer: "" },
      },
    ],
    outputs: [{ name: "y", value: "y" }],
    betas: [],
  };
  const [{ weighed }] = compileGraph(graph, { target: "webgpu" }).choices;
  return Promise.all(
    weighed.lowerings.map(async ({ lowering, ms, dispatches, bytes, temporaryBytes }) => ({
      name: lowering,
      bytes: await encoded(compileGraph(graph, { target: "webgpu", lowering }).model),
      shapes,
      columns: [ms.toFixed(2), dispatches, (bytes / 1e6).toFixed(1), (temporaryBytes / 1e6).toFixed(1)],
    })),
  );
}
