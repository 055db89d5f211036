/**
 * What is done of a folder of results: `.smxc/journal.jsonl`, a line of JSON for each picture. Several processes may append
 * at the same time, for a line goes to the system in one piece; what a killed one or a full disk left of a line is passed
 * over. A line is written once a result is complete and before it has its name. So it says what is done only together with
 * the file: whose size and time are the line's, or whose bytes are.
 */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { type FileHandle, mkdir, open, readFile, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { SmxcError } from "../../src/base/diagnostics.js";
import type { CompleteFile } from "../files/write-files.js";
import { cannotWrite } from "../terminal/system-errors.js";

export interface JournalLine {
  /** The result's name in the folder. */
  readonly output: string;
  /** What it was made of: hash of model, input and options. */
  readonly key: string;
  readonly bytes: number;
  readonly sha256: string;
  /** When the result was last written to, in milliseconds. */
  readonly modified: number;
}

export interface Journal {
  /** Whether a result is there, of these inputs, as it was written. */
  isDone(output: string, key: string): Promise<boolean>;
  /** @throws SmxcError `io/cannot-write` */
  append(output: string, key: string, file: CompleteFile): Promise<void>;
  close(): Promise<void>;
}

export function journalPath(folder: string): string {
  return join(folder, ".smxc", "journal.jsonl");
}

/**
 * The journal of a folder, which is made with its first line.
 *
 * @throws SmxcError `io/cannot-write` where it is there and cannot be read
 */
export async function openJournal(folder: string): Promise<Journal> {
  const path = journalPath(folder);
  const failing = (cause: unknown): never => {
    throw new SmxcError([cannotWrite(path, cause)], "io");
  };
  const lines = linesOf(await readFile(path, "utf8").catch(unlessMissing).catch(failing));
  let file: Promise<FileHandle> | undefined;
  return {
    async isDone(output, key) {
      const line = lines.get(output);
      return line?.key === key && isAsWritten(join(folder, output), line);
    },
    async append(output, key, { bytes, sha256, modified }) {
      const line: JournalLine = { output, key, bytes, sha256, modified };
      await (async () => {
        file ??= openForLines(path);
        const text = Buffer.from(`${JSON.stringify(line)}\n`);
        const { bytesWritten } = await (await file).write(text);
        if (bytesWritten < text.length) throw Object.assign(new Error("no space left"), { code: "ENOSPC" });
      })().catch(failing);
    },
    async close() {
      await (await file?.catch(() => undefined))?.close();
    },
  };
}

/** The last line of each result counts. */
function linesOf(text: string): ReadonlyMap<string, JournalLine> {
  const lines = new Map<string, JournalLine>();
  for (const each of text.split("\n")) {
    const line = lineOf(each);
    if (line !== undefined) lines.set(line.output, line);
  }
  return lines;
}

/** Undefined for what is no line of a journal, or only a part of one. */
function lineOf(text: string): JournalLine | undefined {
  try {
    const { output, key, bytes, sha256, modified } = JSON.parse(text) as Partial<JournalLine>;
    const words = [output, key, sha256].every((each) => typeof each === "string");
    const numbers = [bytes, modified].every((each) => typeof each === "number");
    return words && numbers ? ({ output, key, bytes, sha256, modified } as JournalLine) : undefined;
  } catch {
    return undefined;
  }
}

/** Behind what another process left unfinished, a line begins anew. */
async function openForLines(path: string): Promise<FileHandle> {
  await mkdir(dirname(path), { recursive: true });
  const file = await open(path, "a+");
  const { size } = await file.stat();
  const { bytesRead, buffer } = await file.read(new Uint8Array(1), 0, 1, Math.max(0, size - 1));
  if (bytesRead === 1 && buffer[0] !== 0x0a) await file.write("\n");
  return file;
}

async function isAsWritten(path: string, { bytes, modified, sha256 }: JournalLine): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  if (!found?.isFile() || found.size !== bytes) return false;
  // Copies have a time of their own.
  return found.mtimeMs === modified || (await sha256Of(path).catch(() => undefined)) === sha256;
}

async function sha256Of(path: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  return hash.digest("hex");
}

/**
 * What a result is made of, as one hash.
 *
 * @param model hash of the model's files
 * @param input the picture's bytes
 * @param options all that decides what becomes of it; undefined values and the order of keys do not count
 */
export function keyOf(model: string, input: Uint8Array, options: Readonly<Record<string, unknown>>): string {
  const said = Object.entries(options)
    .filter(([, value]) => value !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const parts = [model, createHash("sha256").update(input).digest("hex"), said];
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex");
}

/** One hash of all files of a model, in their order. */
export async function hashOfFiles(files: readonly string[]): Promise<string> {
  const hash = createHash("sha256");
  for (const file of files) hash.update(await sha256Of(file));
  return hash.digest("hex");
}

function unlessMissing(cause: NodeJS.ErrnoException): string {
  if (cause.code === "ENOENT") return "";
  throw cause;
}
