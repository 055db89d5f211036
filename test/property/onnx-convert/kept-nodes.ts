/** A node, or a few, of each operator that no converter writes anew, as every opset from 7 to 16 that has it takes it. */
import type { Plain } from "../../unit/onnx-support/write-record.js";
import { BOOL, FLOAT, floatTensor, graph, INT64, int, int64Tensor, ints, node, text, value } from "./models.js";

export interface Kept {
  /** The last one is the operator. */
  readonly nodes: readonly Plain[];
  /** Of the input x, which is float; default [2, 3, 4]. */
  readonly dims?: readonly number[];
  readonly initializers?: readonly Plain[];
  /** By name; default y, float. */
  readonly outputs?: Readonly<Record<string, number>>;
}

const FLOAT_TO_INT8 = int("to", 3);
const ramp = (count: number): readonly number[] => Array.from({ length: count }, (_, n) => (n % 7) - 2.5);

function one(operator: string, ...attribute: readonly Plain[]): Kept {
  return { nodes: [node(operator, ["x"], ["y"], ...attribute)] };
}

/** Of values that are above 0. */
function ofPositive(operator: string): Kept {
  return { nodes: [node("Exp", ["x"], ["e"]), node(operator, ["e"], ["y"])] };
}

function two(operator: string, type = FLOAT): Kept {
  const initializers = [floatTensor("b", [4], [1, -2, 0.5, 3])];
  return { nodes: [node(operator, ["x", "b"], ["y"])], initializers, outputs: { y: type } };
}

/** Of one shape, as opset 7 asks for. */
function twoOfOneShape(operator: string): Kept {
  return { nodes: [node("Neg", ["x"], ["n"]), node(operator, ["x", "n"], ["y"])] };
}

function reduced(operator: string): Kept {
  const nodes = [node("Exp", ["x"], ["e"]), node(operator, ["e"], ["y"], ints("axes", [0, 2]), int("keepdims", 0))];
  return { nodes };
}

function indexed(operator: string, dims: readonly number[], indices: readonly number[], ...attribute: Plain[]): Kept {
  const nodes = [node(operator, ["x", "i"], ["y"], ...attribute)];
  return { nodes, initializers: [int64Tensor("i", dims, indices)] };
}

function scattered(operator: string, dims: readonly number[], indices: readonly number[], updates: number[]): Kept {
  const initializers = [int64Tensor("i", dims, indices), floatTensor("u", updates.slice(0, -1), ramp(updates.at(-1)!))];
  return { nodes: [node(operator, ["x", "i", "u"], ["y"])], initializers };
}

/** x is [3 steps, 2 samples, 4 values]. */
function recurrent(operator: string, gates: number): Kept {
  const initializers = [
    floatTensor("w", [1, gates * 2, 4], ramp(gates * 8)),
    floatTensor("r", [1, gates * 2, 2], ramp(gates * 4)),
  ];
  const nodes = [node(operator, ["x", "w", "r"], ["y", "h"], int("hidden_size", 2))];
  return { nodes, dims: [3, 2, 4], initializers, outputs: { y: FLOAT, h: FLOAT } };
}

/** Of [2 samples, 3 classes]. */
function loss(operator: string): Kept {
  return { ...indexed(operator, [2], [0, 2], text("reduction", "mean")), dims: [2, 3] };
}

function branch(name: string, operator: string): Plain {
  return { name, node: [node(operator, ["x"], [name])], output: [value(name, FLOAT, [2, 3, 4])] };
}

const LOOP_BODY: Plain = {
  name: "body",
  input: [value("n", INT64, []), value("go", BOOL, []), value("before", FLOAT, [2, 3, 4])],
  node: [node("Add", ["before", "x"], ["after"]), node("Identity", ["go"], ["goes"]), node("Neg", ["after"], ["each"])],
  output: [value("goes", BOOL, []), value("after", FLOAT, [2, 3, 4]), value("each", FLOAT, [2, 3, 4])],
};

const SCAN_BODY: Plain = {
  name: "body",
  input: [value("before", FLOAT, [3, 4]), value("part", FLOAT, [3, 4])],
  node: [node("Add", ["before", "part"], ["after"]), node("Neg", ["after"], ["each"])],
  output: [value("after", FLOAT, [3, 4]), value("each", FLOAT, [3, 4])],
};

const BOXES = [0, 0, 2, 2, 0, 0, 2, 1.9, 3, 3, 4, 4];
const flag = (name: string): Plain => ({ name, dims: [], data_type: BOOL, int32_data: [1] });
const zeroPoint: Plain = { name: "z", dims: [], data_type: 3, int32_data: [3] };

