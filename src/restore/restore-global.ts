/**
 * One β per layer for all tiles of a picture, so that tiles have no seams. Exact: layer by layer, the mean that a router
 * pools is summed over the tiles before the next layers run. Estimated: the same over some of the tiles.
 */

import type { Graph } from "../ir/graph.js";
import { inferShapes } from "../ir/infer.js";
import { type DenseTensor, dense } from "../ir/ops/dense-tensor.js";
import { route } from "../ir/ops/route.js";
import { macsOf } from "../ir/work.js";
import type { Image } from "../pictures/image.js";
import type { Session, Tensor } from "../sessions/session.js";
import { reachOf } from "../tiling/reach.js";
import { type Stage, type Stages, stagesOf } from "../tiling/stages.js";
import { reportBetas } from "./betas.js";
import type { PartedNetwork, Restorer, RunOptions } from "./restorer.js";
import {
  type FeatureMap,
  grown,
  imageTile,
  innerOf,
  mapTile,
  type Rect,
  type Size,
  scaled,
  tilesOf,
  writeTile,
} from "./tiles.js";

export interface GlobalOptions {
  /** Side of a tile; without one the whole picture is a tile. */
  readonly tile?: number;
  /** Tiles from which β is estimated; all when absent, and β is exact. */
  readonly samples?: number;
  /** Bytes that kept feature maps may take: beyond, layers are computed again for each β. */
  readonly memory?: number;
}

const DEFAULT_MEMORY = 2 ** 30;

interface Beta {
  readonly tensor: Tensor;
  readonly error: number;
}

export function globalRestorer(network: PartedNetwork, options: GlobalOptions): Restorer {
  const { graph } = network;
  const sessions = new Map<Graph, Promise<Session>>();
  const open = (part: Graph): Promise<Session> => {
    const known = sessions.get(part);
    if (known) return known;
    const opened = network.open(part);
    sessions.set(part, opened);
    return opened;
  };
  const keeping = stagesOf(graph, true);
  const again = stagesOf(graph, false);
  return {
    async restore(image, emit, run) {
      const tiles = tilesOf(image, options.tile ?? Math.max(image.height, image.width));
      const sampled = sample(tiles, options.samples);
      const bytes = keeping.channels * image.height * image.width * Float32Array.BYTES_PER_ELEMENT;
      const keep = sampled.length === tiles.length && bytes <= (options.memory ?? DEFAULT_MEMORY);
      const plan = keep ? keeping : again;
      const work = new GlobalRun(network, image, open, run, plan.stages.length * sampled.length + tiles.length);
      for (const stage of plan.stages) {
        await work.beta(stage, sampled);
        // Without what is kept, a session is used once and its memory is needed elsewhere.
        if (!keep) await sessions.get(stage.graph)?.then((session) => session.release());
        if (!keep) sessions.delete(stage.graph);
      }
      const output = graph.outputs[0]!;
      await work.each(plan.last, tiles, (rect, results, reach) => {
        const target = scaled(rect.inner, reach.scale);
        emit(target, innerOf(results.get(output.value)!, scaled(rect.outer, reach.scale), target));
      });
      return {
        context: "global",
        parts: tiles.length,
        side: options.tile ?? Math.max(image.height, image.width),
        cost: costOf(graph, plan, image, sampled, tiles),
        ...(sampled.length < tiles.length ? { betaError: work.largestError } : {}),
      };
    },
    async release() {
      for (const session of sessions.values()) await (await session).release();
    },
  };
}

/** Tiles spread evenly over the picture. */
function sample(tiles: readonly Rect[], count: number | undefined): readonly Rect[] {
  if (count === undefined || count >= tiles.length) return tiles;
  return Array.from({ length: count }, (_, index) => tiles[Math.floor(((index + 0.5) * tiles.length) / count)]!);
}

interface TilePlace {
  readonly inner: Rect;
  /** With what the stage must see around it. */
  readonly outer: Rect;
}

interface StageReach {
  readonly scale: number;
  readonly pixels: number;
}

/** One run over a picture: the β that are known, and the feature maps that are kept. */
class GlobalRun {
  private readonly network: PartedNetwork;
  private readonly image: Image;
  private readonly open: (part: Graph) => Promise<Session>;
  private readonly options: RunOptions;
  private readonly total: number;
  private readonly betas = new Map<string, Beta>();
  private readonly maps = new Map<string, FeatureMap>();
  private done = 0;

  constructor(
    network: PartedNetwork,
    image: Image,
    open: (part: Graph) => Promise<Session>,
    options: RunOptions,
    total: number,
  ) {
    this.network = network;
    this.image = image;
    this.open = open;
    this.options = options;
    this.total = total;
  }

  get largestError(): number {
    return Math.max(0, ...[...this.betas.values()].map(({ error }) => error));
  }

