/** The work of `smxc run`: one picture after another, from file to file. */
import type { Image } from "../../../src/pictures/image.js";
import { checkImageSize, encodeImage, encodeImageTo } from "../../../src/pictures/image-node.js";
import { type AlphaMode, restorePicture } from "../../../src/restore/restore.js";
import type { RunReport } from "../../../src/restore/restorer.js";
import { writeFiles } from "../../files/write-files.js";
import type { Context } from "../../flags/command.js";
import type { OpenNetwork } from "../../models/open-network.js";
import { attempt, endsAll, type Failure } from "../../pictures/failures.js";
import type { PicturePair, PicturePlan } from "../../pictures/plan.js";
import { readPicture } from "../../pictures/read-picture.js";
import { warnOfMemory } from "./memory-warning.js";

type Size = Pick<Image, "width" | "height">;

/** A picture that was written. */
export interface Restored extends PicturePair {
  readonly from: Size;
  readonly to: Size;
  readonly seconds: number;
  readonly report: RunReport;
}

interface Options {
  readonly alpha: AlphaMode;
  readonly selfEnsemble: boolean;
}

/** Goes on after a picture that fails, unless its result could not be written: then all others would fail as well. */
export async function restorePictures(
  context: Context,
  network: OpenNetwork,
  plan: PicturePlan,
  options: Options,
): Promise<{ readonly results: readonly Restored[]; readonly failures: readonly Failure[] }> {
  const { pairs } = plan;
  const results: Restored[] = [];
  const failures: Failure[] = [];
  const bar = context.progress(pairs.length > 1 ? `${pairs.length} pictures` : "restoring", pairs.length);
  for (const [index, pair] of pairs.entries()) {
    const tried = await attempt(pair.input, () =>
      restoreOne(context, network, plan, pair, options, (part) => bar.update(index + part)),
    );
    if ("result" in tried) results.push(tried.result);
    else failures.push(tried.failure);
    bar.update(index + 1);
    if ("failure" in tried && endsAll(tried.failure)) break;
  }
  bar.end();
  const left = pairs.length - results.length - failures.length;
  if (left > 0) context.note(`${left} picture${left === 1 ? " was" : "s were"} not tried`);
  return { results, failures };
}

async function restoreOne(
  context: Context,
  network: OpenNetwork,
  { format }: PicturePlan,
  { input, output }: PicturePair,
  { alpha, selfEnsemble }: Options,
  onProgress: (part: number) => void,
): Promise<Restored> {
  const picture = await readPicture(context, input);
  const { scale } = network.format;
  checkImageSize({ width: picture.width * scale, height: picture.height * scale }, output, format);
  await warnOfMemory(context, network, picture, input);
  const began = performance.now();
  const { image, report } = await restorePicture(network, picture, {
    alpha,
    selfEnsemble,
    onProgress: (done, total) => onProgress(done / total),
  });
  const seconds = (performance.now() - began) / 1000;
  const content = {
    encode: () => encodeImage(image, output, context.report, format),
    encodeTo: (path: string) => encodeImageTo(path, image, output, context.report, format),
  };
  await writeFiles([{ path: output, content }], { inputs: [input, ...network.files] });
  return { input, output, from: sizeOf(picture), to: sizeOf(image), seconds, report };
}

function sizeOf({ width, height }: Image): Size {
  return { width, height };
}
