/** An ONNX graph on pictures: β that are taken from them, and what another routing costs there. */

import type { BetaOptions } from "../../../src/accelerate/betas.js";
import { collect } from "../../../src/base/bytes/byte-source.js";
import type { ImageRun } from "../../../src/fold/from-images.js";
import { encodeModel } from "../../../src/onnx/encode.js";
import type { ModelWithGraph } from "../../../src/onnx/graph/records.js";
import type { Image } from "../../../src/pictures/image.js";
import { networkPictures } from "../../../src/restore/colour-jobs.js";
import type { PictureOptions } from "../../../src/restore/graph-format.js";
import { type Network, openGraph } from "../../../src/restore/network.js";
import type { PictureFormat } from "../../../src/restore/restorer.js";
import type { Tensor } from "../../../src/sessions/session.js";
import { createCpuSession } from "../../../src/sessions/session-cpu-node.js";
import { stacked } from "../../../src/verify/against-source.js";
import type { Context } from "../../flags/command.js";
import { readPicture } from "../../pictures/read-picture.js";
import { costsOf, type FoldSource, foldFromRuns, type ImageCost, runEach } from "./fold-sources.js";

/** β for a fold of a graph, and what is known of how good it is. */
export type GraphFold = FoldSource<BetaOptions>;

/** Compiles the graph for the CPU, at the sizes of its source. */
export type CompileWith = (betas: BetaOptions) => Promise<ModelWithGraph>;

/** Files of pictures, and what flags say of them. */
export interface TakenPictures {
  readonly images: readonly string[];
  readonly asked: PictureOptions;
}

/** Under what name a run has the graph's first output. */
const RESULT = "result";

/**
 * Runs the dynamic graph on pictures and takes the mean of every β.
 *
 * @param name what messages call the graph
 * @throws SmxcError as `openGraph` where the graph takes no pictures; `fold/beta-not-finite`
 */
export async function betasFromPictures(
  context: Context,
  name: string,
  { images, asked }: TakenPictures,
  compileWith: CompileWith,
): Promise<GraphFold> {
  const runAll = runner(context, name, { images, asked }, compileWith);
  const { runs: dynamic, format } = await runAll({ exposeBeta: true }, "taking β from the pictures");
  return foldFromRuns(
    images,
    dynamic,
    { output: RESULT, range: format.range },
    async (folded) => (await runAll(folded, "measuring what folding costs")).runs,
  );
}

/**
 * How far the results are from the source's where every router chooses one expert.
 *
 * @throws SmxcError as `openGraph` where the graph takes no pictures
 */
export async function costOfHardChoice(
  context: Context,
  name: string,
  { images, asked }: TakenPictures,
  compileWith: CompileWith,
): Promise<readonly ImageCost[]> {
  const runAll = runner(context, name, { images, asked }, compileWith);
  const { runs: dynamic, format } = await runAll({}, "running the pictures");
  const { runs: changed } = await runAll({ hard: true }, "measuring what the hard choice costs");
  return costsOf(images, { dynamic, changed }, { output: RESULT, range: format.range });
}

/** Runs all pictures through the graph, compiled with what is to become of β. */
function runner(
  context: Context,
  name: string,
  { images, asked }: TakenPictures,
  compileWith: CompileWith,
): (betas: BetaOptions, label: string) => Promise<{ runs: readonly ImageRun[]; format: PictureFormat }> {
  return async (betas, label) => {
    const { restorer, format } = await opened(name, await compileWith(betas), asked);
    try {
      const runs = await runEach(context, label, images, async (file) =>
        runOf(restorer, networkPictures(format.color, await readPicture(context, file))),
      );
      return { runs, format };
    } finally {
      await restorer.release();
    }
  };
}

async function opened(name: string, model: ModelWithGraph, asked: PictureOptions): Promise<Network> {
  const bytes = await collect(encodeModel(model).model);
  const { session } = await createCpuSession({ name: `${name} (compiled)`, bytes });
  try {
    return await openGraph({ name, model, session }, { tile: "off", picture: asked });
  } catch (cause) {
    await session.release();
    throw cause;
  }
}

/** What a graph gives for all that it sees of a picture. */
async function runOf(restorer: Network["restorer"], seen: readonly Image[]): Promise<ImageRun> {
  const found = new Map<string, Tensor[]>();
  const add = (name: string, value: Tensor): void => {
    found.set(name, [...(found.get(name) ?? []), value]);
  };
  for (const picture of seen)
    await restorer.restore(picture, (_, values) => add(RESULT, values), {
      onBetas: (betas) => {
        for (const [name, value] of betas) add(name, value);
      },
    });
  return { outputs: new Map([...found].map(([name, values]) => [name, stacked(values)])) };
}
