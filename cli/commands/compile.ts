import { error, SmxcError, warning } from "../../src/base/diagnostics.js";
import type { Lines } from "../../src/base/text/lines.js";
import type { CompileOptions } from "../../src/compile-options.js";
import type { DocumentModel } from "../../src/open-model.js";
import type { PictureOptions } from "../../src/restore/graph-format.js";
import { argument, type Context, defineCommand, flag, grouped, option, requiredOption } from "../flags/command.js";
import { compileFlags, compileOptionsOf, foldFlags } from "../flags/compile-flags.js";
import { EXIT } from "../flags/exit-code.js";
import { pictureFlags, pictureOptionsOf } from "../flags/picture-flags.js";
import { filePath } from "../flags/values.js";
import type { FoldFlags, FoldSource } from "./compile/fold-sources.js";
import type { Tuned } from "./compile/tune.js";

export const compileCommand = defineCommand({
  name: "compile",
  group: "Make a graph:",
  summary: "compile a model document, or any ONNX graph, to an ONNX graph that runs faster",
  description:
    "Of a model document, batch, height and width stay dynamic unless a flag fixes them. Of an ONNX graph, smxc compiles the " +
    "parts that it understands and makes faster; all other nodes stay as they are, and so do the names, order and types of " +
    "inputs and outputs. A batch of 1 becomes dynamic if smxc can prove that every node treats the samples separately. At the end the " +
    "result runs in ONNX Runtime and is compared: with the reference interpreter in float64, and for an ONNX graph with the " +
    "source graph. NaN and infinite values are an error. Terms: a mixed convolution has several kernels, its experts. A router " +
    "computes β from the picture: the weights with which the experts are mixed. A layer may be split into cardinals, groups of " +
    "output channels that have a β each.",
  arguments: [
    argument(
      "model",
      "a model document with its weights beside it, an ONNX graph of any exporter, or the name of a network that comes with smxc",
    ),
  ],
  options: {
    output: requiredOption("-o, --output <model.onnx>", "the graph to write", filePath),
    ...foldFlags,
    ...compileFlags,
    ...pictureFlags,
    externalData: grouped(
      "Format:",
      flag(
        "--external-data",
        "put the weights into <output>.data (automatic above 2 GB); weights that the target can read only from the graph stay in it",
      ),
    ),
    tune: grouped(
      "How it runs:",
      flag("--tune", "measure the lowerings of every distinct convolution on this machine, and take the fastest"),
    ),
    tuneCache: grouped(
      "How it runs:",
      option(
        "--tune-cache <file>",
        "the file in which --tune keeps its measurements (default: <output>.tune.json)",
        filePath,
      ),
    ),
    explain: flag(
      "--explain",
      "list how each convolution runs and why, and which parts were rewritten or left unchanged",
    ),
    verify: flag("--no-verify", "skip the comparison at the end; weights that are not finite are then a warning"),
  },
  examples: [
    {
      does: "Fold: fix β at its mean over some pictures",
      line: "smxc compile model.json -o folded.onnx --routing fold --images photos/",
    },
    { does: "One graph for every batch and size", line: "smxc compile model.json -o model.onnx" },
    {
      does: "An exported network, with a list of what became of its parts",
      line: "smxc compile net.onnx -o fast.onnx --explain",
    },
    {
      does: "For browsers, with fixed sizes",
      line: "smxc compile model.json -o model.onnx --target webgpu --batch 1 --height 64 --width 64",
    },
  ],
  async action(context, [path], options) {
    const [{ openModelFile }, { compile }, { dataPath, encodeForFiles }, { checkOutputs }, { writeAndReport }] =
      await Promise.all([
        import("../models/open-model.js"),
        import("../../src/compile.js"),
        import("../models/encode-for-files.js"),
        import("../files/check-outputs.js"),
        import("../files/write-and-report.js"),
      ]);
    const model = await openModelFile(path, "network", context.report);
    try {
      if (model.kind === "graph") {
        const { compileGraphByFlags } = await import("./compile/graph-flags.js");
        await compileGraphByFlags(context, model, options);
        return EXIT.good;
      }
      const data = options.externalData ? [dataPath(options.output)] : [];
      await checkOutputs([...data, options.output], model.files);
      refusePictureFlags(pictureOptionsOf(options));
      return await model.placeErrors(async () => {
        const mode = options.routing === "dynamic" || options.routing === "fold" ? {} : { routing: options.routing };
        const base = { ...compileOptionsOf(options), ...mode, report: context.report };
        const { sampleFiles } = await import("./compile/fold-sources.js");
        const pictures = await sampleFiles(context, options);
        await checkWeights(context, model, base, options.verify);
        const fold = await foldSource(context, model, options, pictures, base);
        const untuned = fold ? { ...base, fold: { ...fold, layers: options.foldLayers } } : base;
        const tuned = options.tune ? await measurements(context, model, untuned, options) : undefined;
        const asked = tuned ? { ...untuned, measured: tuned.measured } : untuned;
        const checking = options.verify ? await import("./compile/check-compiled.js") : undefined;
        const { orWithoutWinograd } = await import("./compile/magnified-rounding.js");
        const { compiled, half, checked, compileOptions } = await orWithoutWinograd(
          context,
          asked,
          async (compileOptions) => {
            const compiled = compile(model.spec, model.weights, compileOptions);
            const half = await halfReports(context, model, compileOptions, options.verify, pictures);
            const checked = await checking?.checkCompiled(context, model, compiled, compileOptions);
            return { compiled, half, checked, compileOptions };
          },
        );
        const onnx = compiled.model;
        const files =
          checked?.bytes && !options.externalData
            ? [{ path: options.output, content: checked.bytes }]
            : encodeForFiles(onnx, options.output, options.externalData, options.target);
        const cost = await fold?.study?.measure(compileOptions);
        const written = await writeAndReport(context, files, { inputs: [...model.files, ...(fold?.files ?? [])] });
        const { foldStudyJson, foldStudyText } = await import("./compile/fold-study.js");
        const trials = tuned ? (await import("./compile/tune.js")).trialsText(tuned.trials) : [];
        const explained = options.explain ? await import("./compile/explain-compile.js") : undefined;
        const study = fold?.study && cost ? { variation: fold.study.variation, cost } : undefined;
        await context.answer({
          text: () => [
            ...(study ? foldStudyText(study) : []),
            ...(half ? [...half.text, ""] : []),
            ...trials,
            ...(explained ? [...explained.explainText(compiled), ""] : []),
            ...written.map((file) => `wrote ${file.path} (${file.bytes.toLocaleString("en")} bytes)`),
          ],
          json: () => ({
            name: model.spec.name,
            opset: onnx.opset_import[0]?.version,
            nodes: onnx.graph.node.length,
            files: written,
            ...(checking && checked ? { compared: checked.compared.map(checking.comparedJson) } : {}),
            ...(study ? { fold: foldStudyJson(study) } : {}),
            ...(half ? { float16: { images: half.reports } } : {}),
            ...(tuned ? { trials: tuned.trials } : {}),
            ...(explained ? explained.explainJson(compiled) : {}),
          }),
        });
        return EXIT.good;
      });
    } finally {
      await model.close();
    }
  },
});

