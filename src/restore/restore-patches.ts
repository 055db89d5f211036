/**
 * The patch context on pictures of any size: the region runs on bounded batches of patches from the top to the bottom,
 * what is blended is held only for the rows that are not finished, and the rest of the network runs on bands of rows.
 */

import { symbol } from "../ir/dim.js";
import type { Graph } from "../ir/graph.js";
import { inferShapes, withInputShapes } from "../ir/infer.js";
import { isWhole, type PatchGrid, type PlacedPatch, patchGrid } from "../ir/patch-rule.js";
import type { Session, Tensor } from "../sessions/session.js";
import { cutGraph } from "../tiling/cut-graph.js";
import { reachOf } from "../tiling/reach.js";
import { type PatchContext, regionOf } from "../tiling/region.js";
import { betasInside, reportBetas } from "./betas.js";
import { PatchBlend } from "./patch-blend.js";
import { PatchSource } from "./patch-source.js";
import { wholeRestorer } from "./restore-whole.js";
import type { PartedNetwork, Restorer } from "./restorer.js";
import { RunsInOrder, runInOrder } from "./runs-in-order.js";
import { grown, imageTile, innerOf, type Rect, scaled } from "./tiles.js";

/** Patches that run together. */
const BATCH = 16;
/** Pixels of a band. */
const BAND_PIXELS = 2 ** 18;

/** @param bandRows rows of a band; by default as many as hold about a quarter of a million pixels */
export async function patchRestorer(
  network: PartedNetwork,
  context: PatchContext,
  bandRows?: number,
): Promise<Restorer> {
  const { graph, format } = network;
  const parts = partsOf(graph, context);
  let whole: Promise<Restorer> | undefined;
  const [input, output] = [graph.inputs[0]!.name, graph.outputs[0]!.name];
  const openWhole = async (): Promise<Restorer> =>
    wholeRestorer(await network.open(graph, "alone"), { input, output }, format);
  const open = (part: Graph): Promise<Session> | undefined => (part.nodes.length > 0 ? network.open(part) : undefined);
  const [head, region, tail] = await Promise.all([open(parts.head), network.open(parts.region), open(parts.tail)]);
  return {
    async restore(image, emit, options) {
      if (isWhole(context, image.height, image.width)) {
        whole ??= openWhole();
        return (await whole).restore(image, emit, options);
      }
      const { onProgress, signal, onBetas } = options;
      const grid = patchGrid(context, image.height, image.width);
      const rows = Math.min(image.height, bandRows ?? Math.max(grid.rows.patch, Math.ceil(BAND_PIXELS / image.width)));
      const source = new PatchSource({ image, grid, session: head, part: parts.head, reach: parts.headReach, format });
      const placed = inOrder(grid);
      const batches = Array.from({ length: Math.ceil(placed.length / BATCH) }, (_, index) =>
        placed.slice(index * BATCH, (index + 1) * BATCH),
      );
      const spread = Math.max(...batches.map((batch) => batch.at(-1)!.row - batch[0]!.row));
      const blend = new PatchBlend(grid, parts.channels, rows + 2 * parts.tailReach + spread);
      const feed = parts.region.inputs[0]!.name;
      let top = 0;
      const bands = new RunsInOrder<{ readonly band: Rect; readonly around: Rect; readonly values: Tensor }>({
        parallel: tail?.parallel ?? 1,
        signal,
        use: ({ band, around, values }) => {
          const target = scaled(band, parts.scale);
          emit(target, innerOf(values, scaled(around, parts.scale), target));
        },
      });
      const startBand = async (bottom: number): Promise<void> => {
        const band = { top, left: 0, height: bottom - top, width: image.width };
        const around = grown(band, parts.tailReach, image);
        const blended = blend.read(around);
        top = bottom;
        blend.forget(top - parts.tailReach);
        await bands.start(async () => {
          if (tail === undefined) return { band, around, values: blended };
          const feeds = parts.tail.inputs.map(({ name }): readonly [string, Tensor] => [
            name,
            name === context.region.to ? blended : imageTile(image, around, format.range),
          ]);
          return { band, around, values: (await tail.run(new Map(feeds), "given")).get(output)! };
        });
      };
      const run = async (batch: readonly PlacedPatch[]) =>
        region.run(new Map([[feed, await source.patches(batch)]]), "given");
      await runInOrder(batches, run, {
        parallel: region.parallel,
        signal,
        use: async (values, batch, index) => {
          // Rows above the first patch of this batch are finished; the room in memory is for one band more.
          while (batch[0]!.row - parts.tailReach - top >= rows) await startBand(top + rows);
          reportBetas(values, onBetas);
          blend.add(batch, values.get(context.region.to)!);
          // So that bands are seen as soon as they are there, however many could run at a time.
          await bands.handOnDone();
          onProgress?.(index + 1, batches.length);
        },
      });
      while (top < image.height) await startBand(Math.min(image.height, top + rows));
      await bands.end();
      return {
        context: "patch",
        parts: placed.length,
        side: grid.rows.patch,
        cost: (placed.length * grid.rows.patch * grid.columns.patch) / (image.height * image.width),
      };
    },
    async release() {
      await Promise.all([head, region, tail].map((session) => session?.release()));
      await (await whole)?.release();
    },
  };
}

interface PatchParts {
  /** From the picture to what is cut. */
  readonly head: Graph;
  /** From patches to patches. */
  readonly region: Graph;
  /** From the picture and what is blended to the result. */
  readonly tail: Graph;
  readonly headReach: number;
  readonly tailReach: number;
  /** Channels of what is blended. */
  readonly channels: number;
  readonly scale: number;
}

function partsOf(graph: Graph, context: PatchContext): PatchParts {
  regionOf(graph, context);
  const { from, to } = context.region;
  const input = graph.inputs[0]!.name;
  const output = graph.outputs[0]!.value;
  const head = cutGraph(graph, [input], [from]);
  const cut = cutGraph(graph, [from], [to]);
  const region = { ...cut, outputs: [...cut.outputs, ...betasInside(graph, cut)] };
  const tail = named(cutGraph(graph, [input, to], [output]), graph.outputs[0]!.name);
  const [channels] = inferShapes(graph).get(to)!.slice(1) as [number];
  const { scale, pixels } = reachOf(tail).get(output)!;
  const batch = [symbol("patches"), region.inputs[0]!.shape[1]!, context.patch, context.patch];
  return {
    head,
    region: withInputShapes(region, new Map([[from, batch]])),
    tail,
    headReach: Math.ceil(reachOf(head).get(from)!.pixels),
    tailReach: Math.ceil(pixels),
    channels,
    scale,
  };
}

function named(part: Graph, output: string): Graph {
  return { ...part, outputs: part.outputs.map(({ value }) => ({ name: output, value })) };
}

/** From the top to the bottom. */
function inOrder({ patches }: PatchGrid): readonly PlacedPatch[] {
  return patches.toSorted((a, b) => a.row - b.row || a.column - b.column);
}
