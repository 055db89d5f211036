/** `--dtype float16`: values checked on pictures, or on random inputs, and what half precision costs there. */

import { SmxcError } from "../../../src/base/diagnostics.js";
import type { Lines } from "../../../src/base/text/lines.js";
import { referenceGraph } from "../../../src/compile.js";
import type { CompileOptions } from "../../../src/compile-options.js";
import type { DocumentModel } from "../../../src/open-model.js";
import { decibelsJson, decibelsText, psnr } from "../../../src/pictures/decibels.js";
import { imageToTensor } from "../../../src/pictures/image.js";
import { networkPictures } from "../../../src/restore/colour-jobs.js";
import { noImage } from "../../../src/restore/errors.js";
import { createCpuSession } from "../../../src/sessions/session-cpu-node.js";
import { checkHalfRange, type HalfCost, type HalfSample } from "../../../src/verify/half-range.js";
import { smallProblems } from "../../../src/verify/problems.js";
import { toFeeds } from "../../../src/verify/verify.js";
import type { Context } from "../../flags/command.js";
import { readPicture } from "../../pictures/read-picture.js";
import { table } from "../../terminal/table.js";

/** What is reported of one picture. */
export interface HalfReport {
  readonly image: string;
  /** dB over the range of pictures; Infinity where the results are equal. */
  readonly psnr: number;
  readonly maxError: number;
  readonly largest: HalfCost["largest"];
}

/**
 * @param pictures files; without any, small random inputs are taken, and a note says so
 * @throws SmxcError `float16/overflow`, `float16/not-finite`, `verify/not-finite`; `run/no-image` for pictures where the document does not say how they are read
 */
export async function checkHalf(
  context: Context,
  model: DocumentModel,
  options: CompileOptions,
  pictures: readonly string[],
): Promise<readonly HalfReport[]> {
  const { spec } = model;
  const [black, white] = spec.image?.range ?? [0, 1];
  const samples = pictures.length > 0 ? await pictureSamples(context, model, pictures) : randomSamples(model, options);
  if (samples.length === 0) {
    context.note(
      "the range of float16 values was not checked, because the network does not take small random inputs; check pictures with --image or --images",
    );
    return [];
  }
  const costs = await checkHalfRange(model, options, samples, async (bytes) => (await createCpuSession(bytes)).session);
  const reports = costs.map(
    ({ label, rmse, maxError, largest }): HalfReport => ({
      image: label,
      psnr: psnr(white - black, rmse),
      maxError,
      largest,
    }),
  );
  if (pictures.length > 0) return reports;
  const { largest } = reports.reduce((a, b) => (b.largest.value > a.largest.value ? b : a));
  context.note(
    `float16 values reach ${largest.value.toPrecision(3)} of at most 65504 on random inputs (layer ${largest.layer}); check pictures with --image or --images`,
  );
  return [];
}

async function pictureSamples(
  context: Context,
  { spec, files }: DocumentModel,
  pictures: readonly string[],
): Promise<readonly HalfSample[]> {
  const format = spec.image;
  if (!format) throw new SmxcError([noImage(files[0]!)]);
  const samples: HalfSample[] = [];
  for (const label of pictures) {
    const seen = networkPictures(format.color, await readPicture(context, label));
    for (const [index, picture] of seen.entries()) {
      const x = imageToTensor(picture, format.range);
      const name = seen.length === 1 ? label : `${label}, channel ${index + 1}`;
      samples.push({ label: name, feeds: new Map([[spec.inputs[0]!.name, x]]) });
    }
  }
  return samples;
}

/** Of a batch of one, over the range of pictures. */
function randomSamples({ spec, weights }: DocumentModel, options: CompileOptions): readonly HalfSample[] {
  const [black, white] = spec.image?.range ?? [0, 1];
  const open = { ...options, batch: 1, height: "dynamic", width: "dynamic", report: () => {} } as const;
  const problems = smallProblems(referenceGraph(spec, weights, open), 1);
  return problems.map((problem) => {
    const feeds = [...toFeeds(problem)].map(
      ([name, { shape, data }]) =>
        [name, { shape, data: data.map((value) => black + value * (white - black)) }] as const,
    );
    return { label: problem.label, feeds: new Map(feeds) };
  });
}

/** For `--json`. */
export function halfJson({ psnr, ...report }: HalfReport): object {
  return { ...report, ...decibelsJson("psnr", psnr) };
}

export function halfText(reports: readonly HalfReport[]): Lines {
  const rows = reports.map(({ image, psnr, maxError, largest }) => [
    image,
    decibelsText(psnr),
    maxError.toExponential(2),
    `${largest.value.toPrecision(3)} (${largest.layer})`,
  ]);
  return table(
    ["float16 compared with float32", "PSNR", "largest error", "largest value, of at most 65504 (layer)"],
    rows,
  );
}
