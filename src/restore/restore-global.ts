/**
 * One β per layer for all of a picture, part after part: the mean that a router pools is summed over all bands before the
 * next layers run, and what those read of the layers before is kept, in memory or in a file.
 */
import type { Image } from "../pictures/image.js";
import type { Session, Tensor } from "../sessions/session.js";
import { reportBetas } from "./betas.js";
import { writeMap } from "./global/maps.js";
import { type GlobalParts, type GlobalPlan, globalParts, planGlobal, runsAtOnce } from "./global/plan.js";
import { asTensor, betaOf, ChannelSums } from "./global/router-beta.js";
import { runPart } from "./global/run-part.js";
import { joinedScratch, memoryScratch, type OpenScratch, type Scratch } from "./global/scratch.js";
import type { PlacedPart } from "./global/slots.js";
import { heldBytes } from "./held-bytes.js";
import { sampledRestorer } from "./restore-sampled.js";
import type { Emit, PartedNetwork, Restorer, RunOptions } from "./restorer.js";
import { innerOf, scaled } from "./tiles.js";

export interface GlobalOptions {
  /** Side of a tile; without one, bands of rows as they fit. */
  readonly tile?: number;
  /** Tiles from which β is estimated; all when absent, and β is exact. */
  readonly samples?: number;
  /** Bytes that a run may take, with the picture and its result; 1 GiB when absent. */
  readonly memory?: number;
  /** Where maps lie that do not fit into memory; absent: nowhere. */
  readonly openScratch?: OpenScratch;
}

export const DEFAULT_MEMORY = 2 ** 30;

/** @throws SmxcError, when it restores, `context/not-local`; `run/memory` where the budget is too small */
export function globalRestorer(network: PartedNetwork, options: GlobalOptions): Restorer {
  const { tile, samples, memory = DEFAULT_MEMORY, openScratch } = options;
  if (samples !== undefined)
    return sampledRestorer(network, { samples, memory, ...(tile === undefined ? {} : { tile }) });
  let parts: GlobalParts | undefined;
  let whole: Promise<Session> | undefined;
  return {
    async restore(image, emit, run) {
      parts ??= globalParts(network.graph);
      const plan = planGlobal(parts, image, {
        memory,
        held: heldBytes(image, network.format.scale),
        hasScratch: openScratch !== undefined,
        ...(tile === undefined ? {} : { tile }),
      });
      const isWhole = plan.parts[0]!.part === parts.whole;
      if (isWhole) whole ??= network.open(network.graph);
      const scratch = await openRoom(plan, openScratch);
      try {
        await new GlobalRun(network, image, plan, scratch, run).restore(emit, isWhole ? await whole : undefined);
      } finally {
        await scratch.close();
      }
      const most = Math.max(...plan.parts.map(({ bands }) => bands.length));
      return { context: "global", parts: most, ...(tile === undefined ? {} : { side: tile }), cost: plan.work };
    },
    async release() {
      await (await whole)?.release();
    },
  };
}

async function openRoom(plan: GlobalPlan, openScratch: OpenScratch | undefined): Promise<Scratch> {
  const inMemory = memoryScratch(plan.inMemory);
  const others = plan.slots.numbers - plan.inMemory;
  return openScratch && others > 0 ? joinedScratch(inMemory, plan.inMemory, await openScratch(others)) : inMemory;
}

/** One run over a picture: the β that are known, and the room in which maps are kept. */
class GlobalRun {
  private readonly network: PartedNetwork;
  private readonly image: Image;
  private readonly plan: GlobalPlan;
  private readonly scratch: Scratch;
  private readonly options: RunOptions;
  private readonly betas = new Map<string, Tensor>();
  private readonly total: number;
  private done = 0;

  constructor(network: PartedNetwork, image: Image, plan: GlobalPlan, scratch: Scratch, options: RunOptions) {
    this.network = network;
    this.image = image;
    this.plan = plan;
    this.scratch = scratch;
    this.options = options;
    this.total = plan.parts.reduce((sum, { bands }) => sum + bands.length, 0);
  }

  /** @param whole a session of the whole network, which is then the only part, and stays open */
  async restore(emit: Emit, whole: Session | undefined): Promise<void> {
    for (const [index, placed] of this.plan.parts.entries()) {
      const { graph } = placed.part;
      this.options.signal?.throwIfAborted();
      const session = whole ?? (graph.nodes.length > 0 ? await this.network.openStage(graph) : undefined);
      try {
        await this.run(index, placed, session, emit);
      } finally {
        // The memory of a part that is done is needed by the next.
        if (session !== whole) await session?.release();
      }
    }
  }

  private async run(index: number, placed: PlacedPart, session: Session | undefined, emit: Emit): Promise<void> {
    const { network, image, plan, scratch, options } = this;
    const { part, bands } = placed;
    const { scales } = part.tiling;
    const { reads, writes } = plan.slots.parts[index]!;
    const sums = new Map(part.routers.map(({ inputs }) => [inputs[0]!, new ChannelSums()]));
    const output = index === plan.parts.length - 1 ? part.graph.outputs[0] : undefined;
    await runPart({
      part,
      session,
      bands,
      inputs: {
        image,
        range: network.format.range,
        picture: network.graph.inputs[0]!.name,
        betas: this.betas,
        maps: reads,
        scratch,
      },
      atOnce: runsAtOnce(placed, plan),
      signal: options.signal,
      isKept: output !== undefined,
      use: async ({ inner, outer }, results) => {
        const at = (value: string) => [scaled(outer, scales.get(value)!), scaled(inner, scales.get(value)!)] as const;
        for (const [name, sum] of sums) sum.add(results.get(name)!, ...at(name));
        for (const [name, slot] of writes) await writeMap(scratch, slot, results.get(name)!, ...at(name));
        if (output) {
          const [seen, target] = at(output.value);
          reportBetas(results, options.onBetas);
          emit(target, innerOf(results.get(output.name)!, seen, target));
        }
        options.onProgress?.(++this.done, this.total);
      },
    });
    for (const router of part.routers) {
      const beta = asTensor((await betaOf(network.graph, router))(sums.get(router.inputs[0]!)!.mean()));
      this.betas.set(router.name, beta);
      const shown = network.graph.outputs.filter(({ value }) => value === router.name);
      reportBetas(new Map(shown.map(({ name }) => [name, beta])), options.onBetas);
    }
  }
}
