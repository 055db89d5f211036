/** What of a network runs part after part, whatever the picture's size. */
import type { Graph } from "../../ir/graph.js";
import { inferShapes } from "../../ir/infer.js";
import { type PartTiling, partTilingOf } from "../../tiling/reach.js";
import { type RouteNode, type Stages, stagesOf } from "../../tiling/stages.js";
import { type PartMemory, partMemory } from "./part-memory.js";

/** A feature map that is kept between parts. */
export interface KeptMap {
  readonly name: string;
  readonly channels: number;
  /** Pixels per pixel of the picture, along one side. */
  readonly scale: number;
}

export interface Part {
  readonly graph: Graph;
  readonly routers: readonly RouteNode[];
  readonly tiling: PartTiling;
  readonly memory: PartMemory;
  /** Maps that the part is the first to give. */
  readonly makes: readonly KeptMap[];
  /** Names of the maps that a later part reads, these among them. */
  readonly kept: readonly string[];
}

/** @throws SmxcError `context/not-local` naming each layer that needs more than a part of the picture */
export function partsOf(graph: Graph, { stages, last }: Stages = stagesOf(graph, true)): readonly Part[] {
  const shapes = inferShapes(graph);
  const scales = new Map<string, number>();
  const held = new Set<string>();
  return [...stages, { graph: last, routers: [], kept: [] }].map((stage) => {
    const tiling = partTilingOf(stage.graph, scales);
    const makes = stage.kept
      .filter((name) => !held.has(name))
      .map((name) => ({ name, channels: shapes.get(name)![1] as number, scale: tiling.scales.get(name)! }));
    held.clear();
    for (const name of stage.kept) held.add(name);
    for (const { name, scale } of makes) scales.set(name, scale);
    return { ...stage, tiling, memory: partMemory(stage.graph, tiling.scales), makes };
  });
}

/** The network as its only part, which sees the whole picture: its routers pool over what they get. */
export function wholePart(graph: Graph, parts: readonly Part[]): Part {
  const scales = new Map(parts.flatMap(({ tiling }) => [...tiling.scales]));
  const multiple = Math.max(...parts.map(({ tiling }) => tiling.multiple));
  return {
    graph,
    routers: [],
    tiling: { scales, reach: 0, multiple },
    memory: partMemory(graph, scales),
    makes: [],
    kept: [],
  };
}
