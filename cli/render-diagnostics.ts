/** Diagnostics as a person reads them on standard error, and as a script reads them under `--json`. */
import type { Diagnostic } from "../src/diagnostics.js";
import type { Colors } from "./colors.js";
import { printable } from "./printable.js";
import { sourceFrame } from "./source-frame.js";

/** The text of a file that a diagnostic names, or undefined when it is not to be had as text. */
export type ReadSource = (file: string) => string | undefined;

export const SCHEMA_VERSION = 1;

/** One entry of the `errors` array; `file` is null where no file is to blame. */
export interface DiagnosticJson {
  readonly code: string;
  readonly message: string;
  readonly file: string | null;
  readonly pointer?: string;
  readonly line?: number;
  readonly column?: number;
  readonly place?: string;
  readonly hint?: string;
}

/** Every diagnostic, a blank line between two of them, and a count when there are several. */
export function renderDiagnostics(diagnostics: readonly Diagnostic[], colors: Colors, readSource: ReadSource): string {
  const blocks = diagnostics.map((diagnostic) => renderDiagnostic(diagnostic, colors, readSource));
  if (diagnostics.length > 1) blocks.push(`${colors.bold(count(diagnostics))}\n`);
  return blocks.join("\n");
}

/**
 * ```text
 * error[document/unknown-operator]: there is no operator "mixconv"
 *   --> model.json:12:24 (/layers/3/op)
 * 11 |   { "name": "a", "op": "conv" },
 * 12 |   { "name": "b", "op": "mixconv" },
 *    |                        ^
 *   = did you mean "mix_conv"?
 * ```
 */
export function renderDiagnostic(diagnostic: Diagnostic, colors: Colors, readSource: ReadSource): string {
  const { severity, code, message, file, line, column, hint } = diagnostic;
  const paint = severity === "error" ? colors.red : colors.yellow;
  const rows = [`${colors.bold(paint(`${severity}[${printable(code)}]`))}${colors.bold(`: ${printable(message)}`)}`];
  const where = location(diagnostic);
  if (where !== "") rows.push(`  ${colors.cyan("-->")} ${where}`);
  if (file !== undefined && line !== undefined) {
    const text = readSource(file);
    if (text !== undefined) rows.push(...sourceFrame(text, line, column ?? 1, colors));
  }
  if (hint !== undefined) rows.push(`  ${colors.cyan("=")} ${printable(hint)}`);
  return `${rows.join("\n")}\n`;
}

export function diagnosticJson(diagnostic: Diagnostic): DiagnosticJson {
  const { severity: _, code, message, file, ...where } = diagnostic;
  return { code, message, file: file ?? null, ...where };
}

/** The answer of a command that failed, under `--json`. */
export function errorsJson(diagnostics: readonly Diagnostic[]): string {
  const errors = diagnostics.filter(({ severity }) => severity === "error").map(diagnosticJson);
  return `${JSON.stringify({ schemaVersion: SCHEMA_VERSION, errors }, null, 2)}\n`;
}

function location({ file, line, column, pointer, place }: Diagnostic): string {
  const position = [file, line, line === undefined ? undefined : column].filter((part) => part !== undefined).join(":");
  const inside = [pointer, place].filter((part) => part !== undefined && part !== "").join(", ");
  return printable(position !== "" && inside !== "" ? `${position} (${inside})` : position + inside);
}

function count(diagnostics: readonly Diagnostic[]): string {
  const errors = diagnostics.filter(({ severity }) => severity === "error").length;
  const warnings = diagnostics.length - errors;
  return [plural(errors, "error"), plural(warnings, "warning")].filter((part) => part !== "").join(", ");
}

function plural(n: number, noun: string): string {
  return n === 0 ? "" : `${n} ${noun}${n === 1 ? "" : "s"}`;
}
