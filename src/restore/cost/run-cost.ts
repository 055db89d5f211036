/** What restoring a picture takes beside the graph's own values: sessions, the picture, and its result. */
import type { SchemaRegistry } from "../../onnx/schemas/registry.js";
import type { Size } from "../tiles.js";
import type { RunCost } from "./context-choice.js";
import { type CostedGraph, type GraphCost, graphCost } from "./graph-cost.js";

export interface CostSetting {
  readonly scale: number;
  /** Where it runs. */
  readonly target: string;
  /** Threads inside a run. */
  readonly threads: number;
}

export interface RunCosts {
  /** A picture in one piece, several of them at a time. */
  whole(size: Size, jobs: number): RunCost;
  /** A picture in tiles, of which the largest counts, several of them at a time. */
  tiles(size: Size, tile: Size, jobs: number): RunCost;
  /** The picture and its result alone. */
  picture(size: Size): number;
}

/** Where graphs run in WebAssembly, all of a session's memory is in 32-bit addresses. */
const MOST_WASM = 2 ** 32 - 2 ** 28;
/** A session that runs over and over, on tiles of several sizes, leaves gaps in its memory (measured). */
const TURNS = 1.25;

export async function runCosts(
  graph: CostedGraph,
  setting: CostSetting,
  schemas: () => Promise<SchemaRegistry>,
): Promise<RunCosts> {
  return costsOf(graphCost(graph, await schemas()), graph.channels, setting);
}

export function costsOf(graph: GraphCost, channels: number, { scale, target, threads }: CostSetting): RunCosts {
  const picture = ({ height, width }: Size): number => height * width * channels * (SOURCE + RESULT * scale ** 2);
  const session = (pixels: number): number => {
    const values = target === "cpu" ? graph.bytes(pixels) : graph.liveBytes(pixels) * GAPS;
    const heap = graph.opened + values + pixels * channels * FLOAT * (1 + scale ** 2);
    if (target === "wasm" && heap > MOST_WASM) return Number.POSITIVE_INFINITY;
    return heap;
  };
  const seconds = ({ height, width }: Size): number =>
    (height * width * (graph.macs * SECONDS_PER_MAC + graph.moved * SECONDS_PER_BYTE)) / speedUp(threads);
  return {
    picture,
    whole: (size, jobs) => ({
      bytes: jobs * (picture(size) + session(size.height * size.width)),
      seconds: seconds(size),
    }),
    tiles: (size, tile, jobs) => ({
      bytes: picture(size) + jobs * session(tile.height * tile.width) * TURNS,
      seconds: seconds(size),
    }),
  };
}

/** Bytes of a sample of a network's input and output. */
const FLOAT = 4;
/** Bytes of a sample of the picture as it was read and in the network's colours. */
const SOURCE = 2;
/** Bytes of a sample of the result, and of what is encoded of it. */
const RESULT = 1.5;
/** Where memory is given back at once, what is free lies in pieces. */
const GAPS = 1.2;

/** On one core of a server of 2023, over convolutional networks of 10 to 70 layers; machines differ by some times. */
const SECONDS_PER_MAC = 1.3e-11;
const SECONDS_PER_BYTE = 2.2e-10;
/** What each further thread of a run brings. */
const PER_THREAD = 0.6;

function speedUp(threads: number): number {
  return 1 + (threads - 1) * PER_THREAD;
}
