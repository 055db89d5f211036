/**
 * The two streams, kept apart: standard output carries the answer only, standard error all the rest. Everything that a
 * command prints goes through here.
 */
import { readFileSync, statSync } from "node:fs";
import type { Writable } from "node:stream";
import { type Diagnostic, type Reporter, SmxcError } from "../src/diagnostics.js";
import { createColors, wantsColor } from "./colors.js";
import { cannotWrite } from "./errors.js";
import { printable, printableLines } from "./printable.js";
import { createStickyLine, type Progress } from "./progress.js";
import { errorsJson, renderDiagnostic, renderDiagnostics, SCHEMA_VERSION } from "./render-diagnostics.js";

export type OutputStream = Writable & { readonly isTTY?: boolean; readonly columns?: number };

export interface Streams {
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  readonly env: NodeJS.ProcessEnv;
}

export interface OutputOptions {
  readonly json: boolean;
  readonly quiet: boolean;
}

/** An answer in both of its forms; only the one asked for is made. */
export interface Answer {
  text(): string;
  /** The document without its `schemaVersion`. */
  json(): object;
}

export interface Output {
  readonly json: boolean;
  readonly quiet: boolean;
  /** Prints the answer as text, or under `--json` as one document. */
  answer(answer: Answer): Promise<void>;
  /** Prints an answer of a form of its own (SARIF, JUnit) as it is. */
  print(text: string): Promise<void>;
  /** Prints a warning, unless `--quiet`. */
  readonly report: Reporter;
  /** Prints a line of information, unless `--quiet`. */
  note(text: string): void;
  /** A bar for work of `total` units, on terminals only. */
  progress(label: string, total: number): Progress;
  /** Prints the errors that end a command. */
  fail(diagnostics: readonly Diagnostic[]): Promise<void>;
}

const READER_GONE: ReadonlySet<string | undefined> = new Set(["EPIPE", "ERR_STREAM_DESTROYED"]);

/** Documents larger than this are shown without a frame. */
const LARGEST_SOURCE = 2 ** 24;

export function createOutput({ stdout, stderr, env }: Streams, { json, quiet }: OutputOptions): Output {
  const colors = createColors(wantsColor(stderr, env));
  const line = createStickyLine(stderr, !quiet, () => performance.now());
  const tell = (text: string) => {
    line.clear();
    stderr.write(text);
  };
  const print = (text: string) => {
    line.clear();
    return writeAll(stdout, text);
  };
  return {
    json,
    quiet,
    print,
    answer: (answer) =>
      print(
        json
          ? `${JSON.stringify({ schemaVersion: SCHEMA_VERSION, ...answer.json() }, null, 2)}\n`
          : `${printableLines(answer.text()).trimEnd()}\n`,
      ),
    report: (diagnostic) => {
      if (!quiet) tell(renderDiagnostic(diagnostic, colors, readSource));
    },
    note: (text) => {
      if (!quiet) tell(`${printable(text)}\n`);
    },
    progress: line.start,
    fail: async (diagnostics) => {
      const told = json && (await succeeds(print(errorsJson(diagnostics))));
      if (!told) tell(renderDiagnostics(diagnostics, colors, readSource));
    },
  };
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
