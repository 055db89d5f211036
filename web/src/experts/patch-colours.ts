/** Each patch of a picture in the colour of the expert that it used more than the picture as a whole did. */
import type { PatchShares } from "../engine/protocol.js";

/** Told apart by people who do not see red and green apart too (Okabe and Ito 2008). */
export const COLOURS = ["#e69f00", "#56b4e9", "#009e73", "#cc79a7", "#f0e442", "#d55e00", "#0072b2"] as const;

export interface PatchColour {
  readonly expert: number;
  /** From 0, as in the rest of the picture, to 1, the farthest from it. */
  readonly strength: number;
}

type Router = NonNullable<ReturnType<PatchShares["routers"]["get"]>>;

/** Patch by patch. */
export function patchColours({ experts, shares }: Router): readonly PatchColour[] {
  const count = shares.length / experts;
  const means = Array.from({ length: experts }, (_, e) => {
    let sum = 0;
    for (let patch = 0; patch < count; patch++) sum += shares[patch * experts + e]!;
    return sum / count;
  });
  const above = Array.from({ length: count }, (_, patch) => {
    const over = means.map((mean, e) => shares[patch * experts + e]! - mean);
    const most = Math.max(...over);
    return { expert: over.indexOf(most), most };
  });
  const largest = above.reduce((most, each) => Math.max(most, each.most), 0);
  return above.map(({ expert, most }) => ({ expert, strength: largest > 0 ? most / largest : 0 }));
}
