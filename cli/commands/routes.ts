import { error, SmxcError } from "../../src/base/diagnostics.js";
import type { Lines } from "../../src/base/text/lines.js";
import type { RouterStudy } from "../../src/routes/study.js";
import { argument, choice, defineCommand, option, repeatedOption } from "../flags/command.js";
import { EXIT } from "../flags/exit-code.js";
import { pictureFlags, pictureOptionsOf } from "../flags/picture-flags.js";
import { filePath } from "../flags/values.js";
import type { Failure } from "../pictures/failures.js";
import { table } from "../terminal/table.js";

export const routesCommand = defineCommand({
  name: "routes",
  group: "Look inside:",
  summary: "show how the routers of a model behave on pictures",
  description:
    "A router computes β, the weights with which a layer mixes its experts (kernels). This command runs the model on pictures and " +
    "reports for every router: how evenly it uses its experts, which of them have the largest weight, and how much β changes from picture " +
    "to picture and from patch to patch. Where β hardly changes, compile --routing fold (β constant) costs hardly any quality. Of an ONNX graph, " +
    "the routers are those of the kernels that compile reads as mixtures; a graph that was compiled with --expose-beta runs " +
    "as it is. The model may give anything, such as scores.",
  arguments: [
    argument("model", "a model document, an ONNX graph with routers, or the name of a network that comes with smxc"),
  ],
  options: {
    images: option("--images <dir>", "a folder of pictures", filePath),
    image: repeatedOption("--image <file>", "a picture (repeatable)", filePath),
    output: option("-o, --output <report.html>", "also write a report with heat maps of layers × experts", filePath),
    context: choice(
      "--context <kind>",
      "the part of a picture from which a router computes β. whole: the whole picture; patch: each patch of the training size; trained: as in the training",
      ["trained", "whole", "patch"],
      "trained",
    ),
    range: pictureFlags.range,
    color: pictureFlags.color,
  },
  examples: [
    { does: "On a folder of pictures", line: "smxc routes nsr-x2 --images photos/" },
    { does: "With heat maps to look at", line: "smxc routes nsr-x2 --images photos/ -o routes.html" },
    { does: "Of an exported network", line: "smxc routes net.onnx --images photos/ --range 0..255" },
  ],
  async action(context, [modelPath], { images, image, output, context: kind, range, color }) {
    const [{ openModelFile }, { pictureFiles }, { readPicture }, { RoutesStudy }, files, html, failing] =
      await Promise.all([
        import("../models/open-model.js"),
        import("../pictures/folder.js"),
        import("../pictures/read-picture.js"),
        import("../../src/routes/study.js"),
        import("../files/write-files.js"),
        import("../../src/routes/report-html.js"),
        import("../pictures/failures.js"),
      ]);
    const { attempt, errorsOf, failuresJson, printFailures } = failing;
    const given = [...image, ...(images === undefined ? [] : await pictureFiles(images, context))];
    if (given.length === 0) throw noPictures();
    const { checkOutputs } = await import("../files/check-outputs.js");
    if (output !== undefined) await checkOutputs([output], [modelPath, ...given]);
    const model = await openModelFile(modelPath, "network", context.report);
    const { openRouters } = await import("./routes/open-routers.js");
    const picture = pictureOptionsOf({ range, color, scale: undefined });
    const network = await openRouters(context, model, { context: kind, picture });
    try {
      const study = new RoutesStudy();
      const pictures: string[] = [];
      const failures: Failure[] = [];
      const bar = context.progress("routing", given.length);
      for (const [index, path] of given.entries()) {
        const tried = await attempt(path, async () =>
          network.betasOf(await readPicture(context, path), (share) => bar.update(index + share)),
        );
        if ("failure" in tried) {
          failures.push(tried.failure);
          continue;
        }
        // Only now: of a picture that fails half-way nothing may count.
        for (const each of tried.result) study.add(each);
        study.endPicture();
        pictures.push(path);
      }
      bar.end();
      if (pictures.length === 0) throw new SmxcError(errorsOf(failures), failures[0]!.kind);
      const routers = study.routers();
      if (routers.length === 0) throw noRouters(modelPath);
      const conditions = `${pictures.length} picture${pictures.length === 1 ? "" : "s"}, ${routers[0]!.samples} sample${routers[0]!.samples === 1 ? "" : "s"} of β, context: ${network.context}`;
      if (output !== undefined) {
        const content = html.routesHtml({ model: modelPath, conditions, pictures, routers });
        await files.writeFiles([{ path: output, content }], { inputs: [...network.files, ...given] });
      }
      await context.answer({
        text: () => [
          ...routersTable(routers),
          conditions,
          LEGEND,
          ...(output === undefined ? [] : [`wrote ${output}`]),
        ],
        json: () => ({
          model: modelPath,
          context: network.context,
          pictures,
          routers,
          ...failuresJson(failures),
          ...(output === undefined ? {} : { report: output }),
        }),
      });
      await printFailures(context, failures, given.length);
      return failures.length > 0 ? EXIT.bad : EXIT.good;
    } finally {
      await network.close();
    }
  },
});

const LEGEND =
  "evenness: entropy of β, divided by the entropy of equal weights; leading: experts with the largest weight in some cardinal; " +
  "between, within: the largest change of β from picture to picture, and among the patches of one picture";

function routersTable(routers: readonly RouterStudy[]): Lines {
  return table(
    ["layer", "experts", "blocks", "evenness", "largest β", "leading", "between", "within"],
    routers.map((router) => [
      router.layer,
      router.experts,
      router.cardinals,
      router.evenness?.toFixed(3) ?? "-",
      `${router.largest.mean.toFixed(3)} (at most ${router.largest.most.toFixed(3)})`,
      `${router.leading} of ${router.experts}`,
      router.betweenPictures.toFixed(4),
      router.withinPictures?.toFixed(4) ?? "-",
    ]),
  );
}

const noPictures = (): SmxcError =>
  new SmxcError(
    [
      error("usage/no-pictures", "smxc routes needs pictures on which to run the model", {
        hint: "smxc routes model.json --images photos/",
      }),
    ],
    "usage",
  );

const noRouters = (file: string): SmxcError =>
  new SmxcError([
    error("routes/none", "the model has no routers; its kernels do not depend on the input", {
      file,
      hint: "list its layers with smxc inspect",
    }),
  ]);
