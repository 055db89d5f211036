/** How a picture is cut for a part of a network: bands of whole rows where they fit, else tiles. */
import type { GraphTiling } from "../../metadata.js";
import { openTiles, type PlacedTile, seenIn } from "../tile-plan.js";
import type { Size } from "../tiles.js";

/** Pixels that starting a run costs as much as. */
const PER_RUN = 2 ** 11;
/** Pixels beyond which a run is no faster; it leaves the processor's cache. */
const LARGE = 2 ** 16;
/** What doubling such a run must save, of the work. */
const PER_DOUBLING = 0.04;
/** What cutting rows costs where maps are kept: they are read and written in pieces, and not in place. */
const CUT_ROWS = 0.3;
/** The smallest side of a tile: smaller ones are their surroundings almost alone. */
const LEAST = 16;

interface Candidate {
  readonly side: Size;
  readonly cost: number;
  /** Pixels that are seen at once. */
  readonly most: number;
}

/** What is cut. */
export interface Cutting {
  readonly size: Size;
  readonly tiling: GraphTiling;
  /** Whether maps are read or written. */
  readonly hasMaps: boolean;
}

/** @returns the cheapest parts of which none sees more than so many pixels; undefined where there are none */
export function planBands(cutting: Cutting, most: number): readonly PlacedTile[] | undefined {
  const { size, tiling } = cutting;
  const fitting = candidates(cutting).filter((each) => each.most <= most);
  if (fitting.length === 0) return undefined;
  const best = fitting.reduce((found, each) => (each.cost < found.cost ? each : found));
  return openTiles(size, tiling, best.side);
}

/** Pixels that a part sees at least. */
export function leastPixels(cutting: Cutting): number {
  return Math.min(...candidates(cutting).map(({ most }) => most));
}

function candidates({ size, tiling, hasMaps }: Cutting): readonly Candidate[] {
  const area = size.height * size.width;
  return sides(size.width, tiling).flatMap((width) =>
    sides(size.height, tiling).map((height): Candidate => {
      const side = { height, width };
      const { all, most } = seenIn(size, tiling, side);
      const runs = Math.ceil(size.height / height) * Math.ceil(size.width / width);
      const cost =
        (all + runs * PER_RUN) / area +
        (hasMaps && width < size.width ? CUT_ROWS : 0) +
        PER_DOUBLING * Math.max(0, Math.log2(most / LARGE));
      return { side, cost, most };
    }),
  );
}

/** A length cut into 1, 2, 3, 4, 6, 8, 12 … parts. */
function sides(length: number, { reach, multiple }: GraphTiling): readonly number[] {
  const least = Math.max(LEAST, reach);
  const found: number[] = [];
  for (let parts = 1; parts <= length; parts = parts < 4 ? parts + 1 : nextOf(parts)) {
    const side = Math.ceil(length / parts / multiple) * multiple;
    if (parts > 1 && side < least) break;
    found.push(side);
  }
  return found;
}

/** Half as many again and a third as many again in turn: 4, 6, 8, 12, 16. */
function nextOf(parts: number): number {
  return Number.isInteger(Math.log2(parts)) ? (parts * 3) / 2 : (parts * 4) / 3;
}
