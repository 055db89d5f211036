/** Changes of ONNX graphs, most of which leave them valid. */
import { HeldBytes } from "../../dist/src/onnx/graph/blob.js";
import * as build from "../../dist/src/onnx/graph/build.js";
import { mutatedTensor } from "./tensor-mutations.mjs";

const UNARY =
  "Relu Sigmoid Tanh Neg Abs Identity Exp Softplus HardSwish Floor Sqrt Reciprocal Sin Elu LeakyRelu Erf".split(" ");
const BINARY = "Add Sub Mul Div Pow Max Min PRelu MatMul".split(" ");
const MORE =
  "Softmax Flatten GlobalAveragePool GlobalMaxPool ReduceMean ReduceSum Transpose Shape Size Squeeze Cast Clip".split(
    " ",
  );
const NAMES = ["", "x", "y", "__proto__", "constructor", "a/b", "a.b", "é", "a b", "\u0000", "n".repeat(300), "beta.0"];
const NUMBERS = [0, 1, -1, 2, 3, 7, -2, 255, 2 ** 31 - 1, -(2 ** 31), 2 ** 31, 2n ** 53n, -(2n ** 63n), 2n ** 63n - 1n];

/** @param other whose nodes may be put behind */
export async function mutateModel(model, random, other) {
  let changed = model;
  if (other !== undefined) changed = withGraph(changed, joined(changed.graph, other.graph, random));
  for (let left = 1 + random.int(3); left > 0; left--) changed = await random.pick(CHANGES)(changed, random);
  return changed;
}

const withGraph = (model, graph) => ({ ...model, graph });
const ofGraph = (change) => async (model, random) =>
  withGraph(model, (await change(model.graph, random)) || model.graph);
const ofNode = (change) =>
  ofGraph((graph, random) => {
    if (graph.node.length === 0) return graph;
    const at = random.int(graph.node.length);
    const node = change(graph.node[at], random, graph, at);
    return node && { ...graph, node: graph.node.with(at, node) };
  });

/** Values that stand before a node, most of the time. */
function valuesBefore(graph, at, random) {
  const nodes = random.chance(0.95) ? graph.node.slice(0, at) : graph.node;
  const values = nodes.flatMap(({ output }) => output);
  return [...graph.input, ...graph.initializer].map(({ name = "" }) => name).concat(values, values);
}

const rewired = (graph, from, to) => ({
  ...graph,
  node: graph.node.map((node) => ({ ...node, input: node.input.map((name) => (name === from ? to : name)) })),
  output: graph.output.map((info) => (info.name === from && to !== "" ? { ...info, name: to } : info)),
});

let fresh = 0;
const freshName = () => `fuzz${fresh++}`;

/** A node of one value, behind a value. */
function unaryOf(random, input, output) {
  const axes = [0, 1, 2, 3];
  const ways = [
    () => build.node(random.pick(UNARY), [input], [output]),
    () => build.node("Identity", [input], [output]),
    () =>
      build.node("Transpose", [input], [output], {
        attribute: [build.attribute("perm", { ints: axes.toSorted(() => random.next() - 0.5) })],
      }),
    () => build.node("Softmax", [input], [output], { attribute: [build.attribute("axis", { i: random.int(6) - 3 })] }),
    () => build.node("Flatten", [input], [output], { attribute: [build.attribute("axis", { i: random.int(6) - 3 })] }),
    () => build.node("Mul", [input, input], [output]),
    () =>
      build.node("Concat", [input, input], [output], {
        attribute: [build.attribute("axis", { i: random.int(5) - 2 })],
      }),
  ];
  return random.pick(ways)();
}

const dropNode = ofGraph((graph, random) => {
  if (graph.node.length === 0) return graph;
  const { input, output } = random.pick(graph.node);
  const without = { ...graph, node: graph.node.filter((each) => each.output !== output) };
  return output.reduce((done, name) => rewired(done, name, input[0] ?? ""), without);
});

const insertNode = ofGraph((graph, random) => {
  if (graph.node.length === 0) return graph;
  const at = random.int(graph.node.length);
  const node = graph.node[at];
  if (node.input.length === 0) return graph;
  const port = random.int(node.input.length);
  const output = freshName();
  const inserted = unaryOf(random, node.input[port], output);
  return { ...graph, node: graph.node.toSpliced(at, 1, inserted, { ...node, input: node.input.with(port, output) }) };
});

