import { collect } from "../../../src/base/bytes/byte-source.js";
import { type Compiled, compile } from "../../../src/compile.js";
import type { CompileOptions } from "../../../src/compile-options.js";
import { encodeIfItFits } from "../../../src/onnx/encode.js";
import type { DocumentModel } from "../../../src/open-model.js";
import { decibelsJson, decibelsText } from "../../../src/pictures/decibels.js";
import { type CpuProvider, createCpuSession } from "../../../src/sessions/session-cpu-node.js";
import { valuesPsnr } from "../../../src/verify/compare.js";
import * as errors from "../../../src/verify/errors.js";
import { firstOverflow } from "../../../src/verify/first-overflow.js";
import type { OutputResult } from "../../../src/verify/output-result.js";
import { areProblemsReduced, type Problem, smallProblems } from "../../../src/verify/problems.js";
import { HALF_TOLERANCE, TOLERANCES } from "../../../src/verify/tolerances.js";
import { compareWithReference } from "../../../src/verify/verify.js";
import type { Context } from "../../flags/command.js";

/** A compiled graph to compare with the reference, and a note about it. */
interface Check {
  readonly compiled: Compiled;
  readonly problems: readonly Problem[];
  readonly inPlace: string | null;
}

/** What a comparison found, on all its inputs together. */
export interface Compared {
  readonly provider: CpuProvider;
  /** Describes what was compared in place of the written graph; null if the written graph itself was compared. */
  readonly inPlace: string | null;
  readonly inputs: readonly string[];
  /** Whether the inputs are smaller than usual, because the reference would be too slow for this network. */
  readonly reduced: boolean;
  readonly maxError: number;
  readonly magnitude: number;
  /** The lowest PSNR; Infinity if all values are equal. */
  readonly psnr: number;
}

export interface Checked {
  readonly compared: readonly Compared[];
  /** The graph to write, with all weights inside, if it is the one that was compared. */
  readonly bytes: Uint8Array | undefined;
}

/**
 * The run-and-compare that ends a compile. Where the graph's fixed sizes, or its patches, are more than the reference
 * interpreter can do in seconds, the same compile at small sizes is compared in its place, and the note says so.
 *
 * @throws SmxcError `verify/compiled-differs`, `verify/not-finite`
 */
export async function checkCompiled(
  context: Context,
  { spec, weights }: DocumentModel,
  compiled: Compiled,
  options: CompileOptions,
): Promise<Checked> {
  const open = { ...options, height: "dynamic", width: "dynamic", report: () => {} } as const;
  const own = smallProblems(compiled.reference);
  const checks = [
    own.length > 0
      ? { compiled, problems: own, inPlace: null }
      : smallCheck(compile(spec, weights, open), "the same model, compiled with dynamic sizes"),
    ...(options.context === "patch"
      ? [smallCheck(compile(withSmallPatches(spec), weights, open), "the same model, compiled with small patches")]
      : []),
  ];
  const found: Compared[] = [];
  let bytes: Uint8Array | undefined;
  for (const check of checks) {
    const encoded = encodeIfItFits(check.compiled.model);
    if (check.problems.length === 0)
      context.note(
        "not compared with the reference: the network takes none of the sizes at which the comparison ends within seconds; compare at another one with smxc verify --shape",
      );
    else if (encoded === null)
      context.note(
        "not compared with the reference: the weights are too large for a graph in memory; compare the files with smxc verify",
      );
    else {
      const graph = await collect(encoded.model);
      if (check.inPlace === null) bytes = graph;
      const compared = await compare(context, check, graph, options.dtype ?? "float32");
      context.note(comparedText(compared));
      found.push(compared);
    }
  }
  return { compared: found, bytes };
}

function smallCheck(compiled: Compiled, inPlace: string): Check {
  return { compiled, problems: smallProblems(compiled.reference, 1), inPlace };
}

/** Patches that cost the reference interpreter little. */
function withSmallPatches(spec: DocumentModel["spec"]): DocumentModel["spec"] {
  if (spec.context?.kind !== "patch") return spec;
  return { ...spec, context: { ...spec.context, patch: 8, frame: 1, stride: 5, wholeBelow: 8 } };
}

async function compare(
  context: Context,
  { compiled, problems, inPlace }: Check,
  bytes: Uint8Array,
  dtype: "float32" | "float16",
): Promise<Compared> {
  const { session, provider } = await createCpuSession({ name: "the compiled graph", bytes }, { optimization: "all" });
  const bar = context.progress("comparing with the reference", problems.length);
  try {
    const tolerance = dtype === "float16" ? HALF_TOLERANCE : TOLERANCES;
    const { results } = await compareWithReference(compiled.reference, session, problems, tolerance, {
      dtype,
      onProgress: (done) => bar.update(done),
    });
    const failed = results.filter((result) => !result.passed);
    if (failed.length > 0) throw new errors.CompiledDiffers(await withOverflow(compiled, problems, failed));
    const worst = results.reduce((a, b) => (b.maxError / b.limit > a.maxError / a.limit ? b : a));
    return {
      provider,
      inPlace,
      inputs: problems.map(({ label }) => label),
      reduced: areProblemsReduced(compiled.reference),
      maxError: worst.maxError,
      magnitude: worst.magnitude,
      psnr: Math.min(...results.map((result) => valuesPsnr(result, Math.max(1, result.magnitude)))),
    };
  } finally {
    bar.end();
    await session.release();
  }
}

/** Finds the layer where values overflow in float32 that are finite in the reference. */
async function withOverflow(
  { reference }: Compiled,
  problems: readonly Problem[],
  failed: readonly OutputResult[],
): Promise<readonly OutputResult[]> {
  const hidden = failed.find(({ overflow, notFinite }) => overflow === undefined && notFinite.actual > 0);
  const problem = problems.find(({ label }) => label === hidden?.problem);
  if (problem === undefined) return failed;
  const overflow = await firstOverflow(reference, problem, async (model) => (await createCpuSession(model)).session);
  if (overflow === undefined) return failed;
  return failed.map((result) => (result.notFinite.actual > 0 ? { overflow, ...result } : result));
}

const PROVIDER_TEXTS: Readonly<Record<CpuProvider, string>> = {
  cpu: "the CPU provider",
  wasm: "the WebAssembly provider, since onnxruntime-node is not installed",
};

function comparedText({ provider, inPlace, inputs, reduced, maxError, magnitude, psnr }: Compared): string {
  const sizes = `${inputs.join("; ")}${reduced ? ", on smaller inputs than usual, because the reference is slow for this network" : ""}`;
  const where = `${PROVIDER_TEXTS[provider]}${inPlace === null ? "" : ` of ${inPlace}`} (${sizes})`;
  const ratio = psnr === Number.POSITIVE_INFINITY ? "all values equal" : `PSNR of ${decibelsText(psnr, 1)}`;
  return `compared with the reference on ${where}: largest difference ${maxError.toExponential(1)}, outputs up to ${magnitude.toPrecision(2)}, ${ratio}`;
}

/** For `--json`. */
export function comparedJson({ psnr, ...rest }: Compared): object {
  return { ...rest, ...decibelsJson("psnr", psnr) };
}
