/** `smxc compile` of an ONNX graph: what smxc reads of it is compiled, the rest is carried through. */

import type { AcceleratedModel } from "../../../src/accelerate/accelerate-model.js";
import type { BetaOptions } from "../../../src/accelerate/betas.js";
import { batchOf } from "../../../src/accelerate/open-batch.js";
import { type BatchReport, LEFT_OPEN, type SizeReport } from "../../../src/accelerate/report.js";
import type { Lines } from "../../../src/base/text/lines.js";
import type { LoweringOptions } from "../../../src/compile-options.js";
import type { LoweringChoice } from "../../../src/lowerings/choices.js";
import { graphMetadata, readMetadata } from "../../../src/metadata.js";
import type { ModelWithGraph } from "../../../src/onnx/graph/records.js";
import { oldestRuntime } from "../../../src/onnx/runtime-versions.js";
import { loadSchemas } from "../../../src/onnx/schemas/registry.js";
import { metadataOf } from "../../../src/onnx/signature.js";
import { withProperty } from "../../../src/onnx/write/external-data.js";
import type { GraphModel } from "../../../src/open-model.js";
import { takeIntoMixtures } from "../../../src/passes/take-into-mixtures.js";
import { compiledPictures } from "../../../src/restore/compiled-pictures.js";
import type { PictureOptions } from "../../../src/restore/graph-format.js";
import { checkOutputs } from "../../files/check-outputs.js";
import { type WrittenFile, writeFiles } from "../../files/write-files.js";
import type { Context } from "../../flags/command.js";
import type { GraphDimension } from "../../flags/values.js";
import { dataPath, encodeForFiles } from "../../models/encode-for-files.js";
import { graphCompiler, KEPT_SIZES } from "../../models/graph-compiler.js";
import { openGraphSource } from "../../models/graph-source.js";
import { table } from "../../terminal/table.js";
import { choicesText, rewriteLines } from "./explain-compile.js";
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
  readonly told: PictureOptions;
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
      told: pictures,
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
    const schemas = await loadSchemas();
    const compile = await graphCompiler(source.model);
    const compileWith = async (own: BetaOptions): Promise<ModelWithGraph> =>
      (await compile({ ...untuned, target: "cpu", ...own, sizes: KEPT_SIZES })).model;
    const routing = await routingSource(compileWith);
    const changed = { ...routing.betas, exposeBeta };
    const betas: BetaOptions = { ...changed, report: context.report };
    const sized = {
      sizes: { height, width, ...(batch === undefined ? {} : { batch }) },
      ...(askedOpset === undefined ? {} : { opset: askedOpset }),
    };
    const tuned =
      tuneCache === undefined
        ? undefined
        : await measured(context, await compile({ ...untuned, ...sized, ...changed }), untuned, {
            cache: tuneCache,
            inputs,
          });
    const lowering = tuned === undefined ? untuned : { ...untuned, measured: tuned.measured };
    const { target = "cpu", dtype = "float32" } = lowering;
    const checking = verify ? await import("./check-graph.js") : undefined;
    const { done, model, compared } = await orWithoutWinograd(context, lowering, async (taken) => {
      const asked = { ...taken, ...sized };
      const done = await compile({ ...asked, ...betas });
      const model = await withPictures(context, graph.name, source.model, done, {
        told: pictures,
        lowering: taken,
        betas,
      });
      const mixing =
        routing.compared === undefined ? {} : { source: { graph: await compile(asked), note: routing.compared } };
      return { done, model, compared: await checking?.checkGraph(context, source.model, done, { dtype, ...mixing }) };
    });
    const loss = targetNote(done.model, done.opset.to, target, schemas);
    if (loss !== undefined) context.note(loss);
    const files = encodeForFiles(model, output, externalData, target);
    const told = await routing.tell(done);
    const trials = tuned ? (await import("./tune.js")).trialsText(tuned.trials) : [];
    const written = await writeFiles(files, { inputs });
    await context.answer({
      text: () => [...told.text, ...trials, ...(explain ? explainText(done) : []), ...answerText(done, written)],
      json: () => ({
        name: done.model.graph.name ?? "",
        opset: done.opset.to,
        nodes: done.model.graph.node.length,
        files: written,
        ...(compared ? { compared } : {}),
        islands: done.report.islands,
        kernels: done.report.kernels,
        ...told.json,
        ...(tuned ? { trials: tuned.trials } : {}),
        ...(exposeBeta ? { betas: done.betas } : {}),
        batch: done.report.batch,
        height: done.report.height,
        width: done.report.width,
        runtime: oldestRuntime(done.model) ?? null,
        ...(explain ? { lowerings: choicesOf(done), left: done.report.left, notRaised: done.notRaised } : {}),
      }),
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
    told,
    lowering,
    betas,
  }: { readonly told: PictureOptions; readonly lowering: LoweringOptions; readonly betas: BetaOptions },
): Promise<ModelWithGraph> {
  const before = readMetadata(metadataOf(source));
  const graph = { name: path, model: source, metadata: before };
  const pictures = await compiledPictures(graph, told, { schemas: loadSchemas, report: context.report });
  if (done.compiled.length === 0 && pictures.image === undefined) return done.model;
  const entry = { name: source.graph.name || path, ...pictures, ...(before === undefined ? {} : { before }) };
  const routed = { ...(betas.fold ? { fold: betas.fold } : {}), ...(betas.hard ? { routing: "hard" as const } : {}) };
  const [[key, value] = ["", ""]] = [...graphMetadata(entry, { ...lowering, ...routed }, choicesOf(done))];
  return withProperty(done.model, key, value) as ModelWithGraph;
}

