import { basename } from "node:path";
import { TARGET_PROFILES, type Target } from "../../src/lowerings/targets.js";
import { encodeIfItFits, encodeModel } from "../../src/onnx/encode.js";
import type { ModelProto } from "../../src/onnx/graph/records.js";
import type { OutputFile } from "../files/write-files.js";

/** Where the weights of a graph go that are not inside it. */
export function dataPath(graph: string): string {
  return `${graph}.data`;
}

/**
 * The files of a compiled model: the graph, after its data file if it has one, whose hash it names. What the target's
 * package does not read from another file stays in the graph.
 */
export function encodeForFiles(
  model: ModelProto,
  path: string,
  external: boolean,
  target: Target,
): readonly OutputFile[] {
  const inside = external ? null : encodeIfItFits(model);
  if (inside) return [{ path, content: inside.model }];
  const data = dataPath(path);
  const encoded = encodeModel(model, {
    external: { location: basename(data), keepBodies: !TARGET_PROFILES[target].bodyData },
  });
  return [
    { path: data, content: encoded.data },
    { path, content: (written) => encoded.model(written[0]!.sha256) },
  ];
}
