/** What a run in parts will do with a picture of some size, and what it takes. */
import { SmxcError } from "../../base/diagnostics.js";
import type { Graph } from "../../ir/graph.js";
import { macsOf } from "../../ir/work.js";
import { tooLittleMemory } from "../errors.js";
import { openTiles, type PlacedTile } from "../tile-plan.js";
import type { Size } from "../tiles.js";
import { leastPixels, planBands } from "./band-plan.js";
import { type Part, partsOf, wholePart } from "./parts.js";
import { type PlacedPart, placeMaps, type Slots } from "./slots.js";

export interface GlobalPlanOptions {
  /** Bytes that the run may take, with what others hold meanwhile. */
  readonly memory: number;
  /** Bytes that others hold meanwhile: the picture and its result. */
  readonly held: number;
  /** Whether maps may lie in a file. */
  readonly hasScratch: boolean;
  /** Side of a tile, in place of bands that fit. */
  readonly tile?: number;
}

/** What a run takes. */
export interface GlobalCost {
  /** Bytes of memory at most, those of `held` among them. */
  readonly memory: number;
  /** Bytes of the file that maps lie in. */
  readonly scratch: number;
  /** Multiply-accumulates with what is computed twice, as a multiple of those of the whole picture in one piece. */
  readonly work: number;
}

export interface GlobalPlan extends GlobalCost {
  readonly parts: readonly PlacedPart[];
  readonly slots: Slots;
  /** Numbers of the room that lie in memory; the others in the file. */
  readonly inMemory: number;
  /** Bytes that the runs of a part may take together. */
  readonly forRuns: number;
}

/** A network, taken apart once for pictures of all sizes. */
export interface GlobalParts {
  readonly graph: Graph;
  readonly whole: Part;
  readonly parts: readonly Part[];
}

const BYTES = Float32Array.BYTES_PER_ELEMENT;

/** @throws SmxcError `context/not-local` naming each layer that needs more than a part of the picture */
export function globalParts(graph: Graph): GlobalParts {
  const parts = partsOf(graph);
  return { graph, whole: wholePart(graph, parts), parts };
}

/**
 * What a run of a network over a picture takes, with one β per layer for all of it.
 *
 * @throws SmxcError `context/not-local`; `run/memory` with what would do
 */
export function globalCost(graph: Graph, size: Size, options: GlobalPlanOptions): GlobalCost {
  const { memory, scratch, work } = planGlobal(globalParts(graph), size, options);
  return { memory, scratch, work };
}

/** @throws SmxcError `run/memory` with what would do */
export function planGlobal(network: GlobalParts, size: Size, options: GlobalPlanOptions): GlobalPlan {
  const { memory, held, hasScratch, tile } = options;
  const available = memory - held;
  const planned = (parts: readonly PlacedPart[]): GlobalPlan | undefined => {
    const slots = placeMaps(size, parts);
    const forRuns = Math.max(...parts.map(runBytes));
    const wanted = slots.numbers * BYTES;
    const inMemory = hasScratch ? Math.max(0, Math.min(wanted, available - forRuns)) : wanted;
    if (forRuns + inMemory > available) return undefined;
    return {
      parts,
      slots,
      inMemory: Math.floor(inMemory / BYTES),
      forRuns: available - inMemory,
      memory: held + forRuns + inMemory,
      scratch: wanted - inMemory,
      work: workOf(network.graph, parts, size),
    };
  };
  if (tile !== undefined) {
    const side = { height: tile, width: tile };
    const found = planned(network.parts.map((part) => ({ part, bands: openTiles(size, part.tiling, side) })));
    if (found) return found;
  } else {
    const whole = planned([{ part: network.whole, bands: openTiles(size, network.whole.tiling, size) }]);
    if (whole) return whole;
    const within = (bytes: number): GlobalPlan | undefined => {
      const parts = inBands(network.parts, size, bytes);
      return parts && planned(parts);
    };
    const roomy = within(available);
    if (roomy?.scratch === 0) return roomy;
    // Runs of half the size leave the other half to the maps; without a file the maps come first.
    const found = within(hasScratch ? available / 2 : available - mapBytes(network.parts, size)) ?? roomy;
    if (found) return found;
  }
  throw new SmxcError([tooLittleMemory(size, memory, leastMemory(network.parts, size, options))]);
}

/** Runs of a part that may be under way at a time. */
export function runsAtOnce(placed: PlacedPart, { forRuns }: GlobalPlan): number {
  return Math.max(1, Math.floor(forRuns / runBytes(placed)));
}

function inBands(parts: readonly Part[], size: Size, bytes: number): readonly PlacedPart[] | undefined {
  const hasMaps = parts.length > 1;
  const placed = parts.map((part) => {
    const { tiling, memory } = part;
    return { part, bands: planBands({ size, tiling, hasMaps }, (bytes - memory.constant) / memory.perPixel) };
  });
  return placed.every(hasBands) ? placed : undefined;
}

function hasBands<T extends { readonly bands: readonly PlacedTile[] | undefined }>(
  placed: T,
): placed is T & { readonly bands: readonly PlacedTile[] } {
  return placed.bands !== undefined;
}

/** Bytes that a run of a part takes. */
export function runBytes({ part: { memory }, bands }: PlacedPart): number {
  return memory.constant + memory.perPixel * Math.max(...bands.map(({ outer }) => outer.height * outer.width));
}

function smallestBands(parts: readonly Part[], size: Size): readonly PlacedPart[] {
  return parts.map((part) => {
    const cutting = { size, tiling: part.tiling, hasMaps: parts.length > 1 };
    return { part, bands: planBands(cutting, leastPixels(cutting))! };
  });
}

function mapBytes(parts: readonly Part[], size: Size): number {
  return placeMaps(size, smallestBands(parts, size)).numbers * BYTES;
}

function leastMemory(parts: readonly Part[], size: Size, { held, hasScratch }: GlobalPlanOptions): number {
  const runs = Math.max(...smallestBands(parts, size).map(runBytes));
  return held + runs + (hasScratch ? 0 : mapBytes(parts, size));
}

function workOf(graph: Graph, parts: readonly PlacedPart[], size: Size): number {
  const whole = new Map([[graph.inputs[0]!.name, 1]]);
  const done = parts.map(({ part, bands }) => {
    const alike = new Map<string, { readonly outer: Size; count: number }>();
    for (const { outer } of bands) {
      const key = `${outer.height}x${outer.width}`;
      const known = alike.get(key);
      if (known) known.count++;
      else alike.set(key, { outer, count: 1 });
    }
    return [...alike.values()].reduce(
      (sum, { outer, count }) => sum + count * macsAt(part.graph, outer, part.tiling.scales),
      0,
    );
  });
  return done.reduce((sum, each) => sum + each, 0) / macsAt(graph, size, whole);
}

/** Multiply-accumulates of a part that sees so many pixels of the picture. */
export function macsAt(part: Graph, { height, width }: Size, scales: ReadonlyMap<string, number>): number {
  return macsOf(
    part,
    new Map(
      part.inputs.map(({ name, shape }) => {
        const scale = scales.get(name) ?? 1;
        return [
          name,
          shape.length === 4
            ? [1, shape[1] as number, height * scale, width * scale]
            : shape.map((dim) => (typeof dim === "number" ? dim : 1)),
        ];
      }),
    ),
  );
}