function answerText(
  { source, compiled, betas, report, opset, notRaised, model }: AcceleratedModel,
  written: readonly WrittenFile[],
): Lines {
  const islands = report.islands.filter(({ became }) => became === "compiled");
  const nodes = islands.reduce((sum, { nodes: own }) => sum + own, 0);
  const runtime = oldestRuntime(model);
  return [
    compiled.length === 0
      ? `nothing gains: ${whyNothing(report, notRaised)}; the nodes are written as they were`
      : `compiled ${count(nodes, "node")} in ${count(islands.length, "part")}; all other nodes are the source's`,
    ...(betas.length === 0 ? [] : [`added ${count(betas.length, "output")}: ${betas.join(", ")}`]),
    ...batchText(report.batch, source),
    ...sizesText(report),
    ...(opset.from === opset.to ? [] : [`raised from opset ${opset.from} to ${opset.to}`]),
    ...written.map((file) => `wrote ${file.path} (${file.bytes.toLocaleString("en")} bytes)`),
    ...(runtime === undefined ? [] : [`runs in ONNX Runtime ${runtime} and later`]),
  ];
}

/** What became of a batch that the source fixes. */
function batchText({ became, reason }: BatchReport, source: ModelWithGraph): Lines {
  const fixed = batchOf(source);
  if (fixed === undefined) return [];
  return [
    became === "kept" ? `the batch stays ${fixed}: ${reason}` : `the batch, which was ${fixed}, is open: ${reason}`,
  ];
}

/** What became of heights and widths that the source fixes, where they were to be others. */
function sizesText({ height, width }: AcceleratedModel["report"]): Lines {
  const isTold = ({ became, reason }: SizeReport): boolean => became !== "kept" && reason !== LEFT_OPEN;
  const sides = Object.entries({ height, width }).filter(([, report]) => isTold(report));
  return sides.map(([side, { became, reason }]) => `the ${side} is ${became}: ${reason}`);
}

function whyNothing(
  { islands, kernels }: AcceleratedModel["report"],
  notRaised: AcceleratedModel["notRaised"],
): string {
  const [first] = notRaised;
  if (first !== undefined) return `${first.node === null ? first.place : `node ${first.node}`}: ${first.reason}`;
  const kept = kernels.find(({ became }) => became === "kept");
  if (kept !== undefined) return `${kept.node}, whose kernel is computed, is read as no mixture: ${kept.reason}`;
  if (islands.length === 0) return "it has no operators that smxc compiles";
  const largest = islands.reduce((a, b) => (b.nodes > a.nodes ? b : a));
  return largest.reason;
}

function count(number: number, what: string): string {
  return `${number.toLocaleString("en")} ${what}${number === 1 ? "" : "s"}`;
}

function choicesOf({ compiled }: AcceleratedModel): readonly LoweringChoice[] {
  return compiled.flatMap(({ choices }) => choices);
}

/** Every island and computed kernel: what it became, or why it stayed; what weighs channels beside one, and how convolutions run. */
function explainText(done: AcceleratedModel): Lines {
  const { report, notRaised, compiled } = done;
  const { islands, kernels, batch, height, width, left } = report;
  const beside = compiled.flatMap(({ rewrites }) => rewrites.filter(({ pass }) => pass === takeIntoMixtures.name));
  const choices = choicesOf(done);
  return [
    ...table(
      ["island, by its first node", "nodes", "became", "why"],
      islands.map(({ name, nodes, became, reason }) => [name, nodes, became, reason]),
    ),
    "",
    ...(kernels.length === 0
      ? []
      : [
          ...table(
            ["convolution with a computed kernel", "became", "why"],
            kernels.map(({ node, became, reason }) => [node, became, reason]),
          ),
          "",
        ]),
    ...(beside.length === 0 ? [] : [...rewriteLines(beside), ""]),
    ...(choices.length === 0 ? [] : [...choicesText(choices), ""]),
    ...(left.length === 0
      ? []
      : [
          ...table(
            ["left as it is", "why"],
            left.map(({ node, reason }) => [node, reason]),
          ),
          "",
        ]),
    `batch ${batch.became}: ${batch.reason}`,
    `height ${height.became}: ${height.reason}`,
    `width ${width.became}: ${width.reason}`,
    ...notRaised.map(({ node, place, reason }) => `not raised: ${node ?? place}: ${reason}`),
    "",
  ];
}
