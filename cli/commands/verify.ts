import { error, SmxcError } from "../../src/base/diagnostics.js";
import type { Lines } from "../../src/base/text/lines.js";
import type { DocumentModel, GraphModel } from "../../src/open-model.js";
import { decibelsJson, decibelsText } from "../../src/pictures/decibels.js";
import type { OutputResult } from "../../src/verify/output-result.js";
import { argument, type Context, choice, defineCommand, option, optionOr, repeatedOption } from "../flags/command.js";
import { targetFlag } from "../flags/compile-flags.js";
import { EXIT } from "../flags/exit-code.js";
import { filePath, numberFrom, shape } from "../flags/values.js";
import { table } from "../terminal/table.js";
import type { VerifyOptions } from "./verify/verify-files.js";

export const verifyCommand = defineCommand({
  name: "verify",
  group: "Trust a graph:",
  summary: "compare a compiled graph with what it was compiled from",
  description:
    "Runs the graph at several batches and sizes, and compares it with the reference interpreter, which computes the model " +
    "document in float64. On failure it names the first layer that differs, or whose values are not finite. The answer says how the " +
    "document was run for the comparison: as it is, folded (β constant), or with the graph's routing. If the graph was made from " +
    "other weights than the document's, that is a failure. A graph that was compiled from an ONNX graph is compared with that " +
    "source graph, which ONNX Runtime runs without optimisations; the first value that differs has the name that the source gives it.",
  arguments: [
    argument(
      "source",
      "what the graph was compiled from: a model document, an ONNX graph, or the name of a network that comes with smxc",
    ),
    argument("model.onnx", "the compiled graph"),
  ],
  options: {
    image: repeatedOption(
      "--image <file>",
      "compare on this picture instead of random inputs; of a large picture, only the middle is used (repeatable)",
      filePath,
    ),
    shape: repeatedOption("--shape <NxCxHxW>", "compare at this size instead of the usual ones (repeatable)", shape),
    rtol: optionOr("--rtol <r>", "allowed error, relative to the output's largest magnitude", numberFrom(0), 1e-5),
    atol: optionOr("--atol <a>", "allowed absolute error, added to the relative one", numberFrom(0), 1e-6),
    minPsnr: option(
      "--min-psnr <dB>",
      "the lowest allowed PSNR against the reference, in place of --rtol and --atol",
      numberFrom(0),
    ),
    against: choice(
      "--against <form>",
      "reference: the reference interpreter; exact: the exact form Σ β_i W2_i F(W1_i X) of two-layer blocks, to measure the error of the merged form",
      ["reference", "exact"],
      "reference",
    ),
    target: targetFlag,
  },
  examples: [
    { does: "Does the graph compute the same as the document?", line: "smxc verify model.json model.onnx" },
    { does: "Does it compute the same as the exported network?", line: "smxc verify net.onnx fast.onnx" },
    {
      does: "On a photograph, with at least 60 dB",
      line: "smxc verify model.json model.onnx --image photo.png --min-psnr 60",
    },
    {
      does: "The error of the paper's merged blocks on a photograph, in dB and per block",
      line: "smxc verify model.json model.onnx --against exact --image photo.png",
    },
  ],
  async action(context, [path, graphPath], options) {
    const { openModelFile } = await import("../models/open-model.js");
    const model = await openModelFile(path, "network", context.report);
    try {
      if (model.kind === "graph") await verifyWithSource(context, model, graphPath, options);
      else if (options.against === "exact") await measureAgainstExact(context, model, graphPath, options);
      else await verifyWithDocument(context, model, graphPath, options);
      return EXIT.good;
    } finally {
      await model.close();
    }
  },
});

type Options = VerifyOptions & { readonly against: "reference" | "exact" };

async function measureAgainstExact(
  context: Context,
  model: DocumentModel,
  path: string,
  options: Options,
): Promise<void> {
  const { againstExact, exactJson, exactTable } = await import("./verify/against-exact.js");
  const report = await model.placeErrors(() => againstExact(context, model, path, options));
  await context.answer({
    text: () => [
      ...exactTable(report),
      `${report.routing === "document" ? "the document's routing" : `routing ${report.routing}`} against the exact form, on ${report.target}`,
    ],
    json: () => exactJson(report),
  });
}

async function verifyWithDocument(
  context: Context,
  model: DocumentModel,
  path: string,
  options: Options,
): Promise<void> {
  const { verifyFiles } = await import("./verify/verify-files.js");
  const report = await model.placeErrors(() => verifyFiles(context, model, path, options));
  await context.answer({
    text: () => [
      ...resultsTable(report.results, options.minPsnr),
      ...(report.weights.verdict === "equal"
        ? [`the graph was compiled from another file that holds the same ${report.weights.of}`]
        : []),
      ...(report.notCompared.length > 0
        ? [`not compared, because the document does not have these outputs: ${report.notCompared.join(", ")}`]
        : []),
      `good: ${path} on ${options.target}, compared with ${report.comparedWith.text}`,
    ],
    json: () => ({ passed: true, ...report, results: resultsJson(report.results) }),
  });
}

async function verifyWithSource(context: Context, source: GraphModel, path: string, options: Options): Promise<void> {
  if (options.against === "exact" || options.image.length > 0)
    throw new SmxcError(
      [
        error(
          "usage/graph",
          "--against exact and --image work only for graphs that were compiled from a model document",
          {
            hint: "leave them out, or give the model document as the source",
          },
        ),
      ],
      "usage",
    );
  const { verifyGraph } = await import("./verify/verify-graph.js");
  const report = await verifyGraph(context, source, path, options);
  await context.answer({
    text: () => [
      ...resultsTable(report.results, options.minPsnr),
      `good: ${path} on ${options.target}, compared with ${source.name} on cpu without optimisations`,
    ],
    json: () => ({
      passed: true,
      target: report.target,
      comparedWith: { text: "the source" },
      results: resultsJson(report.results),
    }),
  });
}

type Results = readonly (OutputResult & { readonly psnr: number })[];

function resultsTable(results: Results, minPsnr: number | undefined): Lines {
  return table(
    ["input", "output", "largest error", "allowed", "PSNR", ""],
    results.map((result) => [
      result.problem,
      result.output,
      result.maxError.toExponential(2),
      minPsnr === undefined ? result.limit.toExponential(2) : `${minPsnr} dB`,
      decibelsText(result.psnr, 1),
      "good",
    ]),
  );
}

function resultsJson(results: Results): readonly object[] {
  return results.map(({ psnr, notFinite: _, ...result }) => ({ ...result, ...decibelsJson("psnr", psnr) }));
}
