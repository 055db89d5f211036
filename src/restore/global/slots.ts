/** Where the maps of a run lie in one room: what is read no more makes place for what comes. */
import type { PlacedTile } from "../tile-plan.js";
import type { Size } from "../tiles.js";
import type { Slot } from "./maps.js";
import type { KeptMap, Part } from "./parts.js";

export interface PlacedPart {
  readonly part: Part;
  readonly bands: readonly PlacedTile[];
}

export interface Slots {
  /** For each part, the places of the maps that it reads and of those that it writes. */
  readonly parts: readonly { readonly reads: ReadonlyMap<string, Slot>; readonly writes: ReadonlyMap<string, Slot> }[];
  /** Numbers in the room. */
  readonly numbers: number;
}

export function placeMaps(size: Size, parts: readonly PlacedPart[]): Slots {
  const free: Slot[] = [];
  let numbers = 0;
  let held = new Map<string, Slot>();
  const taken = (wanted: Omit<Slot, "at">): Slot => {
    const found = free.findIndex((slot) => room(slot) === room(wanted));
    if (found >= 0) return { ...wanted, at: free.splice(found, 1)[0]!.at };
    const slot = { ...wanted, at: numbers };
    numbers += room(slot);
    return slot;
  };
  const placed = parts.map((each) => {
    const { makes, kept } = each.part;
    const reads = held;
    const ending = new Map([...held].filter(([name]) => !kept.includes(name)));
    const writes = new Map<string, Slot>();
    for (const map of makes) {
      const wanted = shapeOf(map, size);
      const over = canOverwrite(each) ? [...ending].find(([, slot]) => isAlike(slot, wanted)) : undefined;
      if (over) ending.delete(over[0]);
      writes.set(map.name, over ? over[1] : taken(wanted));
    }
    held = new Map([...[...held].filter(([name]) => kept.includes(name)), ...writes]);
    free.push(...ending.values());
    return { reads, writes };
  });
  return { parts: placed, numbers };
}

/**
 * Whether a result may be written over the rows that it was made of. A band is written when the next one is read; what
 * that one's successors see must begin below.
 */
function canOverwrite({ part: { tiling }, bands }: PlacedPart): boolean {
  const { reach, multiple } = tiling;
  const around = Math.ceil(reach / multiple) * multiple;
  return bands.every(
    ({ inner }, index) => inner.width === bands[0]!.inner.width && inner.left === 0 && isHigh(index, inner.height),
  );
  function isHigh(index: number, height: number): boolean {
    return index === bands.length - 1 || height >= around;
  }
}

function shapeOf({ channels, scale }: KeptMap, { height, width }: Size): Omit<Slot, "at"> {
  return { channels, height: height * scale, width: width * scale };
}

function room({ channels, height, width }: Omit<Slot, "at">): number {
  return channels * height * width;
}

function isAlike(a: Omit<Slot, "at">, b: Omit<Slot, "at">): boolean {
  return a.channels === b.channels && a.height === b.height && a.width === b.width;
}