const doubleNode = ofGraph((graph, random) => {
  if (graph.node.length === 0) return graph;
  const at = random.int(graph.node.length);
  const node = graph.node[at];
  const names = node.output.map((name) => name && freshName());
  const later = graph.node.slice(at + 1).map((each) => ({
    ...each,
    input: each.input.map((name) => {
      const index = node.output.indexOf(name);
      return index >= 0 && random.chance(0.5) ? names[index] : name;
    }),
  }));
  return { ...graph, node: [...graph.node.slice(0, at + 1), { ...node, name: undefined, output: names }, ...later] };
});

const swapNodes = ofGraph((graph, random) => {
  if (graph.node.length < 2) return graph;
  const at = random.int(graph.node.length - 1);
  return { ...graph, node: graph.node.toSpliced(at, 2, graph.node[at + 1], graph.node[at]) };
});

const addOutput = ofGraph((graph, random) => {
  const names = graph.node.flatMap(({ output }) => output).filter((name) => name !== "");
  if (names.length === 0) return graph;
  const shape = new Array(random.pick([4, 4, 4, 2, 5, 1])).fill(null);
  return { ...graph, output: [...graph.output, build.valueInfo(random.pick(names), "FLOAT", shape)] };
});

const rewire = ofNode((node, random, graph, at) => {
  if (node.input.length === 0) return node;
  const values = valuesBefore(graph, at, random);
  return values.length > 0 && { ...node, input: node.input.with(random.int(node.input.length), random.pick(values)) };
});

const swapInputs = ofNode((node, random) => {
  if (node.input.length < 2) return node;
  const at = random.int(node.input.length - 1);
  return { ...node, input: node.input.toSpliced(at, 2, node.input[at + 1], node.input[at]) };
});

const changeInputs = ofNode((node, random, graph, at) => {
  if (random.chance(0.4)) return { ...node, input: node.input.slice(0, -1) };
  if (node.input.length > 0 && random.chance(0.3)) return { ...node, input: node.input.with(-1, "") };
  return { ...node, input: [...node.input, random.pick(valuesBefore(graph, at, random)) ?? ""] };
});

const retype = ofNode((node, random) => {
  const same = node.input.length === 1 ? UNARY : BINARY;
  return {
    ...node,
    op_type: random.pick(random.chance(0.8) ? same : MORE),
    attribute: random.chance(0.5) ? [] : node.attribute,
  };
});

const changeAttribute = ofNode((node, random, graph) => {
  const all = node.attribute;
  if (all.length === 0 || random.chance(0.1)) {
    const { attribute = [] } = random.pick(graph.node);
    return { ...node, attribute: [...all, ...attribute.slice(0, 1)] };
  }
  const at = random.int(all.length);
  if (random.chance(0.15)) return { ...node, attribute: all.toSpliced(at, 1) };
  return { ...node, attribute: all.with(at, changedAttribute(all[at], random)) };
});

const nearNumber = (value, random) =>
  random.chance(0.6) ? BigInt(value) + BigInt(random.pick([1, -1, 2])) : random.pick(NUMBERS);

function changedAttribute(attribute, random) {
  const { i, f, s, ints, floats, t } = attribute;
  if (i !== undefined) return { ...attribute, i: nearNumber(i, random) };
  if (f !== undefined)
    return { ...attribute, f: random.pick([0, 1, -1, f * 2, f + 0.5, 1e30, Number.NaN, Number.POSITIVE_INFINITY]) };
  if (s !== undefined)
    return {
      ...attribute,
      s: new HeldBytes(
        Buffer.from(random.pick(["", "SAME_UPPER", "nearest", "constant", "edge", "VALID", "ii->i", "linear"])),
      ),
    };
  if (t) return { ...attribute, t: mutatedTensor(t, random) };
  if (ints?.length > 0) return { ...attribute, ints: changedList([...ints], random, nearNumber) };
  if (floats?.length > 0)
    return {
      ...attribute,
      floats: changedList([...floats], random, (value) => value + random.pick([1, -1, 0.5, 1e30])),
    };
  return attribute;
}

function changedList(list, random, change) {
  const at = random.int(list.length);
  if (random.chance(0.15)) return list.toSpliced(at, 1);
  if (random.chance(0.15)) return list.toSpliced(at, 0, list[at]);
  return list.with(at, change(list[at], random));
}

