import type { OperatorEmitter } from "../site.js";

export const swapExperts: OperatorEmitter<"swap_experts"> = (_, site) => {
  const experts = site.shape[2] as number;
  site.result("Reshape", [
    site.read(0),
    site.e.ints([typeof site.shape[0] === "number" ? site.shape[0] : 0, 1, experts]),
  ]);
};
