import type { OperatorEmitter } from "../site.js";

export const softmax: OperatorEmitter<"softmax"> = ({ axis }, site) => site.result("Softmax", [site.read(0)], { axis });
