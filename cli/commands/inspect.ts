import type { ModelSummary } from "../../src/inspect/model.js";
import { argument, defineCommand, option } from "../command.js";
import { EXIT } from "../exit-code.js";
import { table } from "../table.js";
import { shape } from "../values.js";

export const inspectCommand = defineCommand({
  name: "inspect",
  group: "Look inside:",
  summary: "list a model's layers with shapes, parameters and work",
  arguments: [argument("model.json", "a model document")],
  options: {
    shape: option("--shape <NxCxHxW>", "input size at which the work is counted (default: batch 1, 48x48)", shape),
  },
  examples: [
    {
      does: "How large is it, and what does a picture of 720p cost",
      line: "smxc inspect model.json --shape 1x3x720x1280",
    },
  ],
  async action(context, [path], options) {
    const [{ loadModel }, { referenceGraph }, { summarise }, { inputSizes }] = await Promise.all([
      import("../load-model.js"),
      import("../../src/compile.js"),
      import("../../src/inspect/model.js"),
      import("../../src/verify/problems.js"),
    ]);
    const model = await loadModel(path, context.report);
    try {
      return await model.within(async () => {
        const graph = referenceGraph(model.spec, model.weights, { report: context.report });
        const summary = summarise(graph, inputSizes(graph, options.shape ?? []));
        await context.answer({ text: () => text(summary), json: () => summary });
        return EXIT.good;
      });
    } finally {
      await model.close();
    }
  },
});

function text(summary: ModelSummary): string {
  const shapeOf = (value: { readonly name: string; readonly shape: readonly (number | string)[] }): string =>
    `${value.name} [${value.shape.join(", ")}]`;
  const rows = summary.layers.map((layer) => [
    layer.name,
    layer.op,
    `[${layer.shape.join(", ")}]`,
    layer.parameters,
    layer.macs,
  ]);
  return [
    `${summary.name}: ${summary.inputs.map(shapeOf).join(", ")} → ${summary.outputs.map(shapeOf).join(", ")}`,
    "",
    table(["layer", "op", "shape", "parameters", "MACs"], rows),
    "",
    `${summary.parameters.toLocaleString("en")} parameters, ${(summary.macs / 1e9).toPrecision(3)} GMACs for ${summary.measuredAt.map(shapeOf).join(", ")}`,
    `routing and mixing take ${(100 * summary.routingShare).toPrecision(2)} % of them`,
  ].join("\n");
}
