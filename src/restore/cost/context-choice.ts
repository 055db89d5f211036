/** In which parts a picture is run, by what that takes and what it may take. */
import type { GraphTiling } from "../../metadata.js";
import type { SessionUse } from "../../sessions/cores.js";
import { planTiles, type TilePlan } from "../tile-plan.js";
import type { Size } from "../tiles.js";

/** The predicted cost of a run. */
export interface RunCost {
  /** Peak memory in bytes, without the memory of the idle process. */
  readonly bytes: number;
  /** Time on one thread. */
  readonly seconds: number;
}

/** How a network can run a picture with the whole picture's result. */
export interface Ways {
  /** In one piece. */
  whole(size: Size, jobs: number): RunCost;
  /** In tiles with what they look at around them, each of so many pixels at the most, `jobs` at a time. */
  readonly tiles?: {
    readonly tiling: GraphTiling;
    readonly fixed: Partial<Size>;
    cost(size: Size, tile: Size, jobs: number): RunCost;
  };
  /** In bands or tiles that share what routers pool over; it keeps to what it is given. */
  readonly shared?: { least(size: Size): number };
}

export interface Limits {
  /** Bytes that a run may take. */
  readonly memory: number;
  /** Tiles, and pictures by themselves, that run at a time. */
  readonly jobs: Readonly<Record<SessionUse, number>>;
}

export type ContextChoice =
  | ({ readonly kind: "whole" } & RunCost)
  | ({ readonly kind: "tiles"; readonly side: number; readonly work: number } & RunCost)
  | ({ readonly kind: "shared" } & RunCost)
  /** Nothing fits: what is least. */
  | { readonly kind: "none"; readonly whole: RunCost; readonly least: number | undefined };

/** What runs. */
export type ChosenContext = Exclude<ContextChoice, { readonly kind: "none" }>;

/** How a picture will be run, with its predicted cost. */
export interface RunPlan {
  readonly chosen: ChosenContext;
  /** The best other way to run it. */
  readonly other: ChosenContext | undefined;
}

/** The picture in one piece while that fits, else the largest parts that fit, since they compute least twice. */
export function chooseContext(size: Size, ways: Ways, limits: Limits): ContextChoice {
  const whole = ways.whole(size, limits.jobs.alone);
  if (whole.bytes <= limits.memory) return { kind: "whole", ...whole };
  return chooseParts(size, ways, limits, whole);
}

/** What runs where the picture in one piece does not fit, or is not wanted. */
export function chooseParts(
  size: Size,
  ways: Ways,
  limits: Limits,
  whole = ways.whole(size, limits.jobs.alone),
): ContextChoice {
  const { tiles, shared } = ways;
  let least: number | undefined;
  for (const side of tiles === undefined ? [] : sidesOf(size, tiles.tiling)) {
    const tiled = tileCost(size, { tiling: tiles!.tiling, fixed: tiles!.fixed, side }, tiles!.cost, limits.jobs.parts);
    if (tiled === undefined) continue;
    if (tiled.bytes <= limits.memory) {
      const work = tiled.pixels / (size.height * size.width);
      return { kind: "tiles", side, work, bytes: tiled.bytes, seconds: whole.seconds * work };
    }
    least = Math.min(least ?? Number.POSITIVE_INFINITY, tiled.bytes);
  }
  if (shared !== undefined) {
    const needed = shared.least(size);
    // It takes what it may, and computes little twice.
    if (needed <= limits.memory) return { kind: "shared", bytes: limits.memory, seconds: whole.seconds * SHARED_TIME };
    least = Math.min(least ?? Number.POSITIVE_INFINITY, needed);
  }
  return { kind: "none", whole, least };
}

/** Maps are kept and read again between the parts that share β: the time of one piece, so often (measured: bench/global.mjs). */
const SHARED_TIME = 2;

/** Tiles below this compute more around them than in them. */
const SMALLEST_TILE = 32;

/** The sides that divide the longer side of the picture evenly, largest first. */
function sidesOf({ height, width }: Size, { multiple }: GraphTiling): readonly number[] {
  const longest = Math.max(height, width);
  const sides = new Set<number>();
  for (let parts = 2; ; parts++) {
    const side = Math.ceil(Math.ceil(longest / parts) / multiple) * multiple;
    if (side < longest) sides.add(side);
    if (side <= Math.max(SMALLEST_TILE, multiple)) return [...sides];
  }
}

interface TiledCost extends RunCost {
  readonly pixels: number;
}

function tileCost(
  size: Size,
  plan: TilePlan,
  cost: (size: Size, tile: Size, jobs: number) => RunCost,
  jobs: number,
): TiledCost | undefined {
  const tiles = planTiles(size, plan);
  if (tiles === undefined) return undefined;
  const largest = tiles.reduce<Size>(
    (most, { outer }) => (outer.height * outer.width > most.height * most.width ? outer : most),
    tiles[0]!.outer,
  );
  const pixels = tiles.reduce((sum, { outer }) => sum + outer.height * outer.width, 0);
  return { ...cost(size, largest, Math.min(jobs, tiles.length)), pixels };
}
