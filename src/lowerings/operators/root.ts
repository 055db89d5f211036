import type { OperatorEmitter } from "../site.js";

export const root: OperatorEmitter<"root"> = (_, site) => site.result("Sqrt", [site.read(0)]);
