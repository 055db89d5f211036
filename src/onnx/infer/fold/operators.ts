import { ELEMENTWISE_FOLDS } from "./elementwise.js";
import { GENERATING_FOLDS } from "./generating.js";
import type { OperatorFold } from "./operator-fold.js";
import { REARRANGING_FOLDS } from "./rearranging.js";

/** What operators make of inputs that are known, by the operator's name: those with which graphs compute sizes. */
export const OPERATOR_FOLDS: ReadonlyMap<string, OperatorFold> = new Map(
  [ELEMENTWISE_FOLDS, REARRANGING_FOLDS, GENERATING_FOLDS].flatMap((folds) => Object.entries(folds)),
);
