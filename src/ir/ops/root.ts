import { mapDense } from "./dense-tensor.js";
import { operator } from "./operator.js";

/** Square root of every element, for the √β of the paper's merged blocks. Inputs: x of any shape. */
export const root = operator<Readonly<Record<string, never>>>({
  keepsZeros: () => true,
  routes: true,
  infer: (_, [x]) => x!,
  evaluate: (_, [x]) => mapDense(x!, Math.sqrt),
});
