import type { OperatorEmitter } from "../site.js";

export const globalPool: OperatorEmitter<"global_pool"> = ({ flat }, site) => {
  if (!flat) return site.result("GlobalAveragePool", [site.read(0)]);
  const mean = site.e.op("GlobalAveragePool", `${site.name}/mean`, [site.read(0)], [...site.shape, 1, 1]);
  site.result("Flatten", [mean], { axis: 1 });
};
