/** What a compile that began with a graph says of its pictures. */
import { SmxcError } from "../base/diagnostics.js";
import type { GraphPicture, GraphTiling } from "../metadata.js";
import { type FormatTools, graphFormat, type PictureGraph, type PictureOptions } from "./graph-format.js";
import { picturePorts } from "./graph-ports.js";
import { findTiling } from "./graph-tiling.js";

/** What `compile` writes of a graph's pictures: nothing where it is no network of them. */
export interface CompiledPictures {
  readonly image?: GraphPicture;
  readonly tiling?: GraphTiling;
}

/** @throws SmxcError as `graphFormat`, where something was given */
export async function compiledPictures(
  graph: PictureGraph,
  given: PictureOptions,
  tools: FormatTools,
): Promise<CompiledPictures> {
  try {
    const image = await graphFormat(graph, given, tools);
    const known = graph.metadata?.tiling;
    if (known !== undefined || graph.metadata?.image !== undefined)
      return { image, ...(known ? { tiling: known } : {}) };
    const found = findTiling(graph.model, picturePorts(graph.model, graph.name), await tools.schemas());
    return { image, ...(found.kind === "tiles" && found.scale === image.scale ? { tiling: found.tiling } : {}) };
  } catch (cause) {
    if (cause instanceof SmxcError && Object.keys(given).length === 0) return {};
    throw cause;
  }
}
