import { compileAndCompare } from "../compile-graph.mjs";
import { mutatedOnnx, onnxSeeds } from "../onnx-files.mjs";
import { randomGraphFile } from "../random-graphs.mjs";

export const islands = {
  about: "compile of any ONNX graph, compared with the source: parts compiled, the rest carried through",
  ending: ".onnx",
  seeds: () => [...onnxSeeds("onnx/models"), ...onnxSeeds("onnx-exports")],
  generated: 0.2,
  generate: randomGraphFile,
  mutate: mutatedOnnx,
  mostMs: () => 60_000,
  run: compileAndCompare,
};
