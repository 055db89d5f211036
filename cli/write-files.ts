/**
 * Writes files so that a reader, or a crash at any moment, meets the old file or the new one and never a part: each is
 * streamed into a temporary sibling, flushed to the disk, and renamed into place when all of a set are complete.
 */
import { createHash } from "node:crypto";
import * as nodeFs from "node:fs/promises";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { SmxcError } from "../src/diagnostics.js";
import type { ByteStream } from "../src/weights/byte-source.js";
import { checkOutputs, type Target } from "./check-outputs.js";
import { cannotWrite } from "./errors.js";
import { forget, remember, removeStale, temporaryName } from "./temporary-files.js";
import { type Sink, writeBehind } from "./write-behind.js";

export type FileContent = ByteStream | Uint8Array | string | FileEncoder;

/** What writes a file by itself. */
export interface FileEncoder {
  /** Overwrites the file at a path. */
  encodeTo(path: string): Promise<void>;
  /** The same as bytes, where there is no such file. */
  encode(): Promise<Uint8Array>;
}

export interface OutputFile {
  readonly path: string;
  /** A function is called when the files before it in the list are written, so that a file can name their hashes. */
  readonly content: FileContent | ((written: readonly WrittenFile[]) => FileContent);
}

export interface WrittenFile {
  readonly path: string;
  readonly bytes: number;
  /** Lower-case hexadecimal. */
  readonly sha256: string;
}

/** What of the file system a test replaces. */
export type FileSystem = Pick<typeof nodeFs, "open" | "rename">;

export interface WriteOptions {
  /** Files that the command reads: none of them is overwritten. */
  readonly inputs: readonly string[];
  readonly fs?: FileSystem;
}

/**
 * Files of a set are put in place in the order of the list: a file that holds the hash of another comes after it, so
 * that a crash between two renames leaves a pair that does not match, which its reader notices.
 *
 * @throws SmxcError when an output cannot be written (see `checkOutputs`); the old files are then as they were.
 */
export async function writeFiles(
  files: readonly OutputFile[],
  { inputs, fs = nodeFs }: WriteOptions,
): Promise<readonly WrittenFile[]> {
  const targets = await checkOutputs(
    files.map(({ path }) => path),
    inputs,
  );
  const temporaries: string[] = [];
  const written: WrittenFile[] = [];
  try {
    for (const [index, { content }] of files.entries()) {
      const target = targets[index]!;
      const bytes = typeof content === "function" ? content(written) : content;
      if (!target.special) {
        const temporary = temporaryName(target.real);
        await orFailure(target.path, removeStale(target.real));
        remember(temporary);
        temporaries[index] = temporary;
      }
      const temporary = temporaries[index];
      written.push(
        isEncoder(bytes) && temporary !== undefined
          ? await encodeOne(target, temporary, bytes, fs)
          : await writeOne(target, temporary, isEncoder(bytes) ? await bytes.encode() : bytes, fs),
      );
    }
    for (const [index, temporary] of temporaries.entries()) {
      const { path, real } = targets[index]!;
      if (temporary !== undefined) await orFailure(path, putInPlace(temporary, real, fs));
    }
  } finally {
    for (const temporary of temporaries.filter((name) => name !== undefined)) {
      await nodeFs.rm(temporary, { force: true });
      forget(temporary);
    }
  }
  return written;
}

async function writeOne(
  { path, mode }: Target,
  temporary: string | undefined,
  content: Exclude<FileContent, FileEncoder>,
  fs: FileSystem,
): Promise<WrittenFile> {
  const stream = toStream(content);
  const hash = createHash("sha256");
  let bytes = 0;
  // `wx`: a file or link that someone else laid there is not written through.
  const file = await orFailure(path, temporary === undefined ? fs.open(path, "w") : fs.open(temporary, "wx"));
  try {
    const sink: Sink = {
      write: (piece) => orFailure(path, writeAll(file, piece)),
      ...(temporary === undefined ? {} : { flush: () => orFailure(path, file.datasync()) }),
    };
    await writeBehind(sink, stream.chunks(), (piece) => {
      hash.update(piece);
      bytes += piece.length;
    });
    if (bytes !== stream.length) throw new Error(`${path}: ${bytes} bytes came where ${stream.length} were announced`);
    if (mode !== undefined) await orFailure(path, file.chmod(mode));
    if (temporary !== undefined) await orFailure(path, file.sync());
  } finally {
    await file.close();
  }
  return { path, bytes, sha256: hash.digest("hex") };
}

function isEncoder(content: FileContent): content is FileEncoder {
  return typeof content === "object" && "encodeTo" in content;
}

async function encodeOne(
  { path, mode }: Target,
  temporary: string,
  encoder: FileEncoder,
  fs: FileSystem,
): Promise<WrittenFile> {
  const created = await orFailure(path, fs.open(temporary, "wx"));
  await created.close();
  await orFailure(path, encoder.encodeTo(temporary));
  const file = await orFailure(path, fs.open(temporary, "r+"));
  const hash = createHash("sha256");
  try {
    for await (const piece of file.createReadStream({ autoClose: false })) hash.update(piece as Uint8Array);
    if (mode !== undefined) await orFailure(path, file.chmod(mode));
    await orFailure(path, file.sync());
    return { path, bytes: (await file.stat()).size, sha256: hash.digest("hex") };
  } finally {
    await file.close();
  }
}

/** One call takes at most 2^31-1 bytes. */
const MOST_PER_WRITE = 2 ** 30;

/** The system may take less than it is given. (`FileHandle.writeFile` cuts pieces to 512 KiB, and waits between them.) */
async function writeAll(file: nodeFs.FileHandle, piece: Uint8Array): Promise<void> {
  for (let done = 0; done < piece.length; ) {
    const { bytesWritten } = await file.write(piece, done, Math.min(piece.length - done, MOST_PER_WRITE));
    done += bytesWritten;
  }
}

/** Renames, and makes the rename itself last where the system lets a folder be flushed. */
async function putInPlace(temporary: string, target: string, fs: FileSystem): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await fs.rename(temporary, target);
      break;
    } catch (cause) {
      // On Windows scanners and indexers hold new files open for a moment.
      if (process.platform !== "win32" || attempt === 10) throw cause;
      await sleep(attempt * 20);
    }
  }
  const folder = await nodeFs.open(dirname(target), "r").catch(() => undefined);
  await folder?.sync().catch(() => undefined);
  await folder?.close();
}

function toStream(content: Exclude<FileContent, FileEncoder>): ByteStream {
  if (typeof content !== "string" && !(content instanceof Uint8Array)) return content;
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
  return {
    length: bytes.length,
    async *chunks() {
      yield bytes;
    },
  };
}

async function orFailure<T>(path: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (cause) {
    if (cause instanceof SmxcError) throw cause;
    throw new SmxcError([cannotWrite(path, cause)], "io");
  }
}
