/** The work of `smxc eval`: one pair after another. */
import type { Diagnostic } from "../../../src/base/diagnostics.js";
import { SmxcError } from "../../../src/base/diagnostics.js";
import { compared, type Evaluation, evaluatePictures } from "../../../src/eval/evaluate.js";
import { folderMisfit, type Misfit, misfitOf, pairMisfit } from "../../../src/eval/pair-sizes.js";
import type { ReportPicture } from "../../../src/eval/report-html.js";
import { viewsOf } from "../../../src/eval/views.js";
import { type Image, toBitDepth } from "../../../src/pictures/image.js";
import { encodeImage } from "../../../src/pictures/image-node.js";
import type { MetricOptions } from "../../../src/pictures/metrics.js";
import { restorePicture } from "../../../src/restore/restore.js";
import type { Context } from "../../flags/command.js";
import type { OpenNetwork } from "../../models/open-network.js";
import { contextText } from "../../pictures/context-text.js";
import { attempt, type Failure } from "../../pictures/failures.js";
import { readPicture } from "../../pictures/read-picture.js";
import type { EvalPair } from "./pairs.js";

export interface EvaluatedPair extends ReportPicture {
  readonly evaluation: Evaluation;
  readonly seconds: number;
  readonly context: string;
}

interface Options {
  readonly folders: readonly [inputs: string, truths: string];
  readonly metric: MetricOptions;
  readonly selfEnsemble: boolean;
  /** What the baseline is, where pictures of a report are wanted. */
  readonly views?: "input" | "bicubic";
}

/**
 * Continues after a pair that fails. If all pairs fail because of their sizes, in the same way, one error says so for
 * the folders.
 */
export async function evaluatePairs(
  context: Context,
  network: OpenNetwork,
  pairs: readonly EvalPair[],
  options: Options,
): Promise<{ readonly results: readonly EvaluatedPair[]; readonly failures: readonly Failure[] }> {
  const { scale } = network.format;
  const results: EvaluatedPair[] = [];
  const failures: Failure[] = [];
  const misfits: Misfit[] = [];
  let cut = 0;
  const bar = context.progress("evaluating", pairs.length);
  for (const [index, pair] of pairs.entries()) {
    const tried = await attempt(pair.input, async () => {
      const [picture, truth] = [await readPicture(context, pair.input), await readPicture(context, pair.truth)];
      const misfit = misfitOf(picture, truth, scale);
      if (misfit !== undefined) {
        misfits.push(misfit);
        throw new SmxcError([pairMisfit(pair.input, picture, truth, scale, misfit)]);
      }
      const result = await evaluateOne(context, network, pair.name, picture, truth, options, (part) =>
        bar.update(index + part),
      );
      if (truth.width !== scale * picture.width || truth.height !== scale * picture.height) cut++;
      return result;
    });
    if ("result" in tried) results.push(tried.result);
    else failures.push(tried.failure);
    bar.update(index + 1);
  }
  bar.end();
  if (cut > 0) {
    context.note(
      `in ${cut} of ${pairs.length} pairs the sizes are not multiples of the scale; pixels at the right and bottom were left out`,
    );
  }
  const common =
    pairs.length > 1 && misfits.length === pairs.length ? commonMisfit(options, scale, misfits) : undefined;
  if (common === undefined) return { results, failures };
  return { results, failures: [{ input: options.folders[0], diagnostics: [common], kind: "invalid" }] };
}

function commonMisfit({ folders }: Options, scale: number, misfits: readonly Misfit[]): Diagnostic | undefined {
  const [first, ...others] = misfits.map((misfit) => JSON.stringify(misfit));
  const [misfit] = misfits;
  if (misfit === undefined || misfit.kind === "other" || others.some((other) => other !== first)) return undefined;
  return folderMisfit(...folders, scale, misfit);
}

async function evaluateOne(
  context: Context,
  network: OpenNetwork,
  name: string,
  picture: Image,
  truth: Image,
  { metric, selfEnsemble, views }: Options,
  onProgress: (part: number) => void,
): Promise<EvaluatedPair> {
  const began = performance.now();
  const { image, report } = await restorePicture(network, picture, {
    alpha: "drop",
    selfEnsemble,
    onProgress: (done, total) => onProgress(done / total),
  });
  const seconds = (performance.now() - began) / 1000;
  const trio = compared(toBitDepth(picture, 8), toBitDepth(image, 8), toBitDepth(truth, 8));
  const evaluation = evaluatePictures(trio, metric);
  const encoded = (views === undefined ? [] : viewsOf(trio, views)).map(async ({ title, image: view }) => ({
    title,
    width: view.width,
    png: await encodeImage(view, `${title}.png`, context.report),
  }));
  return { name, evaluation, views: await Promise.all(encoded), seconds, context: contextText(network, report) };
}
