/**
 * Runs the program on files that are not as they should be, each in a folder of its own, and holds what every refusal
 * owes: the exit code, one finding per fault with its place and a remedy, no stack trace, nothing written, no work that
 * grows beyond the bytes that are there.
 */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { COMMANDS } from "../../cli/commands/index.js";
import { type Captured, runCaptured } from "../cli/capture.js";
import { MAIN, runNode } from "../support/cli.js";

const REPORT_USAGE = fileURLToPath(new URL("report-usage.mjs", import.meta.url));

export type Files = Readonly<Record<string, string | Uint8Array>>;

/** What is said about one fault. */
export interface Finding {
  readonly code: string;
  /** The file as the command line names it; null where none is to blame. */
  readonly file: string | null;
  readonly pointer?: string;
  readonly line?: number;
  readonly column?: number;
  readonly place?: string | RegExp;
  readonly message?: RegExp;
  /** What the user can do; every finding says something. */
  readonly hint: RegExp;
}

export interface Row {
  /** The number in the list of attacks, where it has one, and what is wrong. */
  readonly what: string;
  readonly files: Files;
  /** Of `smxc`, run in the folder that holds the files. */
  readonly argv: readonly string[];
  /** 1 where the content is invalid, 2 where a file cannot be read or written or the command line is wrong. */
  readonly exit: 0 | 1 | 2;
  /** All of them, in their order. With exit 0 they are warnings. */
  readonly findings: readonly Finding[];
  /** Files that the command makes, with exit 0 only. */
  readonly writes?: readonly string[];
  /** Also run as the shell starts it, with little memory. */
  readonly asProcess?: boolean;
}

/** A refusal may take this much processor time, in seconds, ... */
const MOST_SECONDS = 2;
/** ... to which a process adds its start: Node and the program take a second of a core, and twice that of a shared one, ... */
const MOST_PROCESS_SECONDS = MOST_SECONDS + 2;
/** ... and this much memory, whatever the file announces, ... */
const MOST_BYTES = 100 * 2 ** 20;
/** ... which for a process includes Node and the program, some 100 MiB. */
const MOST_RESIDENT = 200 * 2 ** 20;
/** MiB of JavaScript objects. */
const LITTLE_HEAP = 32;

/** What report-usage.mjs tells. */
type Usage = NodeJS.ResourceUsage & { readonly mostResident: number };

/** One test per row. */
export function describeRows(title: string, rows: readonly Row[]): void {
  describe(title, () => {
    let folder: string;
    const home = process.cwd();

    // What a command loads when it is first called is not the file's fault.
    beforeAll(async () => {
      for (const command of new Set(rows.map(({ argv }) => argv[0]!))) {
        await runCaptured(rows.find(({ argv }) => argv[0] === command)!.argv, COMMANDS);
      }
    }, 120_000);
    beforeEach(() => {
      folder = mkdtempSync(join(tmpdir(), "smxc-bad-"));
      process.chdir(folder);
    });
    afterEach(() => {
      process.chdir(home);
      rmSync(folder, { recursive: true, force: true });
    });

    it.each(rows.map((row) => [row.what, row] as const))("%s", async (_what, row) => {
      layOut(folder, row.files);
      const before = snapshot(folder);
      const prototype = Object.getOwnPropertyNames(Object.prototype);
      const json = await measured(() => runCaptured([...row.argv, "--json"], COMMANDS));
      if (row.exit !== 0) expect(snapshot(folder)).toEqual(before);
      const text = await measured(() => runCaptured(row.argv, COMMANDS));
      expect(Object.getOwnPropertyNames(Object.prototype)).toEqual(prototype);
      expectText(row, text);
      if (row.exit === 0) return expectWritten(row, before, snapshot(folder));
      expect(snapshot(folder)).toEqual(before);
      expectJson(row, json);
    });

    const processes = rows.filter((row) => row.asProcess).map((row) => [row.what, row] as const);
    it.each(processes)("%s, as a process", async (_what, row) => {
      layOut(folder, row.files);
      const before = snapshot(folder);
      const usage = join(tmpdir(), `${basename(folder)}.json`);
      const node = ["--import", REPORT_USAGE, `--max-old-space-size=${LITTLE_HEAP}`];
      const { code, ...printed } = await runNode([...node, MAIN, ...row.argv], folder, { SMXC_TEST_USAGE: usage });
      expectText(row, { code: code ?? -1, ...printed });
      if (row.exit === 0) expectWritten(row, before, snapshot(folder));
      else expect(snapshot(folder)).toEqual(before);
      const took = JSON.parse(readFileSync(usage, "utf8")) as Usage;
      rmSync(usage);
      expect((took.userCPUTime + took.systemCPUTime) / 1e6).toBeLessThan(MOST_PROCESS_SECONDS);
      expect(took.mostResident).toBeLessThan(MOST_RESIDENT);
    });
  });
}

