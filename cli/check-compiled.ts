import { type Compiled, compile } from "../src/compile.js";
import type { CompileOptions } from "../src/compile-options.js";
import { SmxcError } from "../src/diagnostics.js";
import { encodeIfItFits } from "../src/onnx/encode.js";
import { createNodeSession } from "../src/runtime/session-ort-node.js";
import * as errors from "../src/verify/errors.js";
import { type Problem, smallProblems } from "../src/verify/problems.js";
import { HALF_TOLERANCE, TOLERANCES, type Tolerance } from "../src/verify/tolerances.js";
import { compareWithReference, type OutputResult } from "../src/verify/verify.js";
import { collect } from "../src/weights/byte-source.js";
import type { Context } from "./command.js";
import type { LoadedModel } from "./load-model.js";

/** A compile that is compared, and what is to be said of it. */
interface Check {
  readonly compiled: Compiled;
  readonly problems: readonly Problem[];
  readonly what: string;
}

/**
 * The run-and-compare that ends a compile. Where the graph's fixed sizes, or its patches, are more than the reference
 * interpreter can do in seconds, the same compile at small sizes is compared in its place, and the note says so.
 */
export async function checkCompiled(
  context: Context,
  { spec, weights }: LoadedModel,
  compiled: Compiled,
  options: CompileOptions,
): Promise<void> {
  const open = { ...options, height: "dynamic", width: "dynamic", report: () => {} } as const;
  const own = smallProblems(compiled.reference);
  const checks = [
    own.length > 0
      ? { compiled, problems: own, what: "" }
      : smallCheck(compile(spec, weights, open), " of the same compile with dynamic sizes"),
    ...(options.context === "patch"
      ? [smallCheck(compile(withSmallPatches(spec), weights, open), " of the same compile with small patches")]
      : []),
  ];
  const tolerance = options.dtype === "float16" ? HALF_TOLERANCE : TOLERANCES;
  for (const check of checks) await compare(context, check, tolerance);
}

function smallCheck(compiled: Compiled, what: string): Check {
  return { compiled, problems: smallProblems(compiled.reference, 1), what };
}

/** Patches that cost the reference interpreter little. */
function withSmallPatches(spec: LoadedModel["spec"]): LoadedModel["spec"] {
  if (spec.context?.kind !== "patch") return spec;
  return { ...spec, context: { ...spec.context, patch: 8, frame: 1, stride: 5, wholeBelow: 8 } };
}

async function compare(context: Context, { compiled, problems, what }: Check, tolerance: Tolerance): Promise<void> {
  const encoded = problems.length === 0 ? null : encodeIfItFits(compiled.model);
  if (!encoded) {
    context.note("not compared with the reference: the graph is too large for it; smxc verify takes a --shape");
    return;
  }
  const session = await createNodeSession(
    { name: "the compiled graph", bytes: await collect(encoded.model) },
    { target: "cpu", optimization: "all" },
  );
  const bar = context.progress("comparing with the reference", problems.length);
  try {
    const { results } = await compareWithReference(compiled.reference, session, problems, tolerance, (done) =>
      bar.update(done),
    );
    const failed = results.filter((result) => !result.passed);
    if (failed.length > 0) throw new SmxcError(failed.map(errors.compiledDiffers));
    const worst = results.reduce((a, b) => (b.maxError / b.limit > a.maxError / a.limit ? b : a));
    context.note(
      `compared with the reference on the CPU provider${what} (${labels(problems)}): largest difference ${worst.maxError.toExponential(1)} at outputs up to ${worst.magnitude.toPrecision(2)}, PSNR of ${Math.min(...results.map(psnrOf)).toFixed(1)} dB`,
    );
  } finally {
    bar.end();
    await session.release();
  }
}

/** Of a range of 1. */
function psnrOf({ rmse }: OutputResult): number {
  return -20 * Math.log10(Math.max(rmse, Number.MIN_VALUE));
}

function labels(problems: readonly Problem[]): string {
  return problems.map((problem) => problem.label).join("; ");
}
