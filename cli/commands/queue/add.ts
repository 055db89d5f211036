import { FORMATS_TEXT } from "../../../src/files/image-format.js";
import { argument, defineCommand, flag, manyArguments, option, requiredOption } from "../../flags/command.js";
import { contextFlags } from "../../flags/context-flags.js";
import { EXIT } from "../../flags/exit-code.js";
import { pictureFlags } from "../../flags/picture-flags.js";
import { queueFlags } from "../../flags/queue-flags.js";
import { alphaFlag, formatFlag } from "../../flags/result-flags.js";
import { filePath, positiveInteger } from "../../flags/values.js";

/** How many workers a machine has is the machine's. */
const { jobs: _, ...fixedFlags } = contextFlags;

export const queueAddCommand = defineCommand({
  name: "queue add",
  group: "Use a graph:",
  summary: "put pictures into a queue that many machines work on",
  description:
    "Takes the arguments and flags of smxc run. The model, the context, the tiles and everything else that could change a byte of a " +
    "result are fixed here, so that each worker (smxc queue work) writes the same bytes as smxc run would. Pictures, model and results " +
    "are stored as absolute paths, which all workers must be able to open. To add the same pictures again changes nothing, with one exception: " +
    "a picture whose result has been deleted since is restored again.",
  arguments: [
    argument(
      "model",
      "a model document (.json), an ONNX graph (.onnx) of any exporter, or the name of a network that comes with smxc (see smxc models)",
    ),
    manyArguments("pictures", `${FORMATS_TEXT} files, or folders of such files`),
  ],
  options: {
    output: requiredOption("-o, --output <folder>", "the folder of the results; for one picture also a file", filePath),
    ...queueFlags,
    perJob: option(
      "--per-job <n>",
      "pictures that a worker takes at a time, on average (default: 1; up to 64 if there are more than 20,000 pictures)",
      positiveInteger,
    ),
    retryFailed: flag("--retry-failed", "try failed pictures again"),
    format: formatFlag,
    ...fixedFlags,
    ...pictureFlags,
    alpha: alphaFlag,
  },
  examples: [
    {
      does: "All pictures of a folder",
      line: "smxc queue add nsr-x2 photos/ -o larger/ --redis redis://localhost:6379",
    },
    {
      does: "Try again the pictures that could not be read, after you repaired them",
      line: "smxc queue add nsr-x2 photos/ -o larger/ --redis redis://localhost:6379 --retry-failed",
    },
  ],
  async action(context, [modelPath, inputs], { output, redis, queue, perJob, retryFailed, format, ...rest }) {
    const [{ addPictures }, { withQueue }] = await Promise.all([import("./add-pictures.js"), import("./connect.js")]);
    return withQueue({ redis, queue }, context, async (open) => {
      const counts = await addPictures(context, open, {
        model: modelPath,
        inputs,
        output,
        format,
        perJob,
        retry: retryFailed,
        options: { ...rest, jobs: undefined },
      });
      const { added, before, failed, jobs } = counts;
      const others = [
        ...(before > 0 ? [`${before} ${before === 1 ? "was" : "were"} already in the queue or done`] : []),
        ...(failed > 0 ? [`${failed} failed before (try again with --retry-failed)`] : []),
      ];
      await context.answer({
        text: () => [
          `added ${added} picture${added === 1 ? "" : "s"} to the queue ${queue}${others.length > 0 ? `; ${others.join(", ")}` : ""}`,
        ],
        json: () => ({ queue, added, before, failed, jobs }),
      });
      return EXIT.good;
    });
  },
});
