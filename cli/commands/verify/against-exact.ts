/** How far the merged form of two-layer blocks is from the exact one. */

import { collect } from "../../../src/base/bytes/byte-source.js";
import { type Diagnostic, error, SmxcError } from "../../../src/base/diagnostics.js";
import type { Lines } from "../../../src/base/text/lines.js";
import { type Compiled, compile } from "../../../src/compile.js";
import type { CompileOptions } from "../../../src/compile-options.js";
import type { ModelSpec } from "../../../src/frontends/document/document.js";
import type { RoutingMode } from "../../../src/frontends/document/routing-modes.js";
import type { Target } from "../../../src/lowerings/targets.js";
import { encodeModel } from "../../../src/onnx/encode.js";
import type { DocumentModel } from "../../../src/open-model.js";
import { decibelsJson, decibelsText } from "../../../src/pictures/decibels.js";
import type { Tensor } from "../../../src/sessions/session.js";
import { createNodeSession } from "../../../src/sessions/session-ort-node.js";
import { allFinite, compareValues, valuesPsnr } from "../../../src/verify/compare.js";
import { notFiniteOn } from "../../../src/verify/errors.js";
import type { Problem } from "../../../src/verify/problems.js";
import { TOLERANCES } from "../../../src/verify/tolerances.js";
import { toFeeds } from "../../../src/verify/verify.js";
import type { Context } from "../../flags/command.js";
import { readSignature } from "../../models/open-model.js";
import { table } from "../../terminal/table.js";
import { optionsOf } from "./compiled-with.js";
import { problemsOf } from "./problems.js";
import type { VerifyOptions } from "./verify-files.js";

/** How far a value of a form is from the same value of the exact form. */
export interface Distance {
  /** dB over the peak; Infinity where the values are equal. */
  readonly psnr: number;
  /** What PSNR is relative to: the range of pictures for a network's output, else the largest exact value. */
  readonly peak: number;
  readonly maxError: number;
}

/** The two forms on one input. */
export interface ExactComparison {
  readonly problem: string;
  readonly output: Distance & { readonly name: string };
  /** The results of the two-layer blocks, in the order of the document. */
  readonly blocks: readonly (Distance & { readonly layer: string })[];
}

export interface ExactReport {
  readonly against: "exact";
  /** The routing that is compared with exact; `document` where it is the document's own. */
  readonly routing: RoutingMode | "document";
  readonly target: Target;
  readonly results: readonly ExactComparison[];
}

/**
 * Compares the routing of a graph, or merged where that is exact itself, with Σ β_i W2_i F(W1_i X) on pictures or random
 * inputs: what the paper's approximation costs, block by block as errors add up. Both forms are compiled anew, with
 * their blocks as outputs and β pooled over the whole input.
 *
 * @throws SmxcError `routing/not-allowed`, `routing/no-blocks` where the document has no exact form;
 * `verify/far-from-exact` below `minPsnr`
 */
export async function againstExact(
  context: Context,
  model: DocumentModel,
  path: string,
  options: VerifyOptions,
): Promise<ExactReport> {
  const { spec, weights } = model;
  const { target, minPsnr } = options;
  const blocks = spec.layers.flatMap((layer) => (layer.op === "sparse_block" ? [layer.name] : []));
  const shown = { ...spec, outputs: [...new Set([...spec.outputs, ...blocks])] };
  const exact = compile(shown, weights, { target, routing: "exact" });
  const { routing, options: ofForm } = formOf(spec, optionsOf(await readSignature(path)));
  const form = compile(shown, weights, { target, ...ofForm });
  const problems = await problemsOf(context, model, exact.reference, options);
  const [expected, actual] = [await runAll(exact, problems, target), await runAll(form, problems, target)];
  const results = problems.map(({ label }, index): ExactComparison => {
    const distance = (name: string, peak?: number): Distance =>
      distanceOf(name, label, [expected[index]!.get(name)!, actual[index]!.get(name)!], peak);
    const [output] = spec.outputs as [string];
    return {
      problem: label,
      output: { name: output, ...distance(output, spec.image && spec.image.range[1] - spec.image.range[0]) },
      blocks: blocks.map((layer) => ({ layer, ...distance(layer) })),
    };
  });
  const far = results.filter(({ output }) => output.psnr < (minPsnr ?? 0));
  if (minPsnr !== undefined && far.length > 0) throw new SmxcError(far.map((each) => tooFar(path, each, minPsnr)));
  return { against: "exact", routing, target, results };
}

/** What is compared with the exact form: the graph's own routing, or merged where it is exact itself. */
function formOf(
  spec: ModelSpec,
  { fold, routing }: Pick<CompileOptions, "fold" | "routing">,
): { readonly routing: ExactReport["routing"]; readonly options: CompileOptions } {
  const written = spec.layers.every((layer) => layer.op !== "sparse_block" || layer.mode === "exact")
    ? "exact"
    : "document";
  if ((routing ?? written) === "exact") return { routing: "merged", options: { routing: "merged" } };
  const folded = fold ? { fold } : {};
  return routing === undefined
    ? { routing: "document", options: folded }
    : { routing, options: { routing, ...folded } };
}

async function runAll(
  { model }: Compiled,
  problems: readonly Problem[],
  target: Target,
): Promise<readonly ReadonlyMap<string, Tensor>[]> {
  const bytes = await collect(encodeModel(model).model);
  const session = await createNodeSession({ name: model.graph.name ?? "", bytes }, { target });
  try {
    const results: ReadonlyMap<string, Tensor>[] = [];
    for (const problem of problems) results.push(await session.run(toFeeds(problem)));
    return results;
  } finally {
    await session.release();
  }
}

/** @throws SmxcError `verify/not-finite` */
function distanceOf(
  name: string,
  problem: string,
  [expected, actual]: readonly [Tensor, Tensor],
  range: number | undefined,
): Distance {
  const comparison = compareValues(expected.data, actual.data, TOLERANCES);
  if (!allFinite(comparison)) throw new SmxcError([notFiniteOn(name, problem)]);
  const peak = range ?? comparison.magnitude;
  return { psnr: valuesPsnr(comparison, peak), peak, maxError: comparison.maxError };
}

const tooFar = (file: string, { problem, output }: ExactComparison, minPsnr: number): Diagnostic =>
  error(
    "verify/far-from-exact",
    `the output "${output.name}" has a PSNR of ${decibelsText(output.psnr)} against the exact form (${problem}), less than ${minPsnr} dB`,
    {
      file,
      place: output.name,
      hint: "compile with --routing exact if this error matters more than the time",
    },
  );

/** The report as a table: the network's output and its blocks on each input. */
export function exactTable({ results }: ExactReport): Lines {
  const row = (problem: string, name: string, distance: Distance): readonly string[] => [
    problem,
    name,
    decibelsText(distance.psnr),
    distance.maxError.toExponential(2),
    distance.peak.toPrecision(3),
  ];
  return table(
    ["input", "value", "PSNR", "largest error", "peak"],
    results.flatMap(({ problem, output, blocks }) => [
      row(problem, output.name, output),
      ...blocks.map((block) => row("", `block ${block.layer}`, block)),
    ]),
  );
}

/** For `--json`. */
export function exactJson({ results, ...report }: ExactReport): object {
  const distance = <T extends Distance>({ psnr, ...rest }: T): object => ({ ...rest, ...decibelsJson("psnr", psnr) });
  return {
    ...report,
    results: results.map(({ problem, output, blocks }) => ({
      problem,
      output: distance(output),
      blocks: blocks.map(distance),
    })),
  };
}
