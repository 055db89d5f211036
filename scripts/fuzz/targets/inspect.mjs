/** `smxc inspect` and `smxc check` of any ONNX file. */

import { inspectOnnx, onnxText } from "../../../dist/cli-modules/commands/inspect/inspect-onnx.js";
import { checkModel } from "../../../dist/src/onnx/check/check-model.js";
import { decoded, mutatedOnnx, onnxSeeds } from "../onnx-files.mjs";
import { refusal } from "../refusal.mjs";

export const inspect = {
  about: "inspect, and check --full --strict, of changed ONNX files",
  ending: ".onnx",
  seeds: () => [...onnxSeeds("onnx"), ...onnxSeeds("onnx-exports", /./, 64 * 1024)],
  mutate: mutatedOnnx,
  mostMs: () => 5000,
  async run(input, stage) {
    try {
      const model = await decoded(input);
      stage("check");
      const findings = await checkModel(model, { full: true, strict: true });
      stage("inspect");
      const summary = await inspectOnnx(
        { kind: "graph", name: "fuzz.onnx", decoded: model, files: [] },
        shapeOf(input),
      );
      onnxText(summary);
      JSON.stringify({ ...summary, metadata: Object.fromEntries(summary.metadata) });
      return findings.length === 0 ? "sound" : "inspected with findings";
    } catch (cause) {
      return refusal(cause);
    }
  },
};

/** Now and then sizes are asked for, those that the bytes say. */
function shapeOf(input) {
  return input.length % 3 === 0 ? [1, 3, input.length % 50, 1 + (input.length % 7)] : undefined;
}