/** Throws for weights that are not finite, or warns if the graph is written anyway. */
async function checkWeights(
  context: Context,
  model: DocumentModel,
  compileOptions: CompileOptions,
  verify: boolean,
): Promise<void> {
  const [{ referenceGraph }, { notFiniteWeights }, { weightsNotFinite }] = await Promise.all([
    import("../../src/compile.js"),
    import("../../src/verify/finite.js"),
    import("../../src/verify/errors.js"),
  ]);
  const graph = referenceGraph(model.spec, model.weights, { ...compileOptions, report: () => {} });
  const found = await notFiniteWeights(graph);
  if (found.length === 0) return;
  const file = model.files.at(-1)!;
  if (verify) throw new SmxcError(weightsNotFinite(found, file));
  for (const diagnostic of weightsNotFinite(found, file, warning)) context.report(diagnostic);
}

/** What `--tune` measured, now or before. */
async function measurements(
  context: Context,
  model: DocumentModel,
  compileOptions: CompileOptions,
  { output, tuneCache }: { readonly output: string; readonly tuneCache: string | undefined },
): Promise<Tuned> {
  const [{ tune }, { prepareGraph }] = await Promise.all([import("./compile/tune.js"), import("../../src/compile.js")]);
  const graph = prepareGraph(model.spec, model.weights, { ...compileOptions, report: () => {} });
  return tune(context, [graph], compileOptions, { cache: tuneCache ?? `${output}.tune.json`, inputs: model.files });
}

/** What half precision does on the pictures; undefined where there are none. */
async function halfReports(
  context: Context,
  model: DocumentModel,
  compileOptions: CompileOptions,
  verify: boolean,
  pictures: readonly string[],
): Promise<{ readonly reports: readonly object[]; readonly text: Lines } | undefined> {
  if (compileOptions.dtype !== "float16" || (pictures.length === 0 && !verify)) return undefined;
  const { checkHalf, halfJson, halfText } = await import("./compile/half-range.js");
  const reports = await checkHalf(context, model, compileOptions, pictures);
  return reports.length > 0 ? { reports: reports.map(halfJson), text: halfText(reports) } : undefined;
}

/** Where a fold takes β from; undefined when the routing stays dynamic. */
async function foldSource(
  context: Context,
  model: DocumentModel,
  options: FoldFlags,
  pictures: readonly string[],
  base: CompileOptions,
): Promise<FoldSource | undefined> {
  const { betasFromFile, betasFromImages, foldsFrom } = await import("./compile/fold-sources.js");
  const from = foldsFrom(options, pictures);
  if (from === "nothing") return undefined;
  return from === "file" ? betasFromFile(options.beta!) : betasFromImages(context, model, pictures, base);
}

/** @throws SmxcError of kind `usage` */
function refusePictureFlags(pictures: PictureOptions): void {
  const given = Object.keys(pictures).map((name) => `--${name}`);
  if (given.length === 0) return;
  const message = `${given.join(", ")} ${given.length === 1 ? "is" : "are"} only for ONNX graphs; a model document already says how it takes pictures`;
  throw new SmxcError([error("usage/document", message, { hint: 'change the document\'s "image" entry' })], "usage");
}
