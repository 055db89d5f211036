import type { OperatorEmitter } from "../site.js";

export const instanceNorm: OperatorEmitter<"instance_norm"> = ({ epsilon }, site) => {
  site.result("InstanceNormalization", [site.read(0), site.read(1), site.read(2)], { epsilon });
};
