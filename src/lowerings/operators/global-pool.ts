import type { OperatorEmitter } from "../site.js";

export const globalPool: OperatorEmitter<"global_pool"> = ({ flat }, site) => {
  const known = site.mean(0);
  if (known !== undefined) {
    return flat ? site.bind(known) : site.result("Unsqueeze", [known, site.e.ints([2, 3])]);
  }
  if (!flat) return site.result("GlobalAveragePool", [site.read(0)]);
  const mean = site.e.op("GlobalAveragePool", `${site.name}/mean`, [site.read(0)], [...site.shape, 1, 1]);
  site.result("Flatten", [mean], { axis: 1 });
};
