import type { Lines } from "../../src/base/text/lines.js";
import type { DeclinedRewrite } from "../../src/inspect/declined.js";
import type { ModelSummary } from "../../src/inspect/model.js";
import type { Target } from "../../src/lowerings/targets.js";
import type { DocumentModel, GraphModel } from "../../src/open-model.js";
import type { PictureFormat } from "../../src/restore/restorer.js";
import { argument, type Context, defineCommand, option } from "../flags/command.js";
import { targetFlag } from "../flags/compile-flags.js";
import { EXIT } from "../flags/exit-code.js";
import { shape } from "../flags/values.js";
import { bytesText, scaled } from "../terminal/scaled.js";
import { table } from "../terminal/table.js";
import { choicesText, span } from "./inspect/choices-text.js";

export const inspectCommand = defineCommand({
  name: "inspect",
  group: "Look inside:",
  summary: "list the layers of a model, or the contents of an ONNX file: shapes, parameters, work and memory",
  arguments: [
    argument(
      "model",
      "a model document (.json), an ONNX file of any exporter, or the name of a network that comes with smxc",
    ),
  ],
  options: {
    shape: option(
      "--shape <NxCxHxW>",
      "shape of the first input for which work and memory are counted (default: batch 1, 48x48)",
      shape,
    ),
    target: targetFlag,
  },
  examples: [
    {
      does: "How large is the model, and how much work is a picture of 720p?",
      line: "smxc inspect model.json --shape 1x3x720x1280",
    },
  ],
  async action(context, [path], options) {
    const { openModelFile } = await import("../models/open-model.js");
    const model = await openModelFile(path, "network", context.report);
    try {
      await (model.kind === "graph"
        ? inspectGraph(context, model, options)
        : model.placeErrors(() => inspectDocument(context, model, options)));
      return EXIT.good;
    } finally {
      await model.close();
    }
  },
});

interface InspectOptions {
  readonly shape: readonly number[] | undefined;
  readonly target: Target;
}

async function inspectGraph(context: Context, model: GraphModel, { shape }: InspectOptions): Promise<void> {
  const { inspectOnnx, onnxText } = await import("./inspect/inspect-onnx.js");
  const summary = await inspectOnnx(model, shape);
  await context.answer({
    text: () => onnxText(summary),
    json: () => ({ ...summary, metadata: Object.fromEntries(summary.metadata) }),
  });
}

async function inspectDocument(
  context: Context,
  { spec, weights }: DocumentModel,
  { shape, target }: InspectOptions,
): Promise<void> {
  const [
    { compile, referenceGraph },
    { declinedRewrites },
    { summarise },
    { inputSizes },
    { coverageText, inspectCompiled },
  ] = await Promise.all([
    import("../../src/compile.js"),
    import("../../src/inspect/declined.js"),
    import("../../src/inspect/model.js"),
    import("../../src/verify/problems.js"),
    import("./inspect/inspect-onnx.js"),
  ]);
  const graph = referenceGraph(spec, weights, { report: context.report });
  const summary = summarise(graph, inputSizes(graph, shape ?? []));
  // As `compile` would with these flags: a size that is given is fixed, otherwise all are dynamic.
  const [batch, , height, width] = shape ?? [];
  const sizes = batch && height && width ? { batch, height, width } : {};
  const { model, choices, rewrites } = compile(spec, weights, { ...sizes, target });
  const declined = declinedRewrites(rewrites);
  const { opsets, nodes, macs, peakBytes, providers } = await inspectCompiled(model, shape ?? []);
  const coverage = providers.filter(({ provider }) => provider === target);
  await context.answer({
    text: () => [
      ...text(summary, spec.image),
      "",
      ...choicesText(choices, target),
      "",
      ...declinedText(declined),
      `compiles to ${nodes === 1 ? "1 node" : `${nodes.toLocaleString("en")} nodes`} of ${opsets.map(({ domain, version }) => `${domain} ${version}`).join(", ")}: ${scaled(macs, "MACs")}, activations at most ${bytesText(peakBytes)} at once`,
      ...coverageText(coverage),
    ],
    json: () => ({
      ...summary,
      ...(spec.image ? { image: spec.image } : {}),
      target,
      choices,
      declined,
      compiled: { opsets, nodes, macs, peakBytes, providers: coverage },
    }),
  });
}

function text(summary: ModelSummary, image: PictureFormat | undefined): Lines {
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
    ...(image ? [pictureText(image)] : []),
    "",
    ...table(["layer", "op", "shape", "parameters", "MACs"], rows),
    "",
    `${summary.parameters.toLocaleString("en")} parameters, ${scaled(summary.macs, "MACs")} for ${summary.measuredAt.map(shapeOf).join(", ")}`,
    `weights ${bytesText(summary.weightBytes)}, activations at most ${bytesText(summary.peakBytes)} at once, in float32`,
    `routing and mixing take ${(100 * summary.routingShare).toPrecision(2)} % of the MACs`,
  ];
}

/** `enlarge ×2: pictures in rgb from 0 to 1, results 2 times as large` */
function pictureText({ task, color, range: [black, white], scale }: PictureFormat): string {
  const pictures = `pictures in ${color === "gray" ? "grey" : color} from ${black} to ${white}`;
  const size = scale === 1 ? "of the same size" : `${scale} times as large`;
  return `${task === undefined ? "" : `${task}: `}${pictures}, results ${size}`;
}

/** What rewrites left as it is; an empty line after it, or nothing. */
function declinedText(declined: readonly DeclinedRewrite[]): Lines {
  if (declined.length === 0) return [];
  const rows = declined.map(({ rule, nodes, reason }) => [rule, span(nodes), reason]);
  return [...table(["not rewritten by", "layers", "because"], rows), ""];
}
