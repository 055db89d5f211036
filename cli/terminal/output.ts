/**
 * The two streams: standard output carries only the answer, standard error everything else. Everything that a command
 * prints goes through here.
 */
import { readFileSync, statSync } from "node:fs";
import type { Writable } from "node:stream";
import { type Diagnostic, type Reporter, SmxcError } from "../../src/base/diagnostics.js";
import { type Lines, linesText, lineText } from "../../src/base/text/lines.js";
import { Markup } from "../../src/base/text/markup.js";
import { printableJson } from "../../src/base/text/printable.js";
import { createColors, wantsColor } from "./colors.js";
import { paintBy } from "./paint.js";
import { createProgressView, type Progress, type ProgressView, SILENT } from "./progress.js";
import { errorsJson, renderDiagnostic, renderDiagnostics, SCHEMA_VERSION } from "./render-diagnostics.js";
import { cannotWrite } from "./system-errors.js";
import { openTicker } from "./ticker.js";
import { sharedNow } from "./ticker-memory.js";
import { Warnings } from "./warnings.js";

export type OutputStream = Writable & { readonly isTTY?: boolean; readonly columns?: number; readonly fd?: number };

export interface Streams {
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  readonly env: NodeJS.ProcessEnv;
}

export interface OutputOptions {
  readonly json: boolean;
  readonly quiet: boolean;
  /** Progress as lines of JSON, terminal or not. */
  readonly progressJson?: boolean;
}

/** An answer in both of its forms; only the one asked for is made. */
export interface Answer {
  /** Names from files stand in it as they are: they are escaped when it is printed, line by line. */
  text(): Lines;
  /** The document without its `schemaVersion`. */
  json(): object;
}

export interface Output {
  readonly json: boolean;
  readonly quiet: boolean;
  /** Prints the answer as text, or under `--json` as one document. */
  answer(answer: Answer): Promise<void>;
  /** Prints lines for people. */
  lines(lines: Lines): Promise<void>;
  /** Prints an answer of a form of its own (SARIF, JUnit) as it is. */
  print(document: Markup): Promise<void>;
  /** Prints a warning, unless `--quiet`. */
  readonly report: Reporter;
  /** Prints a line of information, unless `--quiet`. */
  note(text: string): void;
  /** A bar for work of `total` units, on terminals only, or lines of JSON where they are asked for. */
  progress(label: string, total: number, unit?: string): Progress;
  /** Prints the errors that end a command. */
  fail(diagnostics: readonly Diagnostic[]): Promise<void>;
}

const READER_GONE: ReadonlySet<string | undefined> = new Set(["EPIPE", "ERR_STREAM_DESTROYED"]);

/** Documents larger than this are shown without a frame. */
const LARGEST_SOURCE = 2 ** 24;

export function createOutput({ stdout, stderr, env }: Streams, options: OutputOptions): Output {
  const { json, quiet } = options;
  const colors = createColors(wantsColor(stderr, env));
  const progress = progressOn(stderr, env, options);
  const printError = (text: string) => progress.aside(() => stderr.write(text));
  const warnings = new Warnings();
  const printHeld = () => {
    for (const held of warnings.takeHeld()) printError(`${lineText(held)}\n`);
  };
  const print = (document: Markup) => {
    printHeld();
    return progress.aside(() => writeAll(stdout, document.text));
  };
  const paint = paintBy(createColors(wantsColor(stdout, env)));
  const lines = (text: Lines) => print(Markup.trusted(linesText(text, paint)));
  return {
    json,
    quiet,
    print,
    lines,
    answer: (answer) =>
      json ? print(jsonDocument({ schemaVersion: SCHEMA_VERSION, ...answer.json() })) : lines(answer.text()),
    report: (diagnostic) => {
      if (!quiet && warnings.printsNow(diagnostic)) printError(renderDiagnostic(diagnostic, colors, readSource));
    },
    note: (text) => {
      if (!quiet) printError(`${lineText(text)}\n`);
    },
    progress: progress.start,
    fail: async (diagnostics) => {
      printHeld();
      const printed = json && (await succeeds(print(jsonDocument(errorsJson(diagnostics)))));
      if (!printed) printError(renderDiagnostics(diagnostics, colors, readSource));
    },
  };
}

/** A terminal that moves no cursor has no line to draw on again. */
function progressOn(
  stderr: OutputStream,
  { TERM }: NodeJS.ProcessEnv,
  { quiet, progressJson = false }: OutputOptions,
): ProgressView {
  if (quiet || !(progressJson || (stderr.isTTY === true && TERM !== "dumb"))) return SILENT;
  const form = progressJson ? "json" : "bar";
  const isStandardError = stderr.fd === 2;
  return createProgressView(
    stderr,
    form,
    sharedNow,
    isStandardError ? () => openTicker(form, stderr.columns ?? 80) : undefined,
  );
}

/** A document of JSON, for `print`. */
export function jsonDocument(value: object): Markup {
  return Markup.trusted(`${printableJson(value)}\n`);
}

/** A document of JSON in one line, for `print`: of a command that prints one after the other. */
export function jsonLine(value: object): Markup {
  // Line feeds stand between values only.
  const text = printableJson({ schemaVersion: SCHEMA_VERSION, ...value }).replace(/\n */g, "");
  return Markup.trusted(`${text}\n`);
}

/** Resolves once the text is with the system. A reader that has gone away (`| head`) wants no more: that is no error. */
function writeAll(stream: OutputStream, text: string): Promise<void> {
  return new Promise((resolve, reject) => {
    stream.write(text, (cause: NodeJS.ErrnoException | null | undefined) => {
      if (!cause || READER_GONE.has(cause.code)) resolve();
      else reject(new SmxcError([cannotWrite("standard output", cause)], "io"));
    });
  });
}

function succeeds(work: Promise<void>): Promise<boolean> {
  return work.then(
    () => true,
    () => false,
  );
}

function readSource(file: string): string | undefined {
  try {
    return statSync(file).size <= LARGEST_SOURCE ? readFileSync(file, "utf8") : undefined;
  } catch {
    return undefined;
  }
}
