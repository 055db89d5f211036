import type { Image } from "../../src/runtime/image.js";
import type { RunReport } from "../../src/runtime/restorer.js";
import { argument, choice, defineCommand, grouped, requiredOption } from "../command.js";
import { contextFlags, contextOptionsOf } from "../context-flags.js";
import { EXIT } from "../exit-code.js";
import { filePath } from "../values.js";

export const runCommand = defineCommand({
  name: "run",
  group: "Use a graph:",
  summary: "restore a picture, or a folder of them, with a model",
  description:
    "Pictures keep their depth of 8 or 16 bits and their opacity; grey pictures stay grey. The pictures of a folder become PNG " +
    "files in another folder. β depends on what it is pooled over: the answer says what that was.",
  arguments: [
    argument("model", "a model document (.json), which is compiled on the way, or a compiled graph (.onnx)"),
    argument("input-image", "PNG, JPEG, WebP or TIFF, or a folder of such files"),
  ],
  options: {
    output: requiredOption(
      "-o, --output <image>",
      "the picture to write, whose format is told by its extension, or a folder",
      filePath,
    ),
    ...contextFlags,
    alpha: grouped(
      "Pictures:",
      choice(
        "--alpha <mode>",
        "opacity is resized bicubically, restored by the network apart from the colours, or dropped",
        ["resize", "restore", "drop"],
        "resize",
      ),
    ),
  },
  examples: [
    { does: "Enlarge a photograph", line: "smxc run nsr-x2.json photo.png -o larger.png" },
    { does: "All of a folder", line: "smxc run nsr-x2.json photos/ -o larger/" },
    {
      does: "Without patches, in tiles that fit into memory",
      line: "smxc run nsr-x2.json photo.png -o larger.png --context global --tile 512",
    },
  ],
  async action(context, [modelPath, imagePath], { output, alpha, selfEnsemble, ...options }) {
    const [
      { openNetwork },
      { checkImageSize, encodeImage, encodeImageTo, imageFormat, readImage },
      { restorePicture },
      { checkOutputs },
      { writeFiles },
      { picturePairs },
      { contextText },
      { warnOfMemory },
    ] = await Promise.all([
      import("../open-network.js"),
      import("../../src/runtime/image-node.js"),
      import("../../src/runtime/restore.js"),
      import("../check-outputs.js"),
      import("../write-files.js"),
      import("../picture-files.js"),
      import("../context-text.js"),
      import("../memory-warning.js"),
    ]);
    const pairs = await picturePairs(imagePath, output);
    for (const pair of pairs) imageFormat(pair.output);
    const inputs = pairs.map((pair) => pair.input);
    await checkOutputs(
      pairs.map((pair) => pair.output),
      [...inputs, modelPath],
    );
    const network = await openNetwork(
      modelPath,
      { ...contextOptionsOf({ ...options, selfEnsemble }), target: options.target },
      context,
    );
    try {
      const results: Result[] = [];
      const bar = context.progress(pairs.length > 1 ? `${pairs.length} pictures` : "restoring", pairs.length);
      for (const [index, pair] of pairs.entries()) {
        const picture = await readImage(pair.input, context.report);
        const { scale } = network.format;
        checkImageSize({ width: picture.width * scale, height: picture.height * scale }, pair.output);
        warnOfMemory(context, network, picture, pair.input);
        const began = performance.now();
        const { image, report } = await restorePicture(network, picture, {
          alpha,
          selfEnsemble,
          onProgress: (done, total) => bar.update(index + done / total),
        });
        const seconds = (performance.now() - began) / 1000;
        const encoder = {
          encode: () => encodeImage(image, pair.output, context.report),
          encodeTo: (path: string) => encodeImageTo(path, image, pair.output, context.report),
        };
        await writeFiles([{ path: pair.output, content: encoder }], { inputs: [...inputs, ...network.files] });
        results.push({ ...pair, from: sizeOf(picture), to: sizeOf(image), seconds, report });
      }
      bar.end();
      await context.answer({
        text: () => results.map((result) => resultText(result, contextText(network, result.report))),
        json: () => {
          const pictures = results.map((result) => resultJson(result, network.trained, selfEnsemble));
          return pairs.length === 1 && pairs[0]!.output === output ? pictures[0]! : { pictures };
        },
      });
      return EXIT.good;
    } finally {
      await network.close();
    }
  },
});

type Size = Pick<Image, "width" | "height">;

interface Result {
  readonly input: string;
  readonly output: string;
  readonly from: Size;
  readonly to: Size;
  readonly seconds: number;
  readonly report: RunReport;
}

function sizeOf({ width, height }: Image): Size {
  return { width, height };
}

function resultText({ output, from, to, seconds }: Result, context: string): string {
  return `wrote ${output}: ${to.width}x${to.height} from ${from.width}x${from.height} in ${seconds.toFixed(2)} s (context: ${context})`;
}

function resultJson(
  { input, output, to, seconds, report }: Result,
  trained: "whole" | "patch" | undefined,
  selfEnsemble: boolean,
): object {
  return { input, output, ...to, seconds, ...report, trainedContext: trained ?? null, selfEnsemble };
}
