import { type Activation, activate } from "./activations.js";
import { mapDense } from "./dense-tensor.js";
import { inPlace, operator } from "./operator.js";

/** An elementwise activation. Inputs: x of any shape. */
export const activation = operator<Activation>({
  keepsZeros: (attributes) => activate(attributes, 0) === 0,
  reach: inPlace,
  infer: (_, [x]) => x!,
  evaluate: (attributes, [x]) => mapDense(x!, (value) => activate(attributes, value)),
});
