/** Diagnostics as a person reads them on standard error, and as a script reads them under `--json`. */
import type { Diagnostic } from "../../src/base/diagnostics.js";
import { gatherAlike, listText, namesIn, withoutNames } from "../../src/base/text/alike.js";
import { printable, printableLine } from "../../src/base/text/printable.js";
import type { Colors } from "./colors.js";
import { sourceFrame } from "./source-frame.js";

/** The text of a file that a diagnostic names, or undefined when it is not to be had as text. */
export type ReadSource = (file: string) => string | undefined;

export const SCHEMA_VERSION = 1;

/** More kinds than these are counted only; `--json` has them. */
const MOST_SHOWN = 100;
/** More than these are counted only under `--json`. */
const MOST_IN_JSON = 10_000;

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

/**
 * Every diagnostic, a blank line between two of them, and a count when there are several. Those that are equal but for
 * a name are shown once.
 */
export function renderDiagnostics(diagnostics: readonly Diagnostic[], colors: Colors, readSource: ReadSource): string {
  const kinds = gatherAlike(diagnostics, kindOf);
  const blocks = kinds.slice(0, MOST_SHOWN).map(({ first, others }) => {
    const more = others.length === 0 ? "" : `  ${colors.cyan("=")} ${moreText(first, others)}\n`;
    return renderDiagnostic(first, colors, readSource) + more;
  });
  const left = kinds.slice(MOST_SHOWN).flatMap(({ first, others }) => [first, ...others]);
  if (left.length > 0) blocks.push(`… and ${count(left)} more: list them with --json\n`);
  if (diagnostics.length > 1) blocks.push(`${colors.bold(count(diagnostics))}\n`);
  return blocks.join("\n");
}

/** What diagnostics have in common that are equal but for a name. */
export function kindOf({ severity, code, message, file, place }: Diagnostic): string {
  return JSON.stringify([severity, code, withoutNames(message, file, place)]);
}

/** `31 more like it: "b", "c", "d" … and 28 more` */
export function moreText(first: Diagnostic, others: readonly Diagnostic[]): string {
  const names = listText(others.map((other) => ownName(other, first)));
  return printableLine(`${others.length} more like it${names === "" ? "" : `: ${names}`}`);
}

/** What tells a diagnostic from the first of its kind. */
function ownName(diagnostic: Diagnostic, first: Diagnostic): string {
  const { message, place, pointer, file, line } = diagnostic;
  const names = namesIn(first.message);
  const own = namesIn(message).find((name, index) => name !== names[index]);
  const other = file !== first.file ? file : undefined;
  const at = own ?? other ?? place ?? pointer ?? file ?? "";
  return line === undefined ? at : `${at} (line ${line})`.trim();
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
  const { severity: _, code, message, file, libraryHint: __, ...where } = diagnostic;
  return { code, message, file: file ?? null, ...where };
}

/** The answer of a command that failed, under `--json`; `omitted` counts what is not in it. */
export function errorsJson(diagnostics: readonly Diagnostic[]): object {
  const errors = diagnostics.filter(({ severity }) => severity === "error");
  const omitted = Math.max(0, errors.length - MOST_IN_JSON);
  return {
    schemaVersion: SCHEMA_VERSION,
    errors: errors.slice(0, MOST_IN_JSON).map(diagnosticJson),
    ...(omitted === 0 ? {} : { omitted }),
  };
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
