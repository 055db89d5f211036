/** How far networks look, which decides whether larger pictures run in tiles. */
import { SmxcError } from "../../../src/base/diagnostics.js";
import { referenceGraph } from "../../../src/compile.js";
import type { ModelSpec } from "../../../src/frontends/document/document.js";
import type { GraphTiling, ModelMetadata } from "../../../src/metadata.js";
import type { ModelProto } from "../../../src/onnx/graph/records.js";
import { loadSchemas } from "../../../src/onnx/schemas/registry.js";
import { type PicturePorts, picturePorts } from "../../../src/restore/graph-ports.js";
import type { Size } from "../../../src/restore/tiles.js";
import type { TensorStore } from "../../../src/tensors/tensor.js";
import { tilingOf } from "../../../src/tiling/reach.js";

/** Beyond this reach, tiles compute more than a third twice. */
const MOST_REACH = 32;
/** Side of a tile by its reach: (1 + 2/16)² = 1.27 times the work. */
const SIDES_PER_REACH = 16;
const LEAST_SIDE = 256;

/** The side of the tiles in which a picture runs whose parts are to be seen as they come; undefined: in one piece. */
export function tileSide(reach: number | undefined, { width, height }: Size): number | undefined {
  if (reach === undefined || reach > MOST_REACH) return undefined;
  const side = Math.max(LEAST_SIDE, SIDES_PER_REACH * reach);
  return Math.max(width, height) > side ? side : undefined;
}

/** Undefined where a layer looks at the whole picture, as routers do. */
export function tilingOfDocument(spec: ModelSpec, weights: TensorStore | undefined): GraphTiling | undefined {
  try {
    const { reach, multiple } = tilingOf(referenceGraph(spec, weights));
    return { reach, multiple };
  } catch (cause) {
    if (cause instanceof SmxcError) return undefined;
    throw cause;
  }
}

/** Likewise of a graph whose sizes are open. */
export async function tilingOfGraph(
  name: string,
  model: ModelProto,
  metadata: ModelMetadata | undefined,
): Promise<GraphTiling | undefined> {
  if (metadata?.compiled.context === "patch") return undefined;
  if (metadata?.tiling !== undefined) return metadata.tiling;
  const ports = portsOf(name, model);
  if (ports === undefined || ports.input.height !== undefined || ports.input.width !== undefined) return undefined;
  // What reads graphs is loaded where it is needed alone.
  const [{ findTiling }, schemas] = await Promise.all([import("../../../src/restore/graph-tiling.js"), loadSchemas()]);
  const found = findTiling(model, ports, schemas);
  return found.kind === "tiles" ? found.tiling : undefined;
}

/** Undefined for a graph that takes more than a picture, as smxc's may. */
function portsOf(name: string, model: ModelProto): PicturePorts | undefined {
  try {
    return picturePorts(model, name);
  } catch (cause) {
    if (cause instanceof SmxcError) return undefined;
    throw cause;
  }
}
