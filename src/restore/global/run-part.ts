/** A part of a network on the bands of a picture. */
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
  /** Takes the values of a band, in the order of the bands; those of the next band are read before. */
  use(band: PlacedTile, results: ReadonlyMap<string, Tensor>): Promise<void>;
}

export async function runPart({ part, session, bands, inputs, atOnce, signal, use }: PartRun): Promise<void> {
  const { graph } = part;
  const isPassedOn = graph.outputs.some(({ value }) => graph.inputs.some(({ name }) => name === value));
  // A session that runs one at a time is in this thread, or takes copies; what it has read can be filled anew.
  const parallel = Math.min(session?.parallel ?? 1, atOnce);
  const isReused = !isPassedOn && session?.parallel === 1;
  const rings = new Map<string, Float32Array>();
  const run = async (feeds: ReadonlyMap<string, Tensor>): Promise<ReadonlyMap<string, Tensor>> => {
    if (!session) return feeds;
    const results = await session.run(feeds, isPassedOn || isReused ? "kept" : "given");
    return isPassedOn ? new Map([...feeds, ...results]) : results;
  };
  const reads: Promise<unknown>[] = [];
  const runs = new RunsInOrder<{ readonly index: number; readonly results: ReadonlyMap<string, Tensor> }>({
    parallel,
    signal,
    use: async ({ index, results }) => {
      await reads[index + 1];
      await use(bands[index]!, results);
    },
  });
  for (const [index, { outer }] of bands.entries())
    await runs.start(async () => {
      const room = (name: string, numbers: number): Float32Array => {
        // As many as are in flight.
        const key = `${index % (parallel + 1)} ${name}`;
        const known = isReused ? rings.get(key) : undefined;
        if (known && known.length >= numbers) return known.subarray(0, numbers);
        const made = new Float32Array(numbers);
        if (isReused) rings.set(key, made);
        return made;
      };
      const feeds = feedsOf(part, inputs, outer, room);
      reads[index] = feeds.then(ignore, ignore);
      return { index, results: await run(await feeds) };
    });
  await runs.end();
}

/** Gives numbers to fill, which hold anything. */
type Room = (name: string, numbers: number) => Float32Array;

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
  return readMap(scratch, slot, rect, room(name, mapNumbers(slot, rect)));
}

function ignore(): void {}
