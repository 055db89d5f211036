import { type Compiled, type CompileOptions, compile } from "../src/compile.js";
import { SmxcError } from "../src/diagnostics.js";
import { encodedLength, encodeModel } from "../src/onnx/encode.js";
import { MODEL_BYTE_LIMIT } from "../src/onnx/errors.js";
import { createNodeSession } from "../src/runtime/session-ort-node.js";
import * as errors from "../src/verify/errors.js";
import { type Problem, smallProblems } from "../src/verify/problems.js";
import { TOLERANCES } from "../src/verify/tolerances.js";
import { compareWithReference } from "../src/verify/verify.js";
import { collect } from "../src/weights/byte-source.js";
import type { Context } from "./command.js";
import type { LoadedModel } from "./load-model.js";

/**
 * The run-and-compare that ends a compile. Where the graph's fixed sizes are more than the reference interpreter can
 * do in seconds, the same compile at small sizes is compared in its place, and the note says so.
 */
export async function checkCompiled(
  context: Context,
  { spec, weights }: LoadedModel,
  compiled: Compiled,
  options: CompileOptions,
): Promise<void> {
  const own = smallProblems(compiled.reference);
  const small =
    own.length > 0
      ? compiled
      : compile(spec, weights, { ...options, height: "dynamic", width: "dynamic", report: () => {} });
  const problems = own.length > 0 ? own : smallProblems(small.reference, 1);
  if (problems.length === 0 || encodedLength(small.model) > MODEL_BYTE_LIMIT) {
    context.note("not compared with the reference: the graph is too large for it; smxc verify takes a --shape");
    return;
  }
  const session = await createNodeSession(
    { name: "the compiled graph", bytes: await collect(encodeModel(small.model).model) },
    { target: "cpu", optimization: "all" },
  );
  const bar = context.progress("comparing with the reference", problems.length);
  try {
    const { results } = await compareWithReference(small.reference, session, problems, TOLERANCES, (done) =>
      bar.update(done),
    );
    const failed = results.filter((result) => !result.passed);
    if (failed.length > 0) throw new SmxcError(failed.map(errors.compiledDiffers));
    const worst = results.reduce((a, b) => (b.maxError / b.limit > a.maxError / a.limit ? b : a));
    const sizes = own.length > 0 ? "" : " of the same compile with dynamic sizes";
    context.note(
      `compared with the reference on the CPU provider${sizes} (${labels(problems)}): largest difference ${worst.maxError.toExponential(1)} at outputs up to ${worst.magnitude.toPrecision(2)}`,
    );
  } finally {
    bar.end();
    await session.release();
  }
}

function labels(problems: readonly Problem[]): string {
  return problems.map((problem) => problem.label).join("; ");
}
