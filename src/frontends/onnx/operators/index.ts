import type { OperatorRow } from "../reading.js";
import { ACTIVATIONS } from "./activations.js";
import { ARITHMETIC } from "./arithmetic.js";
import { BLOCKS } from "./blocks.js";
import { CHANNELS } from "./channels.js";
import { CONVOLUTION } from "./convolution.js";
import { NORMALISATION } from "./normalisation.js";
import { PAD } from "./pad.js";
import { POOLING } from "./pooling.js";
import { RESIZE } from "./resize.js";
import { SHAPES } from "./shapes.js";
import { UNCHANGED } from "./unchanged.js";
import { VECTORS } from "./vectors.js";

const ROWS: Readonly<Record<string, OperatorRow>> = {
  ...ACTIVATIONS,
  ...ARITHMETIC,
  ...BLOCKS,
  ...CHANNELS,
  ...CONVOLUTION,
  ...NORMALISATION,
  ...PAD,
  ...POOLING,
  ...RESIZE,
  ...SHAPES,
  ...UNCHANGED,
  ...VECTORS,
};

/**
 * What smxc reads of ai.onnx, from opset 7 on; no prototype, since a name such as `constructor` is no row. Constants have no
 * row either: a Constant, and what is computed of constants alone, is what `SourceNode.tensor` and its siblings give.
 */
export const ONNX_OPERATORS = Object.assign<Readonly<Record<string, OperatorRow>>, typeof ROWS>(
  Object.create(null),
  ROWS,
);
