import { error, SmxcError } from "../../src/base/diagnostics.js";
import type { Evaluation, MeanEvaluation, MeanScore, Score } from "../../src/eval/evaluate.js";
import { decibelsJson, decibelsText } from "../../src/pictures/decibels.js";
import { argument, defineCommand, flag, option, repeatedOption } from "../flags/command.js";
import { contextFlags, contextOptionsOf } from "../flags/context-flags.js";
import { EXIT } from "../flags/exit-code.js";
import { pictureFlags, pictureOptionsOf } from "../flags/picture-flags.js";
import { filePath, integerFrom } from "../flags/values.js";
import { table } from "../terminal/table.js";

export const evalCommand = defineCommand({
  name: "eval",
  group: "Use a graph:",
  summary: "measure PSNR and SSIM of restored pictures against the true ones",
  description:
    "Results are rounded to 8 bits before they are compared, as is usual. The baseline is bicubic enlargement (as in Pillow), or " +
    "the input itself at scale 1. PSNR of RGB is taken over all samples; --y compares the luma of BT.601 in studio range. The two pictures " +
    "of a pair have the same name, or names as in common data sets (0801x2 and 0801, baby_LR and baby_HR). A pair that fails is listed, " +
    "and the means leave it out.",
  arguments: [
    argument(
      "model",
      "a model document (.json), an ONNX graph (.onnx) of any exporter, or the name of a network that comes with smxc",
    ),
  ],
  options: {
    pairs: repeatedOption(
      "--pairs <dirs...>",
      "the folder of the inputs, then the folder of the true pictures",
      filePath,
    ),
    shave: option(
      "--shave <n>",
      "pixels to leave out along every edge (default: the scale; 0 at scale 1)",
      integerFrom(0),
    ),
    y: flag("--y", "compare only the luma"),
    html: option(
      "--html <report.html>",
      "also write a report that shows parts of the pictures and their errors side by side",
      filePath,
    ),
    ...contextFlags,
    ...pictureFlags,
  },
  examples: [
    { does: "On a folder of pairs", line: "smxc eval nsr-x2 --pairs x2/ hr/ --y" },
    { does: "With a report to look at", line: "smxc eval nsr-x2 --pairs x2/ hr/ --html report.html" },
  ],
  async action(context, [modelPath], { pairs: folders, shave, y, html, ...options }) {
    const [
      { openNetworkFile },
      { checkOutputs },
      { writeFiles },
      { evalPairs },
      { evaluatePairs },
      { leftOut, meanEvaluation },
      { reportHtml },
      { errorsOf, failuresJson, printFailures },
    ] = await Promise.all([
      import("../models/open-network.js"),
      import("../files/check-outputs.js"),
      import("../files/write-files.js"),
      import("./eval/pairs.js"),
      import("./eval/evaluate-pairs.js"),
      import("../../src/eval/evaluate.js"),
      import("../../src/eval/report-html.js"),
      import("../pictures/failures.js"),
    ]);
    if (folders.length !== 2) throw twoFolders();
    if (html !== undefined) await checkOutputs([html], [modelPath]);
    const network = await openNetworkFile(
      modelPath,
      {
        ...contextOptionsOf(options),
        picture: pictureOptionsOf(options),
        target: options.target,
        areMany: options.selfEnsemble,
      },
      context,
    );
    try {
      const { scale } = network.format;
      const pairs = await evalPairs(folders[0]!, folders[1]!, context);
      const metric = { shave: shave ?? (scale === 1 ? 0 : scale), color: y ? "y" : "rgb" } as const;
      const baseline = scale === 1 ? "input" : "bicubic";
      const { results, failures } = await evaluatePairs(context, network, pairs, {
        folders: folders as readonly [string, string],
        metric,
        selfEnsemble: options.selfEnsemble,
        ...(html === undefined ? {} : { views: baseline }),
      });
      if (results.length === 0) throw new SmxcError(errorsOf(failures));
      const mean = meanEvaluation(results.map(({ evaluation }) => evaluation));
      const conditions = `${y ? "luma (Y)" : "RGB"}, shave ${metric.shave}, context: ${network.context}${options.selfEnsemble ? ", self-ensemble" : ""}`;
      if (html !== undefined) {
        const content = reportHtml({ model: modelPath, conditions, baseline, pictures: results, mean });
        const inputs = [...network.files, ...pairs.flatMap(({ input, truth }) => [input, truth])];
        await writeFiles([{ path: html, content }], { inputs });
      }
      await context.answer({
        text: () => [
          ...table(
            ["picture", "PSNR", "SSIM", `PSNR of ${baseline}`, "SSIM", "context"],
            [
              ...results.map((result) => [result.name, ...cells(result.evaluation), result.context]),
              [failures.length === 0 ? "mean" : `mean of ${results.length} of ${pairs.length}`, ...cells(mean), ""],
            ],
          ),
          conditions,
          ...[leftOut(mean, results.length)].filter((text) => text !== ""),
          ...(html === undefined ? [] : [`wrote ${html}`]),
        ],
        json: () => ({
          model: modelPath,
          ...(network.format.task === undefined ? {} : { task: network.format.task }),
          color: metric.color,
          shave: metric.shave,
          context: network.context,
          trainedContext: network.trained ?? null,
          selfEnsemble: options.selfEnsemble,
          baseline,
          images: results.map(({ name, evaluation, seconds }) => ({ image: name, ...json(evaluation), seconds })),
          mean: meanJson(mean),
          ...failuresJson(failures),
          ...(html === undefined ? {} : { report: html }),
        }),
      });
      await printFailures(context, failures, pairs.length);
      return failures.length > 0 ? EXIT.bad : EXIT.good;
    } finally {
      await network.close();
    }
  },
});

function cells({ restored, baseline }: Evaluation): readonly string[] {
  return [restored, baseline].flatMap(({ psnr, ssim }) => [
    decibelsText(psnr, 4),
    ssim === undefined ? "-" : ssim.toFixed(4),
  ]);
}

/** Where a figure is null, its reason is beside it. */
function scoreJson({ psnr, ssim }: Score): object {
  return {
    ...decibelsJson("psnr", psnr),
    ...(ssim === undefined ? { ssim: null, ssimReason: "too small" } : { ssim }),
  };
}

function json({ restored, baseline }: Evaluation): object {
  return { ...scoreJson(restored), baseline: scoreJson(baseline) };
}

function meanJson({ restored, baseline }: MeanEvaluation): object {
  const mean = ({ psnrPictures, ssimPictures, ...score }: MeanScore): object => ({
    ...scoreJson(score),
    psnrPictures,
    ssimPictures,
  });
  return { ...mean(restored), baseline: mean(baseline) };
}

const twoFolders = (): SmxcError =>
  new SmxcError(
    [
      error("usage/pairs", "--pairs needs two folders: the inputs, then the true pictures", {
        hint: "smxc eval model.json --pairs lr/ hr/",
      }),
    ],
    "usage",
  );