export const KEPT: Readonly<Record<string, Kept>> = {
  Abs: one("Abs"),
  Add: two("Add"),
  ArgMax: { ...one("ArgMax", int("axis", 1)), outputs: { y: INT64 } },
  ArgMin: { ...one("ArgMin", int("keepdims", 0)), outputs: { y: INT64 } },
  AveragePool: { ...one("AveragePool", ints("kernel_shape", [2, 3]), ints("pads", [1, 0, 0, 1])), dims: [1, 2, 5, 6] },
  Cast: { ...one("Cast", int("to", INT64)), outputs: { y: INT64 } },
  Ceil: one("Ceil"),
  Compress: {
    nodes: [node("Compress", ["x", "c"], ["y"], int("axis", 1))],
    initializers: [{ name: "c", dims: [3], data_type: BOOL, int32_data: [1, 0, 1] }],
  },
  Concat: { nodes: [node("Concat", ["x", "x"], ["y"], int("axis", 1))] },
  Constant: {
    nodes: [
      node("Constant", [], ["c"], { name: "value", t: floatTensor("", [4], [1, 2, 3, 4]), type: 4 }),
      node("Add", ["x", "c"], ["y"]),
    ],
  },
  Conv: {
    nodes: [node("Conv", ["x", "w"], ["y"], text("auto_pad", "SAME_LOWER"), ints("strides", [2, 1]))],
    dims: [1, 2, 5, 6],
    initializers: [floatTensor("w", [3, 2, 2, 3], ramp(36))],
  },
  ConvTranspose: {
    nodes: [node("ConvTranspose", ["x", "w"], ["y"], ints("strides", [2, 1]), ints("output_padding", [1, 0]))],
    dims: [1, 2, 5, 6],
    initializers: [floatTensor("w", [2, 3, 2, 3], ramp(36))],
  },
  CumSum: indexed("CumSum", [], [1]),
  DepthToSpace: { ...one("DepthToSpace", int("blocksize", 2)), dims: [1, 8, 2, 3] },
  DequantizeLinear: {
    nodes: [node("Cast", ["x"], ["q"], FLOAT_TO_INT8), node("DequantizeLinear", ["q", "s", "z"], ["y"])],
    initializers: [floatTensor("s", [], [0.25]), zeroPoint],
  },
  Div: two("Div"),
  Equal: {
    nodes: [node("Cast", ["x"], ["i"], int("to", INT64)), node("Equal", ["i", "two"], ["y"])],
    initializers: [int64Tensor("two", [1], [2])],
    outputs: { y: BOOL },
  },
  Exp: one("Exp"),
  Expand: { ...indexed("Expand", [4], [2, 1, 3, 4]), dims: [1, 3, 1] },
  Flatten: one("Flatten", int("axis", 2)),
  Floor: one("Floor"),
  GRU: recurrent("GRU", 3),
  Gather: indexed("Gather", [2, 2], [2, 0, 1, 1], int("axis", 1)),
  GatherElements: { ...indexed("GatherElements", [2, 2], [1, 0, -1, 1], int("axis", 1)), dims: [2, 3] },
  GatherND: indexed("GatherND", [2, 2], [0, 1, 1, -1]),
  Gemm: {
    nodes: [node("Gemm", ["x", "b", "c"], ["y"], int("transB", 1))],
    dims: [2, 4],
    initializers: [floatTensor("b", [3, 4], ramp(12)), floatTensor("c", [3], [1, 2, 3])],
  },
  Greater: two("Greater", BOOL),
  GreaterOrEqual: two("GreaterOrEqual", BOOL),
  Identity: one("Identity"),
  If: {
    nodes: [
      node("If", ["c"], ["y"], graph("then_branch", branch("t", "Abs")), graph("else_branch", branch("e", "Neg"))),
    ],
    initializers: [flag("c")],
  },
  IsNaN: { nodes: [node("Sqrt", ["x"], ["r"]), node("IsNaN", ["r"], ["y"])], outputs: { y: BOOL } },
  LRN: { ...one("LRN", int("size", 3)), dims: [1, 4, 2, 3] },
  LSTM: recurrent("LSTM", 4),
  LeakyRelu: one("LeakyRelu"),
  Less: two("Less", BOOL),
  LessOrEqual: two("LessOrEqual", BOOL),
  Log: ofPositive("Log"),
  Loop: {
    nodes: [node("Loop", ["m", "c", "x"], ["y", "all"], graph("body", LOOP_BODY))],
    initializers: [int64Tensor("m", [], [3]), flag("c")],
    outputs: { y: FLOAT, all: FLOAT },
  },
  LpPool: { ...one("LpPool", ints("kernel_shape", [2, 2])), dims: [1, 2, 4, 5] },
  MatMul: { nodes: [node("MatMul", ["x", "b"], ["y"])], initializers: [floatTensor("b", [4, 2], ramp(8))] },
  Max: twoOfOneShape("Max"),
  MaxPool: { ...one("MaxPool", ints("kernel_shape", [2, 3]), ints("pads", [1, 0, 0, 1])), dims: [1, 2, 5, 6] },
  MaxUnpool: {
    nodes: [node("MaxUnpool", ["x", "i"], ["y"], ints("kernel_shape", [2, 2]), ints("strides", [2, 2]))],
    dims: [1, 1, 2, 2],
    initializers: [int64Tensor("i", [1, 1, 2, 2], [0, 3, 9, 14])],
  },
  Mean: twoOfOneShape("Mean"),
  MeanVarianceNormalization: { ...one("MeanVarianceNormalization"), dims: [2, 3, 2, 2] },
  Min: twoOfOneShape("Min"),
  Mod: { ...two("Mod"), nodes: [node("Mod", ["x", "b"], ["y"], int("fmod", 1))] },
  Mul: two("Mul"),
  Neg: one("Neg"),
  NegativeLogLikelihoodLoss: loss("NegativeLogLikelihoodLoss"),
  NonMaxSuppression: {
    nodes: [node("NonMaxSuppression", ["b", "x", "n", "t"], ["y"])],
    dims: [1, 2, 3],
    initializers: [floatTensor("b", [1, 3, 4], BOXES), int64Tensor("n", [], [2]), floatTensor("t", [], [0.5])],
    outputs: { y: INT64 },
  },
  NonZero: { ...one("NonZero"), outputs: { y: INT64 } },
  OneHot: {
    nodes: [node("OneHot", ["i", "d", "x"], ["y"], int("axis", 0))],
    dims: [2],
    initializers: [int64Tensor("i", [3], [0, -1, 5]), int64Tensor("d", [1], [3])],
  },
  PRelu: two("PRelu"),
  Pow: { ...two("Pow"), nodes: [node("Abs", ["x"], ["a"]), node("Pow", ["a", "b"], ["y"])] },
  QuantizeLinear: {
    nodes: [
      node("QuantizeLinear", ["x", "s", "z"], ["q"]),
      node("DequantizeLinear", ["q", "s", "z"], ["y"]),
      node("QuantizeLinear", ["y", "s", "z"], ["i"]),
    ],
    initializers: [floatTensor("s", [], [0.25]), zeroPoint],
    outputs: { i: 3 },
  },
  RNN: recurrent("RNN", 1),
  Reciprocal: ofPositive("Reciprocal"),
  ReduceL1: reduced("ReduceL1"),
  ReduceL2: reduced("ReduceL2"),
  ReduceLogSum: reduced("ReduceLogSum"),
  ReduceLogSumExp: reduced("ReduceLogSumExp"),
  ReduceMax: reduced("ReduceMax"),
  ReduceMean: reduced("ReduceMean"),
  ReduceMin: reduced("ReduceMin"),
  ReduceProd: reduced("ReduceProd"),
  ReduceSumSquare: reduced("ReduceSumSquare"),
  Relu: one("Relu"),
  Reshape: indexed("Reshape", [3], [0, -1, 2]),
  ScatterElements: { ...scattered("ScatterElements", [1, 2], [1, -1], [1, 2, 2]), dims: [2, 3] },
  ScatterND: scattered("ScatterND", [2, 1], [1, 0], [2, 3, 4, 24]),
  Shape: { ...one("Shape"), outputs: { y: INT64 } },
  Sigmoid: one("Sigmoid"),
  Sign: one("Sign"),
  Size: { ...one("Size"), outputs: { y: INT64 } },
  SoftmaxCrossEntropyLoss: loss("SoftmaxCrossEntropyLoss"),
  SpaceToDepth: { ...one("SpaceToDepth", int("blocksize", 2)), dims: [1, 2, 4, 6] },
  Sqrt: ofPositive("Sqrt"),
  Sub: two("Sub"),
  Sum: twoOfOneShape("Sum"),
  Tanh: one("Tanh"),
  Tile: indexed("Tile", [3], [1, 2, 3]),
  Transpose: one("Transpose", ints("perm", [2, 0, 1])),
  Where: {
    nodes: [node("Greater", ["x", "zero"], ["c"]), node("Where", ["c", "x", "zero"], ["y"])],
    initializers: [floatTensor("zero", [1], [0.25])],
  },
};

/** Since opset 9; Scan of opset 8 is another operator. */
export const KEPT_SCAN: Kept = {
  nodes: [node("Scan", ["start", "x"], ["y", "all"], graph("body", SCAN_BODY), int("num_scan_inputs", 1))],
  initializers: [floatTensor("start", [3, 4], ramp(12))],
  outputs: { y: FLOAT, all: FLOAT },
};
