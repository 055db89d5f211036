import { absorbConstantFactors } from "./absorb-constant-factors.js";
import { actOnChannels } from "./act-on-channels.js";
import { foldAffines } from "./fold-affines.js";
import { foldChannelAffines } from "./fold-channel-affines.js";
import { foldConstants } from "./fold-constants.js";
import { mergeConstantMixtures } from "./merge-constant-mixtures.js";
import type { Pass } from "./pass.js";
import { recogniseGelu } from "./recognise-gelu.js";
import { recogniseRoute } from "./recognise-route.js";
import { recogniseSilu } from "./recognise-silu.js";
import { removeDeadNodes } from "./remove-dead-nodes.js";
import { removeNeutralAffines } from "./remove-neutral-affines.js";
import { takeIntoMixtures } from "./take-into-mixtures.js";

/** The passes after which routers are single nodes; a compile begins with them. */
export const ROUTER_PASSES: readonly Pass[] = [removeNeutralAffines, recogniseSilu, recogniseGelu, recogniseRoute];

/** The passes of a compile, in order. */
export const PASSES: readonly Pass[] = [
  ...ROUTER_PASSES,
  foldConstants,
  mergeConstantMixtures,
  absorbConstantFactors,
  actOnChannels,
  takeIntoMixtures,
  foldChannelAffines,
  foldAffines,
  removeDeadNodes,
];