const changeTensor = ofGraph((graph, random) => {
  if (graph.initializer.length === 0) return graph;
  const at = random.int(graph.initializer.length);
  return { ...graph, initializer: graph.initializer.with(at, mutatedTensor(graph.initializer[at], random)) };
});

/** So that callers can give another value. */
const overridable = ofGraph((graph, random) => {
  const [tensor] = graph.initializer.length > 0 ? [random.pick(graph.initializer)] : [];
  if (tensor === undefined) return graph;
  return { ...graph, input: [...graph.input, build.valueInfo(tensor.name, "FLOAT", tensor.dims)] };
});

const asConstant = ofGraph((graph, random) => {
  if (graph.initializer.length === 0) return graph;
  const at = random.int(graph.initializer.length);
  const t = graph.initializer[at];
  const node = build.node("Constant", [], [t.name ?? ""], {
    attribute: [build.attribute("value", { t: { ...t, name: undefined } })],
  });
  return { ...graph, initializer: graph.initializer.toSpliced(at, 1), node: [node, ...graph.node] };
});

const changeShape = ofGraph((graph, random) => {
  const field = random.pick(["input", "output", "value_info"]);
  const list = graph[field];
  if (list.length === 0) return graph;
  const at = random.int(list.length);
  const info = list[at];
  const dims = info.type?.tensor_type?.shape?.dim;
  if (!dims?.length) return { ...graph, [field]: list.toSpliced(at, 1) };
  const axis = random.int(dims.length);
  const sizes = [1, 2, 3, 4, 5, 8, "N", "height", "height", "", null, 0, -1, ...(random.chance(0.1) ? NUMBERS : [])];
  const dim = build.valueInfo("", "FLOAT", [random.pick(sizes)]).type.tensor_type.shape.dim[0];
  const changed = random.chance(0.15) ? dims.toSpliced(axis, random.int(2), dim) : dims.with(axis, dim);
  const tensor_type = { ...info.type.tensor_type, shape: { ...info.type.tensor_type.shape, dim: changed } };
  return { ...graph, [field]: list.with(at, { ...info, type: { ...info.type, tensor_type } }) };
});

const rename = ofGraph((graph, random) => {
  const names = [...graph.node.flatMap(({ output }) => output), ...graph.initializer.map(({ name = "" }) => name)];
  if (names.length === 0) return graph;
  const from = random.pick(names);
  const to = random.pick([...NAMES, random.pick(names), `${random.pick(names)}_0`]);
  const done = rewired(graph, from, to);
  return {
    ...done,
    node: done.node.map((node) => ({ ...node, output: node.output.map((name) => (name === from ? to : name)) })),
    initializer: done.initializer.map((tensor) => (tensor.name === from ? { ...tensor, name: to } : tensor)),
  };
});

const changeOpset = async (model, random) => {
  const version = random.pick([7, 9, 11, 12, 13, 14, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 1, 0, 99]);
  return { ...model, opset_import: [build.opset(version), ...model.opset_import.slice(1)] };
};

/** The nodes of another graph behind a value of this one; its names get a letter in front. */
function joined(graph, other, random) {
  const values = graph.node.flatMap(({ output }) => output);
  const [main] = other.input;
  if (values.length === 0 || main === undefined) return graph;
  const start = random.pick(values);
  const inner = (name) => (name === "" ? "" : name === main.name ? start : `z${name}`);
  const nodes = other.node.map((node) => ({
    ...node,
    name: undefined,
    input: node.input.map(inner),
    output: node.output.map(inner),
  }));
  return {
    ...graph,
    node: [...graph.node, ...nodes],
    initializer: [
      ...graph.initializer,
      ...other.initializer.map((tensor) => ({ ...tensor, name: inner(tensor.name ?? "") })),
    ],
    input: [...graph.input, ...other.input.slice(1).map((info) => ({ ...info, name: inner(info.name ?? "") }))],
    output: [...graph.output, ...other.output.map((info) => ({ ...info, name: inner(info.name ?? "") }))],
  };
}

const CHANGES = [
  ...[dropNode, insertNode, insertNode, doubleNode, swapNodes, addOutput, rewire, rewire, swapInputs, changeInputs],
  ...[retype, retype, changeAttribute, changeAttribute, changeAttribute, changeTensor, changeTensor, changeTensor],
  ...[overridable, asConstant, changeShape, changeShape, rename, changeOpset],
];
