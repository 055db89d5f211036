import { type Activation, activate } from "./activations.js";
import { mapDense } from "./dense-tensor.js";
import { operator } from "./operator.js";

/** An elementwise activation. Inputs: x of any shape. */
export const activation = operator<Activation>({
  infer: (_, [x]) => x!,
  evaluate: (attributes, [x]) => mapDense(x!, (value) => activate(attributes, value)),
});
