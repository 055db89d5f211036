import { type MixConvAttributes, mixConvInputs } from "../../ir/ops/mixture.js";
import { MIX_LOWERINGS } from "../lowerings.js";
import type { LowerSite } from "../site.js";
import type { Lowering, MixConvProblem } from "./lowering.js";

/** The lowering for a problem: the named one where it can run it, otherwise the first of the table that can. */
export function chooseLowering(problem: MixConvProblem, wanted: string): Lowering {
  const able = MIX_LOWERINGS.filter((lowering) => lowering.refuses(problem) === undefined);
  return able.find((lowering) => lowering.name === wanted) ?? able[0]!;
}

export function lowerMixConv(attributes: MixConvAttributes, site: LowerSite): void {
  const { target, lowering } = site.e.options;
  const { factors } = mixConvInputs(
    attributes,
    site.inputNames.map((_, index) => index),
  );
  const oneHot = factors.length === 1 && site.isOneHot(factors[0]!);
  chooseLowering({ attributes, x: site.inputShapes[0]!, target, oneHot }, lowering).emit(attributes, site);
}
