import { checkOutputsIn } from "../../files/check-outputs.js";
import type { Context } from "../../flags/command.js";
import { openNetworkFile } from "../../models/open-network.js";
import type { PictureEnding } from "../../pictures/endings.js";
import { hashOfFiles } from "../../pictures/journal.js";
import { planPictures } from "../../pictures/plan.js";
import { isStandardInput } from "../../pictures/read-picture.js";
import { networkOptionsOf, type RestoreOptions } from "../../restoring/restore-options.js";
import { type Added, addTasks } from "./add-tasks.js";
import type { OpenQueue } from "./connect.js";
import { notFromPipes } from "./errors.js";
import { placeOfModel, planOf, storePlan } from "./plan.js";
import { tasksOf, usualPerJob } from "./tasks.js";

export interface AddPicturesOptions {
  readonly model: string;
  readonly inputs: readonly string[];
  readonly output: string;
  readonly format: PictureEnding | undefined;
  readonly perJob: number | undefined;
  readonly retry: boolean;
  readonly options: RestoreOptions;
}

/**
 * Opens the network too, so that errors in the model or the options show here and not in every worker.
 *
 * @throws SmxcError as `smxc run` before its work
 */
export async function addPictures(
  context: Context,
  open: OpenQueue,
  { model, inputs, output, format, perJob, retry, options }: AddPicturesOptions,
): Promise<Added & { readonly jobs: number }> {
  const pipes = inputs.filter(isStandardInput);
  if (pipes.length > 0) throw notFromPipes(pipes);
  const pictures = await planPictures(inputs, { output, format }, context);
  const { pairs } = pictures;
  try {
    const networkOptions = networkOptionsOf(options, true);
    const network = await openNetworkFile(model, networkOptions, context);
    const { files, parallel } = network;
    await network.close();
    await checkOutputsIn(
      pictures.folder,
      pairs.map((pair) => pair.output),
      [...pictures.inputs, ...files],
    );
    const place = { path: await placeOfModel(model), sha256: await hashOfFiles(files) };
    const machine = { memory: networkOptions.memory, jobs: parallel };
    const plan = await storePlan(open.redis, open.queue, planOf(pictures, place, machine, options));
    const tasks = tasksOf(plan, pairs, perJob ?? usualPerJob(pairs.length));
    const bar = context.progress("adding", pairs.length, "picture");
    try {
      const added = await addTasks(open, tasks, { retry, onProgress: (count) => bar.update(count) });
      return { ...added, jobs: tasks.length };
    } finally {
      bar.end();
    }
  } catch (cause) {
    await pictures.discard();
    throw cause;
  }
}
