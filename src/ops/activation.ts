import { type Activation, activate, emitActivation } from "./activations.js";
import { mapDense } from "./dense-tensor.js";
import { operator } from "./operator.js";

/** An elementwise activation. Inputs: x of any shape. */
export const activation = operator<Activation>({
  infer: (_, [x]) => x!,
  evaluate: (attributes, [x]) => mapDense(x!, (value) => activate(attributes, value)),
  lower(attributes, site) {
    const layout = site.layoutOf(0);
    emitActivation(attributes, site.read(0, layout), {
      e: site.e,
      name: site.name,
      shape: site.shapeIn(layout),
      result: (op, inputs, parameters) => site.result(op, inputs, parameters, layout),
    });
  },
});
