// An application that Vite bundles: builds a model, reads it again, checks it, and compares both.
import { build, checkBytes, diffModels, inferTypes, readModel, showType, toBytes } from "smxc/onnx";

async function work() {
  const model = build.model({
    ir_version: 8,
    opset_import: [build.opset(17)],
    graph: build.graph({
      name: "small",
      input: [build.valueInfo("x", "FLOAT", ["N", 3])],
      output: [build.valueInfo("y", "FLOAT", ["N", 1])],
      initializer: [build.intTensor("axes", [1], [1])],
      node: [build.node("ReduceSum", ["x", "axes"], ["sum"]), build.node("Relu", ["sum"], ["y"])],
    }),
  });
  const file = new Blob([await toBytes(model)]);
  const again = await readModel(file);
  const findings = await checkBytes(file, { strict: true, full: true, target: "webgpu" });
  const { changes } = await diffModels(model, again);
  const type = showType((await inferTypes(again)).get("sum"));
  return `${findings.length} findings, ${changes.length} changes, the sum is ${type}`;
}

work().then(
  (text) => {
    document.title = text;
  },
  (cause) => {
    document.title = `failed: ${cause}`;
  },
);
