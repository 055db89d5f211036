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
  return { shape, read: async () => Float64Array.from({ length: count }, (_, i) => (((i * 0.618) % 2) - 1) / 8) };
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

/** So many layers in a row, so that what a run costs beside them weighs little. */
export const LAYERS = 8;

/**
 * A graph whose feature maps never leave the device: it makes `x` of a number, and gives a mean. Otherwise a layer's time is that of
 * their way to the device and back.
 */
function onDevice(model, shape) {
  const { input, output, initializer, node, ...graph } = model.graph;
  const [first, ...others] = input;
  return {
    ...model,
    graph: {
      ...graph,
      input: [build.valueInfo("brightness", "FLOAT", [1]), ...others],
      initializer: [...initializer, build.floatTensor("picture", "FLOAT", weights(shape))],
      node: [
        build.node("Mul", ["picture", "brightness"], [first.name], { name: "made" }),
        ...node,
        build.node("ReduceMean", [output[0].name], ["mean"], {
          name: "mean",
          attribute: [build.attribute("axes", { ints: [2, 3] }), build.attribute("keepdims", { i: 1 })],
        }),
      ],
      output: [build.valueInfo("mean", "FLOAT")],
    },
  };
}

/** Mixed convolutions in a row, in each lowering that can run them, with what the model says of one. */
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
    nodes: Array.from({ length: LAYERS }, (_, index) => ({
      op: "mix_conv",
      name: `layer${index}`,
      inputs: [index === 0 ? "x" : `layer${index - 1}`, "bank", "bias", "beta"],
      attributes,
      origin: { layer: `layer${index}`, pointer: "" },
    })),
    outputs: [{ name: "y", value: `layer${LAYERS - 1}` }],
    betas: [],
  };
  const [{ weighed }] = compileGraph(graph, { target: "webgpu" }).choices;
  return Promise.all(
    weighed.lowerings.map(async ({ lowering, ms, dispatches, bytes, temporaryBytes }) => ({
      name: lowering,
      bytes: await encoded(onDevice(compileGraph(graph, { target: "webgpu", lowering }).model, shapes.x)),
      shapes: { brightness: [1], beta: shapes.beta },
      columns: [ms.toFixed(2), dispatches, (bytes / 1e6).toFixed(1), (temporaryBytes / 1e6).toFixed(1)],
    })),
  );
}