function layOut(folder: string, files: Files): void {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
}

/** The files of a folder with what is in them. */
function snapshot(folder: string): ReadonlyMap<string, string> {
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" }).sort();
  return new Map(names.map((name) => [name, contentOf(join(folder, name))]));
}

function contentOf(path: string): string {
  return statSync(path).isDirectory() ? "a folder" : readFileSync(path).toString("base64");
}

/** Processor time, not the clock's, so that a busy machine does not fail the test. */
async function measured(run: () => Promise<Captured>): Promise<Captured> {
  const began = process.cpuUsage();
  const held = process.memoryUsage().rss;
  const captured = await run();
  const { user, system } = process.cpuUsage(began);
  expect((user + system) / 1e6).toBeLessThan(MOST_SECONDS);
  expect(process.memoryUsage().rss - held).toBeLessThan(MOST_BYTES);
  return captured;
}

/** What a person reads. */
function expectText({ exit, findings }: Row, { code, stdout, stderr }: Captured): void {
  const severity = exit === 0 ? "warning" : "error";
  const codes = [...stderr.matchAll(/^(error|warning)\[(.*?)\]/gm)].map(([, kind, name]) => `${kind} ${name}`);
  expect({ code, codes, stderr }).toMatchObject({
    code: exit,
    codes: findings.map((finding) => `${severity} ${finding.code}`),
  });
  expect(stderr + stdout).not.toMatch(/^ {4}at /m);
  if (exit !== 0) expect(stdout).toBe("");
  for (const { hint } of findings) expect(stderr).toMatch(hint);
}

/** What a script reads. */
function expectJson({ exit, findings }: Row, { code, stdout, stderr }: Captured): void {
  expect({ code, stderr }).toEqual({ code: exit, stderr: "" });
  const { schemaVersion, errors } = JSON.parse(stdout) as {
    readonly schemaVersion: number;
    readonly errors: readonly Readonly<Record<string, unknown>>[];
  };
  expect(schemaVersion).toBe(1);
  expect(errors.map(({ message: _, hint: __, place: ___, ...where }) => where)).toEqual(
    findings.map(({ message: _, hint: __, place: ___, ...where }) => where),
  );
  for (const [index, { place, message, hint }] of findings.entries()) {
    const told = errors[index]!;
    if (place === undefined) expect(told.place).toBeUndefined();
    else expect(told.place).toEqual(typeof place === "string" ? place : expect.stringMatching(place));
    expect(told.hint ?? "no hint").toMatch(hint);
    expect(told.message).toMatch(message ?? /\S/);
  }
}

function expectWritten(row: Row, before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): void {
  expect([...after.keys()].filter((name) => !before.has(name))).toEqual([...(row.writes ?? [])].sort());
  for (const [name, content] of before) expect(after.get(name)).toBe(content);
}

/** Stands in a text before the place of a fault. */
const MARK = "¶";

/** A text without its marks, and the line and column of each, counted from 1. */
export function marked(text: string): { readonly text: string; readonly at: readonly Required<LineColumn>[] } {
  const pieces = text.split(MARK);
  const at = pieces.slice(1).map((_, index) => {
    const lines = pieces
      .slice(0, index + 1)
      .join("")
      .split("\n");
    return { line: lines.length, column: lines.at(-1)!.length + 1 };
  });
  return { text: pieces.join(""), at };
}

type LineColumn = Pick<Finding, "line" | "column">;
