/**
 * One β per layer for all tiles of a picture, estimated from some of them: each β is the mean over samples that are
 * computed again from the picture for the next.
 */
import { SmxcError } from "../base/diagnostics.js";
import type { Graph } from "../ir/graph.js";
import type { DenseTensor } from "../ir/ops/dense-tensor.js";
import type { Image } from "../pictures/image.js";
import type { Session, Tensor } from "../sessions/session.js";
import { stagesOf } from "../tiling/stages.js";
import { reportBetas } from "./betas.js";
import { tooLittleMemory } from "./errors.js";
import { type Part, partsOf } from "./global/parts.js";
import { macsAt, runBytes } from "./global/plan.js";
import { asTensor, betaOf, ChannelSums } from "./global/router-beta.js";
import { runPart } from "./global/run-part.js";
import { memoryScratch } from "./global/scratch.js";
import { heldBytes } from "./held-bytes.js";
import type { PartedNetwork, Restorer } from "./restorer.js";
import { openTiles, type PlacedTile } from "./tile-plan.js";
import { innerOf, type Size, scaled } from "./tiles.js";

export interface SampledOptions {
  /** Tiles from which β is estimated. */
  readonly samples: number;
  /** Side of a tile; by default as large as memory allows, up to 256. */
  readonly tile?: number;
  /** Bytes that a run may take, with the picture and its result. */
  readonly memory: number;
}

/** Sides of tiles, from the one where what tiles compute twice is little. */
const SIDES = [256, 192, 128, 96, 64, 48, 32];

export function sampledRestorer(network: PartedNetwork, options: SampledOptions): Restorer {
  const { graph, format } = network;
  let parts: readonly Part[] | undefined;
  return {
    async restore(image, emit, { onProgress, signal, onBetas }) {
      parts ??= partsOf(graph, stagesOf(graph, false));
      const side = options.tile ?? sideWithin(parts, image, options.memory, heldBytes(image, format.scale));
      const count = tilesFor(parts[0]!, image, side).length;
      const picked = sample(count, options.samples);
      const total = (parts.length - 1) * picked.length + count;
      const betas = new Map<string, Tensor>();
      let done = 0;
      let work = 0;
      let largestError = 0;
      for (const part of parts) {
        const isLast = part === parts.at(-1);
        const tiles = tilesFor(part, image, side);
        const bands = isLast ? tiles : picked.map((index) => tiles[index]!);
        const means = new Map(part.routers.map(({ inputs }) => [inputs[0]!, [] as ChannelSums[]]));
        const { scales } = part.tiling;
        const session: Session | undefined = part.graph.nodes.length > 0 ? await network.open(part.graph) : undefined;
        const memory = options.memory - heldBytes(image, format.scale);
        try {
          await runPart({
            part,
            session,
            bands,
            inputs: {
              image,
              range: format.range,
              picture: graph.inputs[0]!.name,
              betas,
              maps: new Map(),
              scratch: memoryScratch(0),
            },
            atOnce: Math.max(1, Math.floor(memory / runBytes({ part, bands }))),
            signal,
            isKept: isLast,
            use: async ({ inner, outer }, results) => {
              const at = (value: string) =>
                [scaled(outer, scales.get(value)!), scaled(inner, scales.get(value)!)] as const;
              for (const [name, found] of means) {
                const sums = new ChannelSums();
                sums.add(results.get(name)!, ...at(name));
                found.push(sums);
              }
              if (isLast) {
                const { value, name } = part.graph.outputs[0]!;
                const [seen, target] = at(value);
                emit(target, innerOf(results.get(name)!, seen, target));
              }
              onProgress?.(++done, total);
            },
          });
        } finally {
          await session?.release();
        }
        work += bands.reduce((sum, { outer }) => sum + macsAt(part.graph, outer, scales), 0);
        for (const router of part.routers) {
          const estimate = await estimated(graph, router, means.get(router.inputs[0]!)!);
          betas.set(router.name, asTensor(estimate.beta));
          largestError = Math.max(largestError, estimate.error);
          const shown = graph.outputs.filter(({ value }) => value === router.name);
          reportBetas(new Map(shown.map(({ name }) => [name, betas.get(router.name)!])), onBetas);
        }
      }
      return {
        context: "global",
        parts: count,
        side,
        cost: work / macsAt(graph, image, new Map()),
        ...(picked.length < count ? { betaError: largestError } : {}),
      };
    },
    release: async () => {},
  };
}

function tilesFor({ tiling }: Part, size: Size, side: number): readonly PlacedTile[] {
  return openTiles(size, tiling, { height: side, width: side });
}

/** @throws SmxcError `run/memory` where not even the smallest tile fits */
function sideWithin(parts: readonly Part[], image: Image, memory: number, held: number): number {
  const bytes = (side: number): number =>
    held + Math.max(...parts.map((part) => runBytes({ part, bands: tilesFor(part, image, side) })));
  const found = SIDES.find((side) => bytes(side) <= memory);
  if (found === undefined) throw new SmxcError([tooLittleMemory(image, memory, bytes(SIDES.at(-1)!))]);
  return found;
}

/** Numbers of tiles spread evenly over the picture. */
function sample(tiles: number, count: number): readonly number[] {
  if (count >= tiles) return Array.from({ length: tiles }, (_, index) => index);
  return Array.from({ length: count }, (_, index) => Math.floor(((index + 0.5) * tiles) / count));
}

interface Estimate {
  readonly beta: DenseTensor;
  /** The largest standard error of an element. */
  readonly error: number;
}

async function estimated(
  graph: Graph,
  router: Part["routers"][number],
  tiles: readonly ChannelSums[],
): Promise<Estimate> {
  const all = new ChannelSums();
  for (const each of tiles) all.join(each);
  const of = await betaOf(graph, router);
  return { beta: of(all.mean()), error: standardError(tiles.map((each) => of(each.mean()).data)) };
}

/** The largest, over the elements, of the standard error of a mean of samples. */
function standardError(samples: readonly Float64Array[]): number {
  const count = samples.length;
  if (count < 2) return Number.POSITIVE_INFINITY;
  const errors = samples[0]!.map((_, element) => {
    const values = samples.map((each) => each[element]!);
    const mean = values.reduce((sum, value) => sum + value, 0) / count;
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (count - 1);
    return Math.sqrt(variance / count);
  });
  return Math.max(...errors);
}
