/** What `smxc compile` answers of an ONNX graph. */
import type { AcceleratedModel } from "../../../src/accelerate/accelerate-model.js";
import { batchOf } from "../../../src/accelerate/open-batch.js";
import { type BatchReport, LEFT_OPEN, type SizeReport } from "../../../src/accelerate/report.js";
import type { Lines } from "../../../src/base/text/lines.js";
import type { LoweringChoice } from "../../../src/lowerings/choices.js";
import type { ModelWithGraph } from "../../../src/onnx/graph/records.js";
import { oldestRuntime } from "../../../src/onnx/runtime-versions.js";
import { takeIntoMixtures } from "../../../src/passes/take-into-mixtures.js";
import type { WrittenFile } from "../../files/write-files.js";
import { table } from "../../terminal/table.js";
import { choicesText, rewriteLines } from "./explain-compile.js";

/** @param options `explain`, `exposeBeta`: as asked for; `beside`: what else is reported */
export function graphAnswerJson(
  done: AcceleratedModel,
  files: readonly WrittenFile[],
  {
    explain,
    exposeBeta,
    beside,
  }: { readonly explain: boolean; readonly exposeBeta: boolean; readonly beside: Readonly<Record<string, unknown>> },
): Readonly<Record<string, unknown>> {
  const { model, opset, betas, report, notRaised } = done;
  const { islands, kernels, batch, height, width, left } = report;
  return {
    name: model.graph.name ?? "",
    opset: opset.to,
    nodes: model.graph.node.length,
    files,
    islands,
    kernels,
    ...beside,
    ...(exposeBeta ? { betas } : {}),
    batch,
    height,
    width,
    runtime: oldestRuntime(model) ?? null,
    ...(explain ? { lowerings: choicesOf(done), left, notRaised } : {}),
  };
}

export function graphAnswerText(
  { source, compiled, betas, report, opset, notRaised, model }: AcceleratedModel,
  written: readonly WrittenFile[],
): Lines {
  const islands = report.islands.filter(({ became }) => became === "compiled");
  const nodes = islands.reduce((sum, { nodes: own }) => sum + own, 0);
  const runtime = oldestRuntime(model);
  return [
    compiled.length === 0
      ? `nothing to make faster: ${whyNothing(report, notRaised)}. All nodes are written unchanged`
      : `compiled ${count(nodes, "node")} in ${count(islands.length, "part")}; all other nodes are unchanged`,
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
    became === "kept" ? `the batch stays ${fixed}: ${reason}` : `the batch, which was ${fixed}, is dynamic: ${reason}`,
  ];
}

/** What became of heights and widths that the source fixes, where they were to be others. */
function sizesText({ height, width }: AcceleratedModel["report"]): Lines {
  const isShown = ({ became, reason }: SizeReport): boolean => became !== "kept" && reason !== LEFT_OPEN;
  const sides = Object.entries({ height, width }).filter(([, report]) => isShown(report));
  return sides.map(([side, { became, reason }]) => `the ${side} is ${sizeWord(became)}: ${reason}`);
}

/** What the flags call a size that is open. */
function sizeWord(became: string): string {
  return became === "open" ? "dynamic" : became;
}

function whyNothing(
  { islands, kernels }: AcceleratedModel["report"],
  notRaised: AcceleratedModel["notRaised"],
): string {
  const [first] = notRaised;
  if (first !== undefined) return `${first.node === null ? first.place : `node ${first.node}`}: ${first.reason}`;
  const kept = kernels.find(({ became }) => became === "kept");
  if (kept !== undefined)
    return `the computed kernel of ${kept.node} could not be read as a mixture of experts: ${kept.reason}`;
  if (islands.length === 0) return "the graph has no operators that smxc compiles";
  const largest = islands.reduce((a, b) => (b.nodes > a.nodes ? b : a));
  return largest.reason;
}

function count(number: number, what: string): string {
  return `${number.toLocaleString("en")} ${what}${number === 1 ? "" : "s"}`;
}

export function choicesOf({ compiled }: AcceleratedModel): readonly LoweringChoice[] {
  return compiled.flatMap(({ choices }) => choices);
}

/** Every island and computed kernel: what it became, or why it stayed; what weighs channels beside one, and how convolutions run. */
export function graphExplainText(done: AcceleratedModel): Lines {
  const { report, notRaised, compiled } = done;
  const { islands, kernels, batch, height, width, left } = report;
  const beside = compiled.flatMap(({ rewrites }) => rewrites.filter(({ pass }) => pass === takeIntoMixtures.name));
  const choices = choicesOf(done);
  return [
    ...table(
      ["island (its first node)", "nodes", "became", "why"],
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
            ["left unchanged", "why"],
            left.map(({ node, reason }) => [node, reason]),
          ),
          "",
        ]),
    `batch ${sizeWord(batch.became)}: ${batch.reason}`,
    `height ${sizeWord(height.became)}: ${height.reason}`,
    `width ${sizeWord(width.became)}: ${width.reason}`,
    ...notRaised.map(({ node, place, reason }) => `not raised: ${node ?? place}: ${reason}`),
    "",
  ];
}
