/** By operator of ai.onnx: what it does with heights and widths, and what has to change in it for any. */
import type { SizeRow } from "../size-row.js";
import { concat, expand, flatten, gather, split, squeeze, tile, transpose, unsqueeze } from "./axes.js";
import { pad } from "./borders.js";
import { constantOfShape, elementwise, keepsShape, keepsShapeOnce, weighed } from "./elementwise.js";
import { einsum, gemm, matMul, place, reduction } from "./linear.js";
import { reshape } from "./reshape.js";
import { resize } from "./resize.js";
import { slice } from "./slice.js";
import { convolution, depthToSpace, globalPooling, pooling, spaceToDepth, transposedConvolution } from "./windows.js";

const rows = (names: string, row: SizeRow): Readonly<Record<string, SizeRow>> =>
  Object.fromEntries(names.split(" ").map((name) => [name, row]));

const ROWS: Readonly<Record<string, SizeRow>> = {
  ...rows(
    "Abs Acos Asin Atan Cast Ceil Celu Clip Cos Dropout Elu Erf Exp Floor Gelu HardSigmoid HardSwish Identity IsInf IsNaN LeakyRelu Log Mish Neg Not RandomNormalLike RandomUniformLike Reciprocal Relu Round Selu Sigmoid Sign Sin Softplus Softsign Sqrt Tan Tanh ThresholdedRelu",
    keepsShape,
  ),
  ...rows(
    "Add And Div Equal Greater GreaterOrEqual Less LessOrEqual Max Mean Min Mod Mul Or Pow PRelu Sub Sum Where Xor",
    elementwise,
  ),
  ...rows("BatchNormalization GroupNormalization InstanceNormalization LRN", keepsShapeOnce),
  ...rows("LogSoftmax Softmax Hardmax LpNormalization", keepsShape),
  ...rows("LayerNormalization RMSNormalization", weighed),
  ...rows("AveragePool LpPool MaxPool", pooling),
  ...rows("GlobalAveragePool GlobalLpPool GlobalMaxPool", globalPooling),
  ...rows("ArgMax ArgMin", place),
  ...rows(
    "ReduceL1 ReduceL2 ReduceLogSum ReduceLogSumExp ReduceMax ReduceMean ReduceMin ReduceProd ReduceSum ReduceSumSquare",
    reduction,
  ),
  Concat: concat,
  ConstantOfShape: constantOfShape,
  Conv: convolution,
  ConvTranspose: transposedConvolution,
  DepthToSpace: depthToSpace,
  Einsum: einsum,
  Expand: expand,
  Flatten: flatten,
  Gather: gather,
  Gemm: gemm,
  MatMul: matMul,
  Pad: pad,
  Reshape: reshape,
  Resize: resize,
  Slice: slice,
  SpaceToDepth: spaceToDepth,
  Split: split,
  Squeeze: squeeze,
  Tile: tile,
  Transpose: transpose,
  Unsqueeze: unsqueeze,
  Upsample: resize,
};

/** The row of an operator of ai.onnx; no prototype, since a name such as `constructor` is no row. */
export const SIZE_ROWS = Object.assign<Readonly<Record<string, SizeRow>>, typeof ROWS>(Object.create(null), ROWS);
