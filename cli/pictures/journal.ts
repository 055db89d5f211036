/**
 * What is done of a folder of results: `.smxc/journal.jsonl`, a line of JSON for each picture. Several processes may append
 * at the same time, for a line goes to the system in one piece; what a killed one or a full disk left of a line is passed
 * over. A line is written once a result is complete and before it has its name. So it says what is done only together with
 * the file: whose size and time are the line's, or whose bytes are.
 */
import { createHash } from "node:crypto";
import { createReadStream, type Stats } from "node:fs";
import { type FileHandle, mkdir, open, stat } from "node:fs/promises";
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
  /**
   * Whether a result is there, of these inputs, as it was written.
   *
   * @throws SmxcError `io/cannot-write` where the journal cannot be read
   */
  isDone(output: string, key: string): Promise<boolean>;
  /** @throws SmxcError `io/cannot-write` */
  append(output: string, key: string, file: CompleteFile): Promise<void>;
  close(): Promise<void>;
}

const NEWLINE = 0x0a;

export function journalPath(folder: string): string {
  return join(folder, ".smxc", "journal.jsonl");
}

/**
 * The journal of a folder, which is made with its first line, and read where a result is there. What others append is seen
 * from then on.
 */
export async function openJournal(folder: string): Promise<Journal> {
  const path = journalPath(folder);
  const failing = (cause: unknown): never => {
    throw new SmxcError([cannotWrite(path, cause)], "io");
  };
  const lines = new Map<string, JournalLine>();
  let read = 0;
  let reading = Promise.resolve();
  /** What was appended since the last time, whole lines only. */
  const readOn = async (): Promise<void> => {
    const text = await bytesFrom(path, read);
    const whole = text.subarray(0, text.lastIndexOf(NEWLINE) + 1);
    read += whole.length;
    for (const each of whole.toString("utf8").split("\n")) {
      const line = lineOf(each);
      // The last line of each result counts.
      if (line !== undefined) lines.set(line.output, line);
    }
  };
  let file: Promise<FileHandle> | undefined;
  return {
    async isDone(output, key) {
      const result = join(folder, output);
      const found = await stat(result).catch(() => undefined);
      if (!found?.isFile()) return false;
      reading = reading.catch(() => {}).then(readOn);
      await reading.catch(failing);
      const line = lines.get(output);
      return line?.key === key && isAsWritten(result, found, line);
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
  if (bytesRead === 1 && buffer[0] !== NEWLINE) await file.write("\n");
  return file;
}

async function isAsWritten(path: string, found: Stats, { bytes, modified, sha256 }: JournalLine): Promise<boolean> {
  if (found.size !== bytes) return false;
  // Copies have a time of their own.
  return found.mtimeMs === modified || (await sha256Of(path).catch(() => undefined)) === sha256;
}

/** What a file holds from a place on; nothing where there is none. */
async function bytesFrom(path: string, start: number): Promise<Buffer> {
  const pieces: Buffer[] = [];
  try {
    for await (const piece of createReadStream(path, { start })) pieces.push(piece as Buffer);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== "ENOENT") throw cause;
  }
  return Buffer.concat(pieces);
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
