import { argument, defineCommand, flag, grouped, requiredOption } from "../command.js";
import { compileFlags, compileOptionsOf } from "../compile-flags.js";
import { EXIT } from "../exit-code.js";
import { filePath } from "../values.js";

export const compileCommand = defineCommand({
  name: "compile",
  group: "Make a graph:",
  summary: "compile a model document to an ONNX graph",
  description:
    "Batch, height and width stay dynamic unless they are fixed by flag. The compile ends with a run in ONNX Runtime that is compared with " +
    "the reference interpreter in float64.",
  arguments: [argument("model.json", "the model document; its weights lie beside it")],
  options: {
    output: requiredOption("-o, --output <model.onnx>", "the graph to write", filePath),
    ...compileFlags,
    externalData: grouped("Format:", flag("--external-data", "put the weights into <output>.data (automatic past 2 GB)")),
    verify: flag("--no-verify", "skip the run-and-compare that ends a compile"),
  },
  examples: [
    { does: "One graph for every batch and size", line: "smxc compile model.json -o model.onnx" },
    { does: "For browsers, with fixed sizes", line: "smxc compile model.json -o model.onnx --target webgpu --batch 1 --height 64 --width 64" },
  ],
  async action(context, [path], options) {
    const [{ loadModel }, { compile }, { encodeForFiles }, { writeFiles }] = await Promise.all([
      import("../load-model.js"),
      import("../../src/compile.js"),
      import("../encode-for-files.js"),
      import("../write-files.js"),
    ]);
    const model = await loadModel(path, context.report);
    try {
      return await model.within(async () => {
        const compileOptions = { ...compileOptionsOf(options), report: context.report };
        const { graph, model: onnx } = compile(model.spec, model.weights, compileOptions);
        const files = encodeForFiles(onnx, options.output, options.externalData);
        if (options.verify) {
          const { checkCompiled } = await import("../check-compiled.js");
          await checkCompiled(context, model, graph, onnx, compileOptions);
        }
        const written = await writeFiles(files, { inputs: model.files });
        await context.answer({
          text: () => written.map((file) => `wrote ${file.path} (${file.bytes.toLocaleString("en")} bytes)`).join("\n"),
          json: () => ({ name: model.spec.name, opset: onnx.opset, nodes: onnx.graph.node.length, files: written }),
        });
        return EXIT.good;
      });
    } finally {
      await model.close();
    }
  },
});
