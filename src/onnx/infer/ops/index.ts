import { ATTENTION } from "./attention.js";
import { CONTROL_FLOW } from "./control-flow.js";
import { CONVOLUTION } from "./convolution.js";
import { EINSUM } from "./einsum.js";
import { ELEMENTWISE } from "./elementwise.js";
import { GENERATION } from "./generation.js";
import { INDEXING } from "./indexing.js";
import { LINEAR } from "./linear.js";
import { LOSS } from "./loss.js";
import type { Infer, Operator } from "./operator.js";
import { POOLING } from "./pooling.js";
import { QUANTIZATION } from "./quantization.js";
import { RECURRENT } from "./recurrent.js";
import { REDUCTION } from "./reduction.js";
import { RESHAPING } from "./reshaping.js";
import { SAMPLING } from "./sampling.js";
import { SELECTION } from "./selection.js";
import { SEQUENCE } from "./sequence.js";
import { SLICING } from "./slicing.js";

/** Inference by operator of the domain ai.onnx, one file per family. */
const OPERATORS: ReadonlyMap<string, Operator> = new Map(
  [
    ELEMENTWISE,
    CONVOLUTION,
    POOLING,
    LINEAR,
    EINSUM,
    ATTENTION,
    REDUCTION,
    RESHAPING,
    SLICING,
    SELECTION,
    INDEXING,
    SAMPLING,
    GENERATION,
    QUANTIZATION,
    RECURRENT,
    LOSS,
    SEQUENCE,
    CONTROL_FLOW,
  ].flatMap(Object.entries<Operator>),
);

/** Null when smxc does not infer the operator in that version. */
export function inferenceOf(domain: string, operator: string, sinceVersion: number): Infer | null {
  if (domain !== "") return null;
  return OPERATORS.get(operator)?.findLast(([since]) => since <= sinceVersion)?.[1] ?? null;
}
