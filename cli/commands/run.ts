import { argument, defineCommand, requiredOption } from "../command.js";
import { targetFlag } from "../compile-flags.js";
import { EXIT } from "../exit-code.js";
import { filePath } from "../values.js";

export const runCommand = defineCommand({
  name: "run",
  group: "Use a graph:",
  summary: "restore a picture with a model",
  arguments: [
    argument("model", "a model document (.json), which is compiled on the way, or a compiled graph (.onnx)"),
    argument("input-image", "PNG, JPEG, WebP or TIFF"),
  ],
  options: {
    output: requiredOption(
      "-o, --output <image>",
      "the picture to write; its format is told by its extension",
      filePath,
    ),
    target: targetFlag,
  },
  examples: [{ does: "Enlarge a photograph", line: "smxc run nsr-x2.onnx photo.png -o larger.png" }],
  async action(context, [modelPath, imagePath], { output, target }) {
    const [
      { openNetwork },
      { encodeImage, imageFormat, readImage },
      { restoreWhole },
      { checkOutputs },
      { writeFiles },
    ] = await Promise.all([
      import("../open-network.js"),
      import("../../src/runtime/image-node.js"),
      import("../../src/runtime/restore.js"),
      import("../check-outputs.js"),
      import("../write-files.js"),
    ]);
    imageFormat(output);
    await checkOutputs([output], [imagePath, modelPath]);
    const picture = await readImage(imagePath, context.report);
    const network = await openNetwork(modelPath, target, context);
    try {
      const began = performance.now();
      const restored = await restoreWhole(network.session, network, network.image, picture);
      const seconds = (performance.now() - began) / 1000;
      const bytes = await encodeImage(restored, output, context.report);
      await writeFiles([{ path: output, content: bytes }], { inputs: [imagePath, ...network.files] });
      await context.answer({
        text: () =>
          `wrote ${output}: ${restored.width}x${restored.height} from ${picture.width}x${picture.height} in ${seconds.toFixed(2)} s (context: whole picture)`,
        json: () => ({ output, width: restored.width, height: restored.height, seconds, context: "whole" }),
      });
      return EXIT.good;
    } finally {
      await network.session.release();
    }
  },
});
