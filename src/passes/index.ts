import { absorbConstantFactors } from "./absorb-constant-factors.js";
import { actOnChannels } from "./act-on-channels.js";
import { foldAffines } from "./fold-affines.js";
import { foldChannelAffines } from "./fold-channel-affines.js";
import { foldConstants } from "./fold-constants.js";
import { type FrozenBetas, freezeBetas } from "./freeze-betas.js";
import { mergeConstantMixtures } from "./merge-constant-mixtures.js";
import type { Pass } from "./pass.js";
import { removeDeadNodes } from "./remove-dead-nodes.js";

/** The passes of a compile, in order; `frozen` holds the β that become constants. */
export function pipeline(frozen: FrozenBetas): readonly Pass[] {
  return [
    removeDeadNodes,
    freezeBetas(frozen),
    foldConstants,
    mergeConstantMixtures,
    absorbConstantFactors,
    actOnChannels,
    foldChannelAffines,
    foldAffines,
    removeDeadNodes,
  ];
}
