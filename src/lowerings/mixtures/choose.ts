import type { Shape } from "../../ir/dim.js";
import { type MixConvAttributes, mixConvInputs } from "../../ir/ops/mixture.js";
import type { EmitOptions } from "../emitter.js";
import { MIX_LOWERINGS } from "../lowerings.js";
import type { LowerSite } from "../site.js";
import { TARGET_PROFILES } from "../targets.js";
import { type DeviceCost, deviceCost } from "./device-cost.js";
import type { Lowering, MixConvProblem } from "./lowering.js";

/** A lowering that can run a problem, and what the model for devices says of it. */
export interface WeighedLowering {
  readonly lowering: Lowering;
  readonly cost: DeviceCost;
}

/** The lowerings that can run a problem, by the model for devices, the cheapest first. */
export function weighLowerings(problem: MixConvProblem, options: EmitOptions): readonly WeighedLowering[] {
  return able(problem)
    .map((lowering) => ({ lowering, cost: deviceCost(lowering, problem, options) }))
    .sort((a, b) => a.cost.ns - b.cost.ns);
}

/**
 * The lowering for a problem: the named one where it can run it, otherwise on devices that leave control flow to the host the
 * cheapest by their model, and elsewhere the first of the table that can.
 */
export function chooseLowering(problem: MixConvProblem, options: EmitOptions): Lowering {
  const candidates = able(problem);
  const named = candidates.find(({ name }) => name === options.lowering);
  if (named !== undefined) return named;
  return TARGET_PROFILES[options.target].controlFlow ? candidates[0]! : weighLowerings(problem, options)[0]!.lowering;
}

function able(problem: MixConvProblem): readonly Lowering[] {
  return MIX_LOWERINGS.filter((lowering) => lowering.refuses(problem) === undefined);
}

/** What a lowering is asked of a node, by the shapes of its inputs. */
export function mixConvProblem(
  attributes: MixConvAttributes,
  shapes: readonly Shape[],
  target: EmitOptions["target"],
  isOneHot: (factor: number) => boolean,
): MixConvProblem {
  const { factors } = mixConvInputs(
    attributes,
    shapes.map((_, index) => index),
  );
  return {
    attributes,
    x: shapes[0]!,
    factors: factors.map((index) => shapes[index]!),
    target,
    oneHot: factors.length === 1 && isOneHot(factors[0]!),
  };
}

export function lowerMixConv(attributes: MixConvAttributes, site: LowerSite): void {
  const { options } = site.e;
  const problem = mixConvProblem(attributes, site.inputShapes, options.target, site.isOneHot);
  chooseLowering(problem, options).emit(attributes, site);
}
