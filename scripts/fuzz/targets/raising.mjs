import { compileAndCompare } from "../compile-graph.mjs";
import { mutatedOnnx, onnxSeeds } from "../onnx-files.mjs";
import { randomKernelFile } from "../random-graphs.mjs";

export const raising = {
  about: "compile of ONNX graphs that compute kernels, compared with the source: kernels raised to mixed convolutions",
  ending: ".onnx",
  seeds: () => onnxSeeds("onnx-exports", /layer-|condconv|einsum|style-input|gate/),
  generated: 0.2,
  generate: randomKernelFile,
  mutate: mutatedOnnx,
  mostMs: () => 60_000,
  run: compileAndCompare,
};
