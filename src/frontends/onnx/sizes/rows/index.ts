/** By operator of ai.onnx: what it does with heights and widths, and what has to change in it for any. */
import { BROADCASTING, ELEMENTWISE, REDUCTIONS, rowsOf, tableOf } from "../../operator-families.js";
import type { SizeRow } from "../size-row.js";
import { concat, expand, flatten, gather, split, squeeze, tile, transpose, unsqueeze } from "./axes.js";
import { pad } from "./borders.js";
import { constantOfShape, elementwise, keepsShape, keepsShapeOnce, weighed } from "./elementwise.js";
import { einsum, gemm, matMul, place, reduction } from "./linear.js";
import { reshape } from "./reshape.js";
import { resize } from "./resize.js";
import { slice } from "./slice.js";
import { convolution, depthToSpace, globalPooling, pooling, spaceToDepth, transposedConvolution } from "./windows.js";

export const SIZE_ROWS = tableOf<SizeRow>({
  ...rowsOf(ELEMENTWISE, keepsShape),
  ...rowsOf(`${BROADCASTING} PRelu`, elementwise),
  ...rowsOf("BatchNormalization GroupNormalization InstanceNormalization LRN", keepsShapeOnce),
  ...rowsOf("LogSoftmax Softmax Hardmax LpNormalization", keepsShape),
  ...rowsOf("LayerNormalization RMSNormalization", weighed),
  ...rowsOf("AveragePool LpPool MaxPool", pooling),
  ...rowsOf("GlobalAveragePool GlobalLpPool GlobalMaxPool", globalPooling),
  ...rowsOf("ArgMax ArgMin", place),
  ...rowsOf(REDUCTIONS, reduction),
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
});
