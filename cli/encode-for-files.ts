import { basename } from "node:path";
import { encodeIfItFits, encodeModel } from "../src/onnx/encode.js";
import type { OnnxModel } from "../src/onnx/model.js";
import type { OutputFile } from "./write-files.js";

/** Where the weights of a graph go that are not inside it. */
export function dataPath(graph: string): string {
  return `${graph}.data`;
}

/** The files of a compiled model: the graph, after its data file if it has one, whose hash it names. */
export function encodeForFiles(model: OnnxModel, path: string, external: boolean): readonly OutputFile[] {
  const inside = external ? null : encodeIfItFits(model);
  if (inside) return [{ path, content: inside.model }];
  const data = dataPath(path);
  const encoded = encodeModel(model, { external: { location: basename(data) } });
  return [
    { path: data, content: encoded.data },
    { path, content: (written) => encoded.model(written[0]!.sha256) },
  ];
}
