import type { OperatorEmitter } from "../site.js";

export const reshape: OperatorEmitter<"reshape"> = (_, site) => {
  const x = site.read(0);
  site.result("Reshape", [x, site.e.reshapeTarget(site.name, x, site.inputShapes[0]!, site.shape)]);
};
