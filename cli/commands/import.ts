import { basename, dirname, join } from "node:path";
import type { ConfigValue } from "../../src/importers/config.js";
import { argument, defineCommand, option, repeatedOption, requiredOption } from "../command.js";
import { EXIT } from "../exit-code.js";
import { filePath, keyValue, name } from "../values.js";

export const importCommand = defineCommand({
  name: "import",
  group: "Make a graph:",
  summary: "turn a PyTorch or safetensors checkpoint into a model document and its weights",
  description:
    "Reads .pt/.pth (never executing what is in it) or .safetensors, recognises the architecture by its tensors, folds weight_norm, " +
    "and writes model.json with model.weights.safetensors beside it. Every tensor must be used exactly once.",
  arguments: [argument("checkpoint", "the checkpoint: .pt, .pth or .safetensors")],
  options: {
    output: requiredOption("-o, --output <model.json>", "the model document to write", filePath),
    arch: option("--arch <name>", "the architecture, where the tensors do not tell it", name),
    config: option("--config <file.json>", "hyper-parameters that the tensors do not tell", filePath),
    set: repeatedOption("--set <key=value>", "one hyper-parameter, e.g. mean=0.5 (repeatable; wins over --config)", keyValue),
    key: option("--key <name>", "the entry of the checkpoint that holds the tensors", name),
  },
  examples: [
    { does: "A trained network", line: "smxc import checkpoint.pt -o model.json" },
    { does: "One that was trained on patches of 32 pixels", line: "smxc import checkpoint.pt -o model.json --set patch=32" },
    { does: "A single layer", line: "smxc import layer.safetensors -o layer.json --arch nsr-conv --set experts=4" },
  ],
  async action(context, [checkpoint], { output, arch, config, set, key }) {
    const [{ importModel }, { openWeights }, { openFileSource }, { writeFiles }, { readConfig }] = await Promise.all([
      import("../../src/importers/import.js"),
      import("../../src/weights/open.js"),
      import("../../src/weights/file-source-node.js"),
      import("../write-files.js"),
      import("../read-config.js"),
    ]);
    const given = new Map<string, ConfigValue>([...(config === undefined ? [] : await readConfig(config)), ...set.map(configEntry)]);
    const source = await openFileSource(checkpoint);
    try {
      const store = await openWeights(source, { report: context.report, ...(key === undefined ? {} : { key }) });
      const { arch: found, document, weights } = importModel(store, {
        config: given,
        sha256: await source.sha256(),
        report: context.report,
        ...(arch === undefined ? {} : { arch }),
      });
      const weightsPath = join(dirname(output), `${basename(output).replace(/\.json$/, "")}.weights.safetensors`);
      const documentText = (sha256: string): string => {
        const { $schema, version, name: model, ...rest } = document;
        const complete = { $schema, version, name: model, weights: { file: basename(weightsPath), sha256 }, ...rest };
        return formatDocument(complete);
      };
      const [weightsFile, documentFile] = await writeFiles(
        [
          { path: weightsPath, content: weights },
          { path: output, content: (written) => documentText(written[0]!.sha256) },
        ],
        { inputs: [checkpoint, ...(config === undefined ? [] : [config])] },
      );
      const parameters = Math.round(weights.length / 4);
      await context.answer({
        text: () =>
          [
            `${document.name}: ${found}, ${document.layers.length} layers, about ${parameters.toLocaleString("en")} parameters`,
            `wrote ${documentFile!.path}`,
            `wrote ${weightsFile!.path} (${weightsFile!.bytes.toLocaleString("en")} bytes)`,
          ].join("\n"),
        json: () => ({
          name: document.name,
          arch: found,
          layers: document.layers.length,
          document: documentFile!.path,
          weights: { file: weightsFile!.path, bytes: weightsFile!.bytes, sha256: weightsFile!.sha256 },
        }),
      });
      return EXIT.good;
    } finally {
      await source.close();
    }
  },
});

/** Values of `--set` are read as JSON where they are JSON scalars, else as text. */
function configEntry([key, text]: readonly [string, string]): readonly [string, ConfigValue] {
  if (text === "true" || text === "false") return [key, text === "true"];
  const number = Number(text);
  return [key, text.trim() !== "" && Number.isFinite(number) ? number : text];
}

/** One line per layer, so that documents are short and differences of two are readable. */
function formatDocument(document: Readonly<Record<string, unknown>>): string {
  const fields = Object.entries(document).map(([key, value]) => {
    if (!Array.isArray(value) || key === "outputs") return `  ${JSON.stringify(key)}: ${JSON.stringify(value)}`;
    return `  ${JSON.stringify(key)}: [\n${value.map((item) => `    ${JSON.stringify(item)}`).join(",\n")}\n  ]`;
  });
  return `{\n${fields.join(",\n")}\n}\n`;
}
