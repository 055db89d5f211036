import type { OnnxPattern } from "../reading.js";
import { BLOCKS_BY_HAND } from "./blocks-by-hand.js";
import { SWAPPED_BATCH } from "./swapped-batch.js";

/** Operators of the IR that exporters write as several nodes, in the order in which they are tried. */
export const ONNX_PATTERNS: readonly OnnxPattern[] = [BLOCKS_BY_HAND, SWAPPED_BATCH];
