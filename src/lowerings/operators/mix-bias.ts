import type { OperatorEmitter } from "../site.js";

export const mixBias: OperatorEmitter<"mix_bias"> = ({ experts }, site) => {
  const { e, name } = site;
  const channels = site.shape[1] as number;
  const beta = site.inputShapes[2]!;
  const rows = e.reshape(`${name}/beta`, site.read(2), beta, [beta[0]!, experts]);
  const bank = e.reshape(`${name}/bank`, site.read(1), [experts * channels], [experts, channels]);
  const mixed = e.op("MatMul", `${name}/bias`, [rows, bank], [beta[0]!, channels]);
  const column = e.reshape(`${name}/bias_column`, mixed, [beta[0]!, channels], [beta[0]!, channels, 1, 1]);
  site.result("Add", [site.read(0), column]);
};
