import type { MixConvAttributes } from "../ops/mix-conv.js";
import type { LowerSite } from "./emitter.js";
import { LOWERINGS } from "./index.js";
import type { Lowering, MixConvProblem } from "./lowering.js";

/** The lowering for a problem: the named one where it can run it, otherwise the first of the table that can. */
export function chooseLowering(problem: MixConvProblem, wanted: string): Lowering {
  const able = LOWERINGS.filter((lowering) => lowering.refuses(problem) === undefined);
  return able.find((lowering) => lowering.name === wanted) ?? able[0]!;
}

export function lowerMixConv(attributes: MixConvAttributes, site: LowerSite): void {
  const { target, lowering } = site.e.options;
  chooseLowering({ attributes, x: site.inputShapes[0]!, target }, lowering).emit(attributes, site);
}
