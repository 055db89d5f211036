/** Whether a graph can run in tiles, and what they must be. */
import type { ByteSource } from "../base/bytes/byte-source.js";
import { SmxcError } from "../base/diagnostics.js";
import { readPath } from "../frontends/onnx/read-path.js";
import type { GraphTiling } from "../metadata.js";
import type { ModelProto, NodeProto, ValueInfoProto } from "../onnx/graph/records.js";
import { withOpenSizes } from "../onnx/open-sizes.js";
import { withExternalData } from "../onnx/rewrite/with-external-data.js";
import type { SchemaRegistry } from "../onnx/schemas/registry.js";
import { tilingOf } from "../tiling/reach.js";
import type { PicturePort, PicturePorts } from "./graph-ports.js";
import { type PictureSize, PROBE_MULTIPLE, PROBES, probeOf } from "./graph-scale.js";
import type { Obstacle } from "./obstacle.js";

export type TilingFinding =
  | { readonly kind: "tiles"; readonly tiling: GraphTiling; readonly scale: number }
  | { readonly kind: "whole"; readonly obstacles: readonly Obstacle[] };

/**
 * How far a result looks into the one picture that a graph takes. What cannot be read for all sizes at once is read at two,
 * which must say the same: sizes that are computed by rounding differ from size to size, and agree at multiples. The model
 * must be valid.
 */
export function findTiling(
  source: ModelProto,
  { input, output }: PicturePorts,
  schemas: SchemaRegistry,
): TilingFinding {
  const model = withOpenSizes(withExternalData(source, () => UNREAD));
  const found = tilingOfModel(model, output.name, schemas);
  if (found.kind === "tiles" || (input.height !== undefined && input.width !== undefined)) return found;
  const [first, second] = PROBES.map((probe) =>
    tilingOfModel(withPicture(model, input, probeOf(input, probe)), output.name, schemas),
  );
  if (first?.kind !== "tiles" || second?.kind !== "tiles") return found;
  const isSame = first.scale === second.scale && first.tiling.reach === second.tiling.reach;
  const areMultiples = [first, second].every(({ tiling }) => PROBE_MULTIPLE % tiling.multiple === 0);
  return isSame && areMultiples && first.tiling.multiple === second.tiling.multiple ? first : found;
}

function tilingOfModel(model: ModelProto, output: string, schemas: SchemaRegistry): TilingFinding {
  const path = readPath(model, output, schemas);
  if (path.kind === "left") {
    return { kind: "whole", obstacles: path.nodes.map(({ node, reason }) => obstacle(node, reason ?? NOT_KNOWN)) };
  }
  const { graph } = path;
  try {
    if (graph.inputs.length !== 1) return { kind: "whole", obstacles: [] };
    const { scale, reach, multiple } = tilingOf(graph);
    return { kind: "tiles", tiling: { reach, multiple }, scale };
  } catch (cause) {
    if (!(cause instanceof SmxcError)) throw cause;
    const layers = new Set(cause.diagnostics.map(({ place }) => place));
    const nodes = model.graph!.node.filter((node) => layers.has(nameOf(node)));
    return { kind: "whole", obstacles: nodes.map((node) => obstacle(node, LOOKS_FAR)) };
  }
}

/** The model for pictures of one size. */
function withPicture(model: ModelProto, { name }: PicturePort, { height, width }: PictureSize): ModelProto {
  const graph = model.graph!;
  const sized = (value: ValueInfoProto): ValueInfoProto => {
    const tensor = value.type?.tensor_type;
    const dims = tensor?.shape?.dim;
    if (value.name !== name || dims?.length !== 4) return value;
    const dim = dims.map((each, axis) =>
      axis < 2 ? each : { ...each, dim_value: axis === 2 ? height : width, dim_param: undefined },
    );
    return { ...value, type: { ...value.type!, tensor_type: { ...tensor!, shape: { ...tensor!.shape!, dim } } } };
  };
  return { ...model, graph: { ...graph, input: graph.input.map(sized) } };
}

const NOT_KNOWN = "smxc does not know how far this operator looks";
const LOOKS_FAR = "it needs the whole picture";

function obstacle(node: NodeProto, reason: string): Obstacle {
  return { node: nameOf(node), operator: node.op_type ?? "", reason };
}

function nameOf({ name, output }: NodeProto): string {
  return name || output[0]!;
}

/** Stands for data files: how far a graph looks does not depend on weights. */
const UNREAD: ByteSource = {
  name: "external data",
  size: Number.MAX_SAFE_INTEGER,
  read: async () => {
    throw new RangeError("weights are not read here");
  },
  sha256: async () => {
    throw new RangeError("weights are not read here");
  },
};
