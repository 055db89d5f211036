import type { OperatorEmitter } from "../site.js";
import { windowAttributes } from "../window-attributes.js";

export const pool: OperatorEmitter<"pool"> = (attributes, site) => {
  const { dilations: _, ...window } = windowAttributes(attributes);
  if (attributes.kind === "max") site.result("MaxPool", [site.read(0)], window);
  else site.result("AveragePool", [site.read(0)], { ...window, count_include_pad: 1 });
};
