/** Commands for many pictures continue after one that fails, and list all failures at the end. */
import { type Diagnostic, type FailureKind, SmxcError } from "../../src/base/diagnostics.js";
import type { Output } from "../terminal/output.js";
import { diagnosticJson } from "../terminal/render-diagnostics.js";

/** What went wrong with one picture. */
export interface Failure {
  readonly input: string;
  readonly diagnostics: readonly Diagnostic[];
  readonly kind: FailureKind;
}

/** The result of some work on a picture, or what went wrong with it. Defects of smxc are thrown. */
export async function attempt<T>(
  input: string,
  work: () => Promise<T>,
): Promise<{ readonly result: T } | { readonly failure: Failure }> {
  try {
    return { result: await work() };
  } catch (cause) {
    if (!(cause instanceof SmxcError)) throw cause;
    const diagnostics = cause.diagnostics.map((each) => ({ file: input, ...each }));
    return { failure: { input, diagnostics, kind: cause.kind } };
  }
}

/** Whether the next picture would fail as well: its result cannot be written either. */
export function endsAll({ diagnostics }: Failure): boolean {
  return diagnostics.some(({ code }) => code === "io/cannot-write");
}

export function errorsOf(failures: readonly Failure[]): readonly Diagnostic[] {
  return failures.flatMap(({ diagnostics }) => diagnostics);
}

/** The fields of an answer for failures: picture by picture, and as every command does. */
export function failuresJson(failures: readonly Failure[]): object {
  const failed = failures.map(({ input, diagnostics }) => ({ input, errors: diagnostics.map(diagnosticJson) }));
  return failures.length === 0 ? { failed } : { failed, errors: errorsOf(failures).map(diagnosticJson) };
}

/** Prints what failed, on standard error; under `--json` the answer has it. */
export async function printFailures(output: Output, failures: readonly Failure[], total: number): Promise<void> {
  if (failures.length === 0 || output.json) return;
  await output.fail(errorsOf(failures));
  output.note(`${failures.length} of ${total} pictures failed`);
}
