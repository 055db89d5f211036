import type { OperatorEmitter } from "../site.js";
import { emitMeanResult } from "./mean.js";

export const globalPool: OperatorEmitter<"global_pool"> = ({ flat }, site) => {
  const known = site.mean(0);
  if (known === undefined) emitMeanResult(site, flat);
  else if (flat) site.bind(known);
  else site.result("Unsqueeze", [known, site.e.ints([2, 3])]);
};