  /** Computes what a router pools over tiles, and its β, and keeps what the next stages need. */
  async beta({ graph, router, kept }: Stage, tiles: readonly Rect[]): Promise<void> {
    const pooled = router.inputs[0]!;
    const [, channels] = inferShapes(this.network.graph).get(pooled)! as readonly [unknown, number];
    const made = kept.filter((name) => !this.maps.has(name) && name !== this.network.graph.inputs[0]!.name);
    const fresh = new Map<string, FeatureMap>();
    const means: Float64Array[] = [];
    const areas: number[] = [];
    await this.each(graph, tiles, (place, results, reach) => {
      const inner = (name: string, scale: number): Tensor => {
        const outer = scaled(place.outer, scale);
        return innerOf(results.get(name)!, outer, scaled(place.inner, scale));
      };
      means.push(channelMeans(inner(pooled, reach.scale), channels));
      areas.push(place.inner.height * place.inner.width);
      for (const name of made) {
        const scale = reach.scaleOf(name);
        const map = fresh.get(name) ?? this.newMap(name, scale);
        fresh.set(name, map);
        writeTile(map, scaled(place.inner, scale), inner(name, scale));
      }
    });
    for (const [name, map] of fresh) this.maps.set(name, map);
    for (const name of this.maps.keys()) if (!kept.includes(name)) this.maps.delete(name);
    const beta = await this.evaluate(router, means, areas);
    this.betas.set(router.name, beta);
    const shown = this.network.graph.outputs.filter(({ value }) => value === router.name);
    reportBetas(new Map(shown.map(({ name }) => [name, beta.tensor])), this.options.onBetas);
  }

  /** Runs a stage on tiles, each with what it must see around it. */
  async each(
    graph: Graph,
    tiles: readonly Rect[],
    use: (
      place: TilePlace,
      results: ReadonlyMap<string, Tensor>,
      reach: StageReach & { scaleOf(name: string): number },
    ) => void,
  ): Promise<void> {
    const picture = this.network.graph.inputs[0]!.name;
    const reaches = reachOf(graph, new Map([...this.maps].map(([name, { scale }]) => [name, scale])));
    const scaleOf = (name: string): number => reaches.get(name)!.scale;
    const pixels = Math.ceil(Math.max(...graph.outputs.map(({ value }) => reaches.get(value)!.pixels)));
    const reach = { scale: scaleOf(graph.outputs[0]!.value), pixels, scaleOf };
    const session = graph.nodes.length > 0 ? await this.open(graph) : undefined;
    for (const inner of tiles) {
      this.options.signal?.throwIfAborted();
      const outer = grown(inner, pixels, this.image);
      const feeds = new Map(
        graph.inputs.map(({ name }): readonly [string, Tensor] => {
          const beta = this.betas.get(name);
          const map = this.maps.get(name);
          if (beta) return [name, beta.tensor];
          if (map) return [name, mapTile(map, scaled(outer, map.scale))];
          if (name === picture) return [name, imageTile(this.image, outer, this.network.format.range)];
          throw new RangeError(`the stage reads "${name}", which is not kept`);
        }),
      );
      const results = session ? await session.run(feeds) : feeds;
      use({ inner, outer }, new Map([...feeds, ...results]), reach);
      this.options.onProgress?.(++this.done, this.total);
    }
  }

  private newMap(name: string, scale: number): FeatureMap {
    const [, channels] = inferShapes(this.network.graph).get(name)! as readonly [unknown, number];
    const [height, width] = [this.image.height * scale, this.image.width * scale];
    return { data: new Float32Array(channels * height * width), channels, height, width, scale };
  }

  private async evaluate(
    router: Stage["router"],
    means: readonly Float64Array[],
    areas: readonly number[],
  ): Promise<Beta> {
    const tensors: DenseTensor[] = [];
    for (const name of router.inputs.slice(1)) {
      const constant = this.network.graph.constants.get(name)!;
      tensors.push(dense(constant.shape, await constant.read()));
    }
    const betaOf = (mean: Float64Array): DenseTensor =>
      route.evaluate(router.attributes, [dense([1, mean.length], mean), ...tensors]);
    const area = areas.reduce((sum, value) => sum + value, 0);
    const mean = means[0]!.map((_, channel) =>
      means.reduce((sum, each, tile) => sum + (each[channel]! * areas[tile]!) / area, 0),
    );
    const beta = betaOf(mean);
    const error = standardError(means.map((each) => betaOf(each).data));
    return { tensor: { shape: beta.shape, data: Float32Array.from(beta.data) }, error };
  }
}

function channelMeans({ data }: Tensor, channels: number): Float64Array {
  const size = data.length / channels;
  return Float64Array.from({ length: channels }, (_, channel) => {
    let sum = 0;
    for (let i = channel * size; i < (channel + 1) * size; i++) sum += data[i]!;
    return sum / size;
  });
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

/** Multiply-accumulates of all stages with what they compute twice, as a multiple of those of one run. */
function costOf(
  graph: Graph,
  { stages, last }: Stages,
  size: Size,
  sampled: readonly Rect[],
  tiles: readonly Rect[],
): number {
  const scales = new Map<string, number>();
  const over = (part: Graph, rects: readonly Rect[]): number => {
    const reaches = reachOf(part, scales);
    const pixels = Math.ceil(Math.max(...part.outputs.map(({ value }) => reaches.get(value)!.pixels)));
    for (const { value } of part.outputs) scales.set(value, reaches.get(value)!.scale);
    return rects.reduce((sum, rect) => sum + macs(part, grown(rect, pixels, size), scales), 0);
  };
  const all = [...stages.map((stage) => over(stage.graph, sampled)), over(last, tiles)];
  return all.reduce((sum, each) => sum + each, 0) / macs(graph, size, scales);
}

function macs(part: Graph, { height, width }: Size, scales: ReadonlyMap<string, number>): number {
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
