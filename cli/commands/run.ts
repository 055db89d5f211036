import { FORMATS_TEXT } from "../../src/files/image-format.js";
import type { Network } from "../../src/restore/network.js";
import { argument, defineCommand, flag, grouped, manyArguments, option, requiredOption } from "../flags/command.js";
import { contextFlags } from "../flags/context-flags.js";
import { EXIT } from "../flags/exit-code.js";
import { pictureFlags } from "../flags/picture-flags.js";
import { alphaFlag, formatFlag } from "../flags/result-flags.js";
import { filePath, shard } from "../flags/values.js";
import { isWritten, type Outcome, type Restored } from "../restoring/outcome.js";

const MANY = "Many pictures:";

/** The next picture is read, and the last one written, while one runs. */
const AHEAD = 1;

export const runCommand = defineCommand({
  name: "run",
  group: "Use a graph:",
  summary: "restore pictures, or folders of them, with a model",
  description:
    "Pictures keep their depth of 8 or 16 bits and their opacity; grey pictures stay grey. The results of several pictures, or of a " +
    "folder, are PNG files of the same names in the output folder. A picture that cannot be read does not stop the others. In networks with " +
    "routers, the result depends on the context: the part of the picture from which a router computes β, the weights of its experts " +
    "(kernels). The answer names the context. An ONNX graph must take one picture [N, 1 or 3, H, W] and give one. If none of its nodes " +
    "needs the whole picture, large pictures run in tiles, with the same result.",
  arguments: [
    argument(
      "model",
      "a model document (.json), an ONNX graph (.onnx) of any exporter, or the name of a network that comes with smxc (see smxc models)",
    ),
    manyArguments("pictures", `${FORMATS_TEXT} files, pipes (- is standard input), or folders of such files`),
  ],
  options: {
    output: requiredOption(
      "-o, --output <picture>",
      "the picture to write, in the format of its ending; for several pictures or a folder: the folder to write to",
      filePath,
    ),
    format: formatFlag,
    resume: grouped(
      MANY,
      flag(
        "--resume",
        "skip pictures that an earlier run with --resume finished with the same model and options; .smxc/journal.jsonl in the output folder records what is done",
      ),
    ),
    shard: grouped(
      MANY,
      option(
        "--shard <i>/<n>",
        "restore only part i of n (i from 0 to n - 1), so that n machines can share a folder; a hash of the name assigns each picture to a part",
        shard,
      ),
    ),
    ...contextFlags,
    ...pictureFlags,
    alpha: alphaFlag,
  },
  examples: [
    { does: "Enlarge a photograph", line: "smxc run nsr-x2 photo.png -o larger.png" },
    { does: "All pictures of a folder", line: "smxc run nsr-x2 photos/ -o larger/" },
    { does: "Some pictures, as JPEG", line: "smxc run model.json a.png b.webp -o larger/ --format jpg" },
    { does: "Continue where an earlier run stopped", line: "smxc run nsr-x2 photos/ -o larger/ --resume" },
    {
      does: "The first of four parts, one for each machine",
      line: "smxc run nsr-x2 photos/ -o larger/ --shard 0/4 --resume",
    },
    { does: "From another program", line: "convert photo.heic png:- | smxc run nsr-x2 - -o larger.png" },
    {
      does: "With a graph of another exporter",
      line: "smxc run esrgan.onnx photo.png -o larger.png --range 0..255 --color bgr",
    },
    {
      does: "With at most 500 MB of memory: in parts, with the same result",
      line: "smxc run nsr-x2 photo.png -o larger.png --memory 500",
    },
  ],
  async action(context, [modelPath, inputs], { output, format, resume, shard, ...options }) {
    const [
      { openNetworkFile },
      { checkOutputs },
      { planPictures },
      { restorePictures },
      { contextText },
      { openJournal },
      { doneBy },
      { networkOptionsOf, decisiveOptions },
      { failuresJson, printFailures, errorsOf, endsAll },
      { SmxcError },
    ] = await Promise.all([
      import("../models/open-network.js"),
      import("../files/check-outputs.js"),
      import("../pictures/plan.js"),
      import("./run/run-pictures.js"),
      import("../pictures/context-text.js"),
      import("../pictures/journal.js"),
      import("../restoring/done.js"),
      import("../restoring/restore-options.js"),
      import("../pictures/failures.js"),
      import("../../src/base/diagnostics.js"),
    ]);
    const plan = await planPictures(inputs, { output, format, shard }, context);
    const { pairs } = plan;
    try {
      await checkOutputs(
        pairs.map((pair) => pair.output),
        [...plan.inputs, modelPath],
      );
      const network = await openNetworkFile(modelPath, networkOptionsOf(options, plan.inputs.length > 1), context);
      const journal = resume ? await openJournal(plan.folder) : undefined;
      try {
        const { alpha, selfEnsemble } = options;
        const { results, failures } = await restorePictures(context, network, plan, {
          alpha,
          selfEnsemble,
          parallel: network.parallel,
          inFlight: network.parallel + AHEAD,
          ...(journal === undefined
            ? {}
            : { done: await doneBy(journal, network.files, decisiveOptions(options, plan.format)) }),
        });
        if (plan.single && failures.length > 0) {
          throw new SmxcError(errorsOf(failures), failures[0]!.kind);
        }
        const written = results.filter(isWritten);
        if (written.length > 0 || context.json) {
          await context.answer({
            text: () => written.map((result) => resultText(result, contextText(network, result.report))),
            json: () => {
              const pictures = results.map((result) => resultJson(result, network, selfEnsemble));
              return plan.single ? pictures[0]! : { pictures, ...failuresJson(failures) };
            },
          });
        }
        await printFailures(context, failures, pairs.length);
        if (failures.some(endsAll)) return EXIT.usage;
        return failures.length > 0 ? EXIT.bad : EXIT.good;
      } finally {
        await journal?.close();
        await network.close();
      }
    } finally {
      await plan.discard();
    }
  },
});

function resultText({ output, from, to, seconds }: Restored, context: string): string {
  return `wrote ${output}: ${to.width}x${to.height} from ${from.width}x${from.height} in ${seconds.toFixed(2)} s (context: ${context})`;
}

/** Of a picture that an earlier run wrote only the files are known. */
function resultJson(
  outcome: Outcome,
  { trained, format: { task } }: Pick<Network, "trained" | "format">,
  selfEnsemble: boolean,
): object {
  const { input, output } = outcome;
  if (!isWritten(outcome)) return { input, output, skipped: true };
  const { to, seconds, report } = outcome;
  return {
    input,
    output,
    ...to,
    seconds,
    ...report,
    trainedContext: trained ?? null,
    selfEnsemble,
    ...(task === undefined ? {} : { task }),
  };
}
