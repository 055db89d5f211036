import { basename, dirname, join } from "node:path";
import type { ByteSource } from "../../src/base/bytes/byte-source.js";
import type { Diagnostic, Reporter } from "../../src/base/diagnostics.js";
import type { Imported } from "../../src/frontends/checkpoints/import.js";
import { argument, defineCommand, option, repeatedOption, requiredOption } from "../flags/command.js";
import { EXIT } from "../flags/exit-code.js";
import { filePath, keyValue, name } from "../flags/values.js";
import { formatDocument } from "./import/format-document.js";

export const importCommand = defineCommand({
  name: "import",
  group: "Make a graph:",
  summary: "turn a PyTorch or safetensors checkpoint into a model document and its weights",
  description:
    "Reads .pt, .pth or .safetensors, and never runs code that a checkpoint holds. The architecture is recognised by the " +
    "names and shapes of the tensors, and weight_norm is merged into the weights. Every tensor of the network must be used " +
    "exactly once. Writes the model document, and its weights beside it: for model.json, model.weights.safetensors. The model " +
    "gets the name of the checkpoint's file.",
  arguments: [argument("checkpoint", "the checkpoint: .pt, .pth or .safetensors")],
  options: {
    output: requiredOption("-o, --output <model.json>", "the model document to write", filePath),
    arch: option("--arch <name>", "the architecture, if the tensors do not identify it", name),
    config: option("--config <file.json>", "a JSON file of hyper-parameters that the tensors do not show", filePath),
    set: repeatedOption(
      "--set <key=value>",
      "one hyper-parameter, such as mean=0.5; wins over --config (repeatable)",
      keyValue,
    ),
    key: option(
      "--key <name>",
      "the entry of the checkpoint that holds the tensors, or the prefix of their names, such as state_dict, net or ema.module",
      name,
    ),
  },
  examples: [
    { does: "A trained network", line: "smxc import checkpoint.pt -o model.json" },
    {
      does: "A network that was trained on patches of 32 pixels",
      line: "smxc import checkpoint.pt -o model.json --set patch=32",
    },
    {
      does: "The averaged weights of a training checkpoint",
      line: "smxc import last.pth -o model.json --key state_dict_ema",
    },
    { does: "A network inside a larger module", line: "smxc import last.ckpt -o model.json --key net" },
    { does: "A single layer", line: "smxc import layer.safetensors -o layer.json --arch nsr-conv --set experts=4" },
  ],
  async action(context, [checkpoint], options) {
    const [{ openFileSource }, { checkOutputs }, { placeErrors, inFile }, { originOf }] = await Promise.all([
      import("../../src/base/bytes/file-source-node.js"),
      import("../files/check-outputs.js"),
      import("../../src/base/place-errors.js"),
      import("../../src/frontends/checkpoints/origin.js"),
    ]);
    const inputs = [checkpoint, ...(options.config === undefined ? [] : [options.config])];
    const outputs = {
      document: options.output,
      weights: join(dirname(options.output), `${basename(options.output).replace(/\.json$/, "")}.weights.safetensors`),
    };
    await checkOutputs([outputs.weights, outputs.document], inputs);
    const source = await openFileSource(checkpoint);
    try {
      const place = inFile(checkpoint);
      const report = (found: Diagnostic): void => context.report(place(found));
      const { arch, document, weights, parameters } = await placeErrors(place, () =>
        read(source, { ...options, name: basename(checkpoint) }, report),
      );
      const origin = await originOf(arch, source);
      const text = (sha256: string): string => {
        const { $schema, version, name, ...rest } = document;
        const weightsEntry = { file: basename(outputs.weights), sha256 };
        return formatDocument({ $schema, version, name, weights: weightsEntry, ...rest, source: origin });
      };
      const { writeAndReport } = await import("../files/write-and-report.js");
      const [weightsFile, documentFile] = await placeErrors(place, () =>
        writeAndReport(
          context,
          [
            { path: outputs.weights, content: weights },
            { path: outputs.document, content: (written) => text(written[0]!.sha256) },
          ],
          { inputs },
        ),
      );
      const count = parameters.model.toLocaleString("en");
      const unfolded =
        parameters.checkpoint === parameters.model
          ? ""
          : ` (${parameters.checkpoint.toLocaleString("en")} in the checkpoint)`;
      await context.answer({
        text: () => [
          `${document.name}: ${arch}, ${document.layers.length} layers, ${count} parameters${unfolded}`,
          `wrote ${documentFile!.path}`,
          `wrote ${weightsFile!.path} (${weightsFile!.bytes.toLocaleString("en")} bytes)`,
        ],
        json: () => ({
          name: document.name,
          arch,
          layers: document.layers.length,
          parameters: parameters.model,
          checkpointParameters: parameters.checkpoint,
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

interface ReadOptions {
  readonly arch: string | undefined;
  readonly config: string | undefined;
  readonly set: readonly (readonly [key: string, text: string])[];
  readonly key: string | undefined;
  /** Of the checkpoint's file. */
  readonly name: string;
}

async function read(source: ByteSource, options: ReadOptions, report: Reporter): Promise<Imported> {
  const [{ prefixFinder }, { importModel }, { modelNameOf }, { openWeights }, { readConfig }] = await Promise.all([
    import("../../src/frontends/checkpoints/architecture.js"),
    import("../../src/frontends/checkpoints/import.js"),
    import("../../src/frontends/checkpoints/model-name.js"),
    import("../../src/files/open.js"),
    import("./import/read-config.js"),
  ]);
  const { arch, config, set, key } = options;
  const given = await readConfig(config, set);
  const name = modelNameOf(options.name);
  const store = await openWeights(source, {
    report,
    findPrefixes: prefixFinder(arch),
    ...(key === undefined ? {} : { key }),
  });
  return importModel(store, {
    config: given.values,
    configPlace: (name) => given.place(name) ?? { place: name },
    report,
    ...(arch === undefined ? {} : { arch }),
    ...(name === undefined ? {} : { name }),
  });
}
