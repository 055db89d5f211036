/** Patches of a picture, painted over it. */
import type { PatchShares } from "../engine/protocol.js";
import { COLOURS, patchColours } from "./patch-colours.js";

/** Paints the patches of a router's layer, in pixels of the picture. */
export function paintPatches(
  context: CanvasRenderingContext2D,
  { places, side, routers }: PatchShares,
  name: string,
): void {
  const router = routers.get(name);
  if (router === undefined) return;
  for (const [index, { expert, strength }] of patchColours(router).entries()) {
    const { left, top } = places[index]!;
    // Where patches overlap, the later one is seen.
    context.clearRect(left, top, side, side);
    context.fillStyle = COLOURS[expert % COLOURS.length]!;
    context.globalAlpha = strength;
    context.fillRect(left, top, side, side);
  }
}
