import { argument, choice, defineCommand, option, optionOr, repeatedOption } from "../flags/command.js";
import { targetFlag } from "../flags/compile-flags.js";
import { EXIT } from "../flags/exit-code.js";
import { filePath, numberFrom, shape } from "../flags/values.js";
import { table } from "../terminal/table.js";

export const verifyCommand = defineCommand({
  name: "verify",
  group: "Trust a graph:",
  summary: "compare a graph in ONNX Runtime with the reference interpreter",
  description:
    "Runs the graph at several batches and sizes beside the document's reference in float64. On failure it names the first layer that differs, " +
    "or whose values are not finite. The answer says what the graph was compared with: the document, folded or routed as the graph was. A graph " +
    "of other weights than the document's fails.",
  arguments: [
    argument("model.json", "the model document"),
    argument("model.onnx", "the graph that was compiled from it"),
  ],
  options: {
    image: repeatedOption(
      "--image <file>",
      "compare on this picture instead of random inputs (repeatable); of a large one, on its middle",
      filePath,
    ),
    shape: repeatedOption("--shape <NxCxHxW>", "compare at this size instead of the usual ones (repeatable)", shape),
    rtol: optionOr("--rtol <r>", "allowed error, relative to the output's largest magnitude", numberFrom(0), 1e-5),
    atol: optionOr("--atol <a>", "allowed absolute error, added to the relative one", numberFrom(0), 1e-6),
    minPsnr: option("--min-psnr <dB>", "instead of tolerances: the least PSNR against the reference", numberFrom(0)),
    against: choice(
      "--against <form>",
      "the reference interpreter, or the exact form Σ β_i W2_i F(W1_i X) of two-layer blocks: reports how far the merged form is from it",
      ["reference", "exact"],
      "reference",
    ),
    target: targetFlag,
  },
  examples: [
    { does: "Does the graph compute what the document says", line: "smxc verify model.json model.onnx" },
    { does: "On a photograph, at 60 dB", line: "smxc verify model.json model.onnx --image photo.png --min-psnr 60" },
    {
      does: "What the paper's merged blocks cost on a photograph, in dB and per block",
      line: "smxc verify model.json model.onnx --against exact --image photo.png",
    },
  ],
  async action(context, [documentPath, graphPath], options) {
    const [
      { openModelFile },
      { verifyFiles },
      { againstExact, exactJson, exactTable },
      { decibelsJson, decibelsText },
    ] = await Promise.all([
      import("../models/open-model.js"),
      import("./verify/verify-files.js"),
      import("./verify/against-exact.js"),
      import("../../src/pictures/decibels.js"),
    ]);
    const model = await openModelFile(documentPath, "document", context.report);
    try {
      if (options.against === "exact") {
        const report = await model.placeErrors(() => againstExact(context, model, graphPath, options));
        await context.answer({
          text: () => [
            ...exactTable(report),
            `${report.routing === "document" ? "the document's routing" : `routing ${report.routing}`} against the exact form, on ${report.target}`,
          ],
          json: () => exactJson(report),
        });
        return EXIT.good;
      }
      const report = await model.placeErrors(() => verifyFiles(context, model, graphPath, options));
      await context.answer({
        text: () => [
          ...table(
            ["input", "output", "largest error", "allowed", "PSNR", ""],
            report.results.map((result) => [
              result.problem,
              result.output,
              result.maxError.toExponential(2),
              options.minPsnr === undefined ? result.limit.toExponential(2) : `${options.minPsnr} dB`,
              decibelsText(result.psnr, 1),
              "good",
            ]),
          ),
          ...(report.weights.verdict === "equal"
            ? [`compiled from another file, which holds the same ${report.weights.of}`]
            : []),
          ...(report.notCompared.length > 0
            ? [`not compared, since the document does not have them: ${report.notCompared.join(", ")}`]
            : []),
          `good: ${graphPath} on ${options.target}, compared with ${report.comparedWith.text}`,
        ],
        json: () => ({
          passed: true,
          ...report,
          results: report.results.map(({ psnr, notFinite: _, ...result }) => ({
            ...result,
            ...decibelsJson("psnr", psnr),
          })),
        }),
      });
      return EXIT.good;
    } finally {
      await model.close();
    }
  },
});
