/** What the routers of a network did for a picture, in one sentence without a symbol. */
import type { BetaSummary } from "../../../src/restore/beta-summary.js";

/** Of a share; less is as good as nothing. */
const LITTLE = 0.02;

/** @param betas none for a network without routers */
export function routersSentence(betas: readonly BetaSummary[]): string {
  if (betas.length === 0) return "This network has no routers; its kernels are the same for every picture.";
  const experts = Math.max(...betas.map((beta) => beta.experts));
  const layers = `${betas.length} layer${betas.length === 1 ? "" : "s"}`;
  const mixes = `In ${layers}, a small network (router) read the picture and chose how much of each of ${experts} sets of kernels (experts) to mix`;
  const { samples } = betas[0]!;
  if (samples === 1) return `${mixes}, once for the whole picture.`;
  const moves = Math.max(...betas.map(movement));
  if (moves < LITTLE) return `${mixes}, with nearly the same result in each of ${samples} patches.`;
  return `${mixes}, separately in each of ${samples} patches, with shares that differ by up to ${Math.round(100 * moves)} % between patches.`;
}

/** By how much a layer's shares differ over the patches, at most. */
export function movement({ least, most }: BetaSummary): number {
  return Math.max(...most.flatMap((row, e) => row.map((value, d) => value - least[e]![d]!)));
}
