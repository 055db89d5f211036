/** `smxc compile` of an ONNX graph: what smxc reads of it is compiled, the rest is carried through. */

import type { AcceleratedModel } from "../../../src/accelerate/accelerate-model.js";
import type { BetaOptions } from "../../../src/accelerate/betas.js";
import type { LoweringOptions } from "../../../src/compile-options.js";
import { graphMetadata, readMetadata } from "../../../src/metadata.js";
import type { ModelWithGraph } from "../../../src/onnx/graph/records.js";
import { loadSchemas } from "../../../src/onnx/schemas/registry.js";
import { metadataOf } from "../../../src/onnx/signature.js";
import { withProperty } from "../../../src/onnx/write/external-data.js";
import type { GraphModel } from "../../../src/open-model.js";
import { compiledPictures } from "../../../src/restore/compiled-pictures.js";
import type { PictureOptions } from "../../../src/restore/graph-format.js";
import { checkOutputs } from "../../files/check-outputs.js";
import { writeAndReport } from "../../files/write-and-report.js";
import type { Context } from "../../flags/command.js";
import type { GraphDimension } from "../../flags/values.js";
import { dataPath, encodeForFiles } from "../../models/encode-for-files.js";
import { graphCompiler, KEPT_SIZES } from "../../models/graph-compiler.js";
import { openGraphSource } from "../../models/graph-source.js";
import { choicesOf, graphAnswerJson, graphAnswerText, graphExplainText } from "./graph-answer.js";
import type { RoutingSource } from "./graph-routing.js";
import { orWithoutWinograd } from "./magnified-rounding.js";
import { targetNote } from "./target-note.js";
import type { Tuned, TuneFiles } from "./tune.js";

export interface CompileGraphOptions extends LoweringOptions {
  readonly exposeBeta: boolean;
  readonly routing: RoutingSource;
  /** What β may be taken from: files that no output may take the place of. */
  readonly betaFiles: readonly string[];
  readonly output: string;
  readonly externalData: boolean;
  readonly verify: boolean;
  readonly explain: boolean;
  /** Where times of lowerings are kept that are measured; undefined where none is. */
  readonly tuneCache: string | undefined;
  readonly batch: GraphDimension | undefined;
  readonly height: GraphDimension | undefined;
  readonly width: GraphDimension | undefined;
  readonly askedOpset: number | "keep" | undefined;
  /** What flags say of pictures. */
  readonly asked: PictureOptions;
}

export async function compileGraphFile(
  context: Context,
  graph: GraphModel,
  options: CompileGraphOptions,
): Promise<void> {
  const source = await openGraphSource(graph);
  try {
    const data = options.externalData ? [dataPath(options.output)] : [];
    const inputs = [...source.files, ...options.betaFiles];
    await checkOutputs([...data, options.output], inputs);
    const {
      batch,
      height = "keep",
      width = "keep",
      askedOpset,
      asked: pictures,
      output,
      externalData,
      verify,
      explain,
      exposeBeta,
      routing: routingSource,
      betaFiles,
      tuneCache,
      ...untuned
    } = options;
    const compile = await graphCompiler(source.model);
    const routing = await routingSource(
      async (own) => (await compile({ ...untuned, target: "cpu", ...own, sizes: KEPT_SIZES })).model,
    );
    const changed = { ...routing.betas, exposeBeta };
    const betas: BetaOptions = { ...changed, report: context.report };
    const sized = {
      sizes: { height, width, ...(batch === undefined ? {} : { batch }) },
      ...(askedOpset === undefined ? {} : { opset: askedOpset }),
    };
    const judged = async () => compile({ ...untuned, ...sized, ...changed });
    const tuned =
      tuneCache === undefined
        ? undefined
        : await measured(context, await judged(), untuned, { cache: tuneCache, inputs });
    const lowering = tuned === undefined ? untuned : { ...untuned, measured: tuned.measured };
    const { target = "cpu", dtype = "float32" } = lowering;
    const checking = verify ? await import("./check-graph.js") : undefined;
    const { done, taken, compared } = await orWithoutWinograd(context, lowering, async (taken) => {
      const asked = { ...taken, ...sized };
      const done = await compile({ ...asked, ...betas });
      const mixing =
        routing.compared === undefined ? {} : { source: { graph: await compile(asked), note: routing.compared } };
      const compared = await checking?.checkGraph(context, source.model, done, { dtype, ...mixing });
      return { done, taken, compared };
    });
    const model = await withPictures(context, graph.name, source.model, done, {
      asked: pictures,
      lowering: taken,
      betas,
    });
    const loss = targetNote(done.model, done.opset.to, target, await loadSchemas());
    if (loss !== undefined) context.note(loss);
    const files = encodeForFiles(model, output, externalData, target);
    const answer = await routing.answer(done);
    const trials = tuned ? (await import("./tune.js")).trialsText(tuned.trials) : [];
    const written = await writeAndReport(context, files, { inputs });
    const beside = { ...(compared ? { compared } : {}), ...answer.json, ...(tuned ? { trials: tuned.trials } : {}) };
    await context.answer({
      text: () => [
        ...answer.text,
        ...trials,
        ...(explain ? graphExplainText(done) : []),
        ...graphAnswerText(done, written),
      ],
      json: () => graphAnswerJson(done, written, { explain, exposeBeta, beside }),
    });
  } finally {
    await source.close();
  }
}

/** What the lowerings of a graph's convolutions take on this machine, those that stay as they are too. */
async function measured(
  context: Context,
  { judged, compiled }: AcceleratedModel,
  lowering: LoweringOptions,
  files: TuneFiles,
): Promise<Tuned> {
  const { tune } = await import("./tune.js");
  return tune(context, [...judged, ...compiled.map(({ graph }) => graph)], lowering, files);
}

/** The model with what smxc says of it: how it takes pictures, and how it was compiled. */
async function withPictures(
  context: Context,
  path: string,
  source: ModelWithGraph,
  done: AcceleratedModel,
  {
    asked,
    lowering,
    betas,
  }: { readonly asked: PictureOptions; readonly lowering: LoweringOptions; readonly betas: BetaOptions },
): Promise<ModelWithGraph> {
  const before = readMetadata(metadataOf(source));
  const graph = { name: path, model: source, metadata: before };
  const pictures = await compiledPictures(graph, asked, { schemas: loadSchemas, report: context.report });
  if (done.compiled.length === 0 && pictures.image === undefined) return done.model;
  const entry = { name: source.graph.name || path, ...pictures, ...(before === undefined ? {} : { before }) };
  const routed = { ...(betas.fold ? { fold: betas.fold } : {}), ...(betas.hard ? { routing: "hard" as const } : {}) };
  const [[key, value] = ["", ""]] = [...graphMetadata(entry, { ...lowering, ...routed }, choicesOf(done))];
  return withProperty(done.model, key, value) as ModelWithGraph;
}
