/** `smxc compile` of an ONNX graph: what smxc reads of it is compiled, the rest is carried through. */

import { type AcceleratedModel, accelerateModel } from "../../../src/accelerate/accelerate-model.js";
import { computeConstants, type OpenConstants } from "../../../src/accelerate/compute-constants.js";
import { batchOf } from "../../../src/accelerate/open-batch.js";
import type { BatchReport } from "../../../src/accelerate/report.js";
import { error, SmxcError } from "../../../src/base/diagnostics.js";
import type { Lines } from "../../../src/base/text/lines.js";
import type { LoweringOptions } from "../../../src/compile-options.js";
import { graphMetadata, readMetadata } from "../../../src/metadata.js";
import type { ModelWithGraph } from "../../../src/onnx/graph/records.js";
import { oldestRuntime } from "../../../src/onnx/runtime-versions.js";
import { loadSchemas } from "../../../src/onnx/schemas/registry.js";
import { metadataOf } from "../../../src/onnx/signature.js";
import { withProperty } from "../../../src/onnx/write/external-data.js";
import type { GraphModel } from "../../../src/open-model.js";
import { compiledPictures } from "../../../src/restore/compiled-pictures.js";
import type { PictureOptions } from "../../../src/restore/graph-format.js";
import { checkOutputs } from "../../files/check-outputs.js";
import { type WrittenFile, writeFiles } from "../../files/write-files.js";
import type { Context } from "../../flags/command.js";
import type { GraphDimension } from "../../flags/values.js";
import { dataPath, encodeForFiles } from "../../models/encode-for-files.js";
import { graphRunner } from "../../models/graph-runner.js";
import { openGraphSource } from "../../models/graph-source.js";
import { table } from "../../terminal/table.js";
import { targetNote } from "./target-note.js";

export interface CompileGraphOptions extends LoweringOptions {
  readonly output: string;
  readonly externalData: boolean;
  readonly verify: boolean;
  readonly explain: boolean;
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
    await checkOutputs([...data, options.output], source.files);
    const {
      batch,
      height = "keep",
      width = "keep",
      askedOpset,
      told,
      output,
      externalData,
      verify,
      explain,
      ...lowering
    } = options;
    const done = await accelerateModel(
      source.model,
      {
        ...lowering,
        sizes: { height, width, ...(batch === undefined ? {} : { batch }) },
        computeIn: (model) => computeConstants(model, openConstants),
        ...(askedOpset === undefined ? {} : { opset: askedOpset }),
        runnerIn: graphRunner,
      },
      await loadSchemas(),
    );
    const model = await withPictures(context, graph.name, source.model, done, { told, lowering });
    const { target = "cpu" } = lowering;
    const loss = targetNote(done.model, done.opset.to, target, await loadSchemas());
    if (loss !== undefined) context.note(loss);
    const checking = verify ? await import("./check-graph.js") : undefined;
    const compared = await checking?.checkGraph(context, done, lowering.dtype ?? "float32");
    const files = encodeForFiles(model, output, externalData, target);
    const written = await writeFiles(files, { inputs: source.files });
    await context.answer({
      text: () => [...(explain ? explainText(done) : []), ...answerText(done, written)],
      json: () => ({
        name: done.model.graph.name ?? "",
        opset: done.opset.to,
        nodes: done.model.graph.node.length,
        files: written,
        ...(compared ? { compared } : {}),
        islands: done.report.islands,
        kernels: done.report.kernels,
        batch: done.report.batch,
        runtime: oldestRuntime(done.model) ?? null,
        ...(explain ? { left: done.report.left, notRaised: done.notRaised } : {}),
      }),
    });
  } finally {
    await source.close();
  }
}

const openConstants: OpenConstants = async (bytes) => {
  const { createCpuSession } = await import("../../../src/sessions/session-cpu-node.js");
  return (await createCpuSession({ name: "the graph's constants", bytes }, { optimization: "disabled" })).session;
};

/** The model with what smxc says of it: how it takes pictures, and how it was compiled. */
async function withPictures(
  context: Context,
  path: string,
  source: ModelWithGraph,
  done: AcceleratedModel,
  { told, lowering }: { readonly told: PictureOptions; readonly lowering: LoweringOptions },
): Promise<ModelWithGraph> {
  const before = readMetadata(metadataOf(source));
  const graph = { name: path, model: source, metadata: before };
  const pictures = await compiledPictures(graph, told, { schemas: loadSchemas, report: context.report });
  if (done.compiled.length === 0 && pictures.image === undefined) return done.model;
  const choices = done.compiled.flatMap((each) => each.choices);
  const entry = { name: source.graph.name || path, ...pictures, ...(before === undefined ? {} : { before }) };
  const [[key, value] = ["", ""]] = [...graphMetadata(entry, lowering, choices)];
  return withProperty(done.model, key, value) as ModelWithGraph;
}

/** @throws SmxcError of kind `usage` where flags are given that only documents have */
export function refuseDocumentFlags(flags: Readonly<Record<string, boolean>>): void {
  const given = Object.keys(flags).filter((flag) => flags[flag]);
  if (given.length === 0) return;
  const message = `${given.join(", ")} ${given.length === 1 ? "is" : "are"} for model documents; an ONNX graph has no routers that smxc knows`;
  throw new SmxcError(
    [error("usage/graph", message, { hint: "leave it out, or compile the model.json that import wrote" })],
    "usage",
  );
}

function answerText(
  { source, compiled, report, opset, notRaised, model }: AcceleratedModel,
  written: readonly WrittenFile[],
): Lines {
  const islands = report.islands.filter(({ became }) => became === "compiled");
  const nodes = islands.reduce((sum, { nodes: own }) => sum + own, 0);
  const runtime = oldestRuntime(model);
  return [
    compiled.length === 0
      ? `nothing gains: ${whyNothing(report, notRaised)}; the nodes are written as they were`
      : `compiled ${count(nodes, "node")} in ${count(islands.length, "part")}; all other nodes are the source's`,
    ...batchText(report.batch, source),
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

function whyNothing({ islands }: AcceleratedModel["report"], notRaised: AcceleratedModel["notRaised"]): string {
  const [first] = notRaised;
  if (first !== undefined) return `${first.node === null ? first.place : `node ${first.node}`}: ${first.reason}`;
  if (islands.length === 0) return "it has no operators that smxc compiles";
  const largest = islands.reduce((a, b) => (b.nodes > a.nodes ? b : a));
  return largest.reason;
}

function count(number: number, what: string): string {
  return `${number.toLocaleString("en")} ${what}${number === 1 ? "" : "s"}`;
}

/** Every island and computed kernel: what it became, or why it stayed. */
function explainText({ report, notRaised }: AcceleratedModel): Lines {
  const { islands, kernels, batch, left } = report;
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
    ...notRaised.map(({ node, place, reason }) => `not raised: ${node ?? place}: ${reason}`),
    "",
  ];
}
