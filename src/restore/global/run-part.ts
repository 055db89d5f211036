/** A part of a network on the bands of a picture. */
import { freeMemory } from "../../base/bytes/free-memory.js";
import type { Image, ValueRange } from "../../pictures/image.js";
import type { Session, Tensor } from "../../sessions/session.js";
import { RunsInOrder } from "../runs-in-order.js";
import type { PlacedTile } from "../tile-plan.js";
import { imageTile, type Rect, scaled } from "../tiles.js";
import { mapNumbers, readMap, type Slot } from "./maps.js";
import type { Part } from "./parts.js";
import type { Scratch } from "./scratch.js";

/** What the inputs of a part are. */
export interface PartInputs {
  readonly image: Image;
  readonly range: ValueRange;
  /** The network's name of the picture. */
  readonly picture: string;
  readonly betas: ReadonlyMap<string, Tensor>;
  readonly maps: ReadonlyMap<string, Slot>;
  readonly scratch: Scratch;
}

export interface PartRun {
  readonly part: Pick<Part, "graph" | "tiling">;
  /** Absent for a part without a node. */
  readonly session: Session | undefined;
  readonly bands: readonly PlacedTile[];
  readonly inputs: PartInputs;
  /** Runs that memory has room for at a time. */
  readonly atOnce: number;
  readonly signal: AbortSignal | undefined;
  /** Whether `use` keeps what it takes. */
  readonly isKept: boolean;
  /** Takes the values of a band, in the order of the bands; those of the next band are read before. */
  use(band: PlacedTile, results: ReadonlyMap<string, Tensor>): Promise<void>;
}

export async function runPart({ part, session, bands, inputs, atOnce, signal, isKept, use }: PartRun): Promise<void> {
  const { graph } = part;
  const isPassedOn = graph.outputs.some(({ value }) => graph.inputs.some(({ name }) => name === value));
  const arrays = new UsedArrays();
  const run = async (feeds: ReadonlyMap<string, Tensor>): Promise<Ran> => {
    if (!session) return { feeds, results: new Map() };
    let back = feeds;
    const results = await session.run(feeds, (lent) => {
      back = lent;
    });
    if (isPassedOn) return { feeds: back, results };
    arrays.put(back);
    return { feeds: new Map(), results };
  };
  const reads: Promise<unknown>[] = [];
  const runs = new RunsInOrder<Ran & { readonly index: number }>({
    parallel: Math.min(session?.parallel ?? 1, atOnce),
    signal,
    use: async ({ index, feeds, results }) => {
      await reads[index + 1];
      await use(bands[index]!, new Map([...feeds, ...results]));
      if (isKept) return;
      arrays.put(feeds);
      freeMemory([...results.values()].map(({ data }) => data.buffer as ArrayBuffer));
    },
  });
  for (const [index, { outer }] of bands.entries())
    await runs.start(async () => {
      const feeds = feedsOf(part, inputs, outer, (numbers) => arrays.take(numbers));
      reads[index] = feeds.then(ignore, ignore);
      return { index, ...(await run(await feeds)) };
    });
  await runs.end();
}

/** What a run leaves: its results, and those of its feeds that are results too. */
interface Ran {
  readonly feeds: ReadonlyMap<string, Tensor>;
  readonly results: ReadonlyMap<string, Tensor>;
}

/** Arrays that feeds lay in, for others of their length: new memory costs as much as what is done with it. */
class UsedArrays {
  private readonly free = new Map<number, Float32Array[]>();

  take(numbers: number): Float32Array {
    return this.free.get(numbers)?.pop() ?? new Float32Array(numbers);
  }

  put(tensors: ReadonlyMap<string, Tensor>): void {
    for (const { data } of tensors.values()) {
      const alike = this.free.get(data.length);
      if (alike) alike.push(data);
      else this.free.set(data.length, [data]);
    }
  }
}

/** Gives numbers to fill, which hold anything. */
type Room = (numbers: number) => Float32Array;

async function feedsOf(
  { graph }: PartRun["part"],
  inputs: PartInputs,
  outer: Rect,
  room: Room,
): Promise<Map<string, Tensor>> {
  const feeds = new Map<string, Tensor>();
  for (const { name } of graph.inputs) feeds.set(name, await feedOf(name, inputs, outer, room));
  return feeds;
}

async function feedOf(name: string, inputs: PartInputs, outer: Rect, room: Room): Promise<Tensor> {
  const { image, range, picture, betas, maps, scratch } = inputs;
  if (name === picture) return imageTile(image, outer, range);
  const beta = betas.get(name);
  // A copy, since a run may take its feeds away.
  if (beta) return { shape: beta.shape, data: beta.data.slice() };
  const slot = maps.get(name);
  if (slot === undefined) throw new RangeError(`a part reads "${name}", which is not kept`);
  const rect = scaled(outer, slot.height / image.height);
  return readMap(scratch, slot, rect, room(mapNumbers(slot, rect)));
}

function ignore(): void {}
