/** How far a network looks: what a tile must have around it so that its result is that of the whole picture. */
import { SmxcError } from "../base/diagnostics.js";
import type { Graph, Node } from "../ir/graph.js";
import { definition, inferShapes } from "../ir/infer.js";
import { inPlace, type Reach } from "../ir/ops/operator.js";
import { notLocal } from "./errors.js";

/**
 * The reach of every picture of a graph, in pixels of the picture at scale 1. Tiles may begin anywhere.
 *
 * @param scales of the graph's inputs that are pictures; 1 where nothing is said
 * @throws SmxcError `context/not-local` naming each layer that needs more than a part of the picture, or gives less than a
 *   pixel for one of it
 */
export function reachOf(graph: Graph, scales: ReadonlyMap<string, number> = new Map()): ReadonlyMap<string, Reach> {
  return pictureReaches(graph, scales, ({ scale }) => Number.isInteger(scale));
}

/** What tiles must be for a graph's first output. */
export interface Tiling {
  /** Pixels of the result per pixel of the picture, along one side. */
  readonly scale: number;
  /** Pixels of the picture on each side of a tile. */
  readonly reach: number;
  /** Tiles begin at multiples of so many pixels, and end there or with the picture. */
  readonly multiple: number;
}

/** @throws SmxcError `context/not-local` naming each layer that needs more than a part of the picture */
export function tilingOf(graph: Graph): Tiling {
  const reaches = pictureReaches(graph, new Map(), () => true);
  const { scale, pixels } = reaches.get(graph.outputs[0]!.value)!;
  return { scale, reach: Math.ceil(pixels), multiple: multipleOf(reaches) };
}

/** What tiles must be for all outputs of a graph, which may read maps of other scales beside the picture. */
export interface PartTiling extends Omit<Tiling, "scale"> {
  /** Of every picture and map of the graph. */
  readonly scales: ReadonlyMap<string, number>;
}

/**
 * @param scales of the graph's inputs that are maps; 1 where nothing is said
 * @throws SmxcError `context/not-local` naming each layer that needs more than a part of the picture
 */
export function partTilingOf(graph: Graph, scales: ReadonlyMap<string, number>): PartTiling {
  const reaches = pictureReaches(graph, scales, () => true);
  const pixels = graph.outputs.map(({ value }) => reaches.get(value)?.pixels ?? 0);
  return {
    scales: new Map([...reaches].map(([name, { scale }]) => [name, scale])),
    reach: Math.ceil(Math.max(0, ...pixels)),
    multiple: multipleOf(reaches),
  };
}

/** Pixels of the picture, along one side, that hold a whole number of every value's. */
function multipleOf(reaches: ReadonlyMap<string, Reach>): number {
  let multiple = 1;
  for (const [value, each] of reaches) {
    const block = blockOf(each);
    if (block === undefined) throw new SmxcError([notLocal(value, "a scale of its own")]);
    multiple = leastCommonMultiple(multiple, block);
  }
  return multiple;
}

function pictureReaches(
  graph: Graph,
  scales: ReadonlyMap<string, number>,
  allows: (reach: Reach) => boolean,
): ReadonlyMap<string, Reach> {
  const shapes = inferShapes(graph);
  const reaches = new Map<string, Reach>();
  for (const { name, shape } of graph.inputs) {
    if (shape.length === 4) reaches.set(name, { scale: scales.get(name) ?? 1, pixels: 0 });
  }
  const found = new Map<string, string>();
  for (const node of graph.nodes) {
    const pictures = node.inputs.map((input) => reaches.get(input)).filter((reach) => reach !== undefined);
    if (pictures.length === 0) continue;
    const scale = pictures[0]!.scale;
    const joined = { scale, pixels: Math.max(...pictures.map(({ pixels }) => pixels)) };
    const alike = pictures.every((reach) => reach.scale === scale) && shapes.get(node.name)!.length === 4;
    const made = alike && !readsPlaces(node, graph) ? definition(node).reach?.(node.attributes, joined) : undefined;
    const reach = made && allows(made) ? withOwnPlace(made, scale) : undefined;
    if (reach === undefined) found.set(node.origin.layer, node.op);
    // Later layers are judged as if this one could run on tiles.
    reaches.set(node.name, reach ?? joined);
  }
  if (found.size > 0) throw new SmxcError([...found].map(([layer, op]) => notLocal(layer, op)));
  return reaches;
}

/**
 * What is known of a block of several pixels, as each of its parts sees it: one at the block's edge looks over all of it.
 * Parts of a single pixel need not, since tiles begin and end at whole pixels.
 */
function withOwnPlace({ scale, pixels }: Reach, before: number): Reach {
  return { scale, pixels: before < 1 && scale > before ? pixels + 1 / before - 1 / scale : pixels };
}

/** Whether a constant of a picture's size is put on the picture, so that each pixel's place counts. */
function readsPlaces(node: Node, { constants }: Graph): boolean {
  return (
    definition(node).reach === inPlace &&
    node.inputs.some((input) =>
      constants
        .get(input)
        ?.shape.slice(2, 4)
        .some((size) => size > 1),
    )
  );
}

/** The most pixels of a side that such a block may have. */
const LARGEST_BLOCK = 4096;

/** Pixels of the picture, along one side, that hold a whole number of a value's; undefined where that are too many. */
function blockOf({ scale }: Reach): number | undefined {
  for (let block = 1; block <= LARGEST_BLOCK; block++)
    if (Math.abs(block * scale - Math.round(block * scale)) < 1e-9 && block * scale > 0.5) return block;
  return undefined;
}

function leastCommonMultiple(a: number, b: number): number {
  let [x, y] = [a, b];
  while (y > 0) [x, y] = [y, x % y];
  return (a / x) * b;
}
