import { emitActivation } from "../activations.js";
import type { OperatorEmitter } from "../site.js";

export const activation: OperatorEmitter<"activation"> = (attributes, site) => {
  const layout = site.layoutOf(0);
  emitActivation(attributes, site.read(0, layout), {
    e: site.e,
    name: site.name,
    shape: site.shapeIn(layout),
    result: (op, inputs, parameters) => site.result(op, inputs, parameters, layout),
  });
};
