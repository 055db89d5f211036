/**
 * Writes files so that a reader always finds either the old file or the complete new one, even after a crash. Each
 * file is streamed into a draft beside its target, flushed to the disk, and put in place when all files of a set are
 * complete.
 */
import { createHash } from "node:crypto";
import * as nodeFs from "node:fs/promises";
import type { ByteStream } from "../../src/base/bytes/byte-source.js";
import { SmxcError } from "../../src/base/diagnostics.js";
import { cannotWrite } from "../terminal/system-errors.js";
import { checkOutputs, type Target } from "./check-outputs.js";
import { type Draft, type FileSystem, openDraft } from "./drafts.js";
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

/** A file that is on the disk, and has its name next. */
export interface CompleteFile extends WrittenFile {
  /** When it was last written to, in milliseconds, as the file system shows it from then on. */
  readonly modified: number;
}

export interface WriteOptions {
  /** Files that the command reads: none of them is overwritten. */
  readonly inputs: readonly string[];
  readonly fs?: FileSystem;
  /** Called when all are complete and on the disk, before the first is put in place. */
  readonly onComplete?: (files: readonly CompleteFile[]) => Promise<void>;
  /** Whether what killed processes left beside the outputs was removed before. */
  readonly swept?: boolean;
  /** Receives the progress of a file, in bytes; not called for files that encode themselves. */
  readonly onBytes?: (path: string, done: number, total: number) => void;
}

/**
 * Puts the files of a set in place in the order of the list. A file that holds the hash of another must come after it:
 * a crash between two renames then leaves a pair that does not match, which readers notice.
 *
 * @throws SmxcError when an output cannot be written (see `checkOutputs`); the old files are then unchanged
 */
export async function writeFiles(
  files: readonly OutputFile[],
  { inputs, fs = nodeFs, onComplete, swept = false, onBytes }: WriteOptions,
): Promise<readonly WrittenFile[]> {
  const targets = await checkOutputs(
    files.map(({ path }) => path),
    inputs,
  );
  const drafts: Draft[] = [];
  const written: WrittenFile[] = [];
  try {
    for (const [index, { content }] of files.entries()) {
      const target = targets[index]!;
      const draft = await orFailure(target.path, openDraft(target, fs, swept));
      drafts.push(draft);
      const bytes = typeof content === "function" ? content(written) : content;
      written.push(
        isEncoder(bytes) && draft.onDisk
          ? await encodeInto(draft, target, bytes, fs)
          : await fill(draft, target, isEncoder(bytes) ? await bytes.encode() : bytes, onBytes),
      );
    }
    await onComplete?.(await Promise.all(written.map((file, index) => withTime(file, drafts[index]!))));
    for (const [index, draft] of drafts.entries()) await orFailure(targets[index]!.path, draft.putInPlace());
  } finally {
    for (const draft of drafts) await draft.discard();
  }
  return written;
}

async function fill(
  { file, onDisk }: Draft,
  { path, mode }: Target,
  content: Exclude<FileContent, FileEncoder>,
  onBytes: WriteOptions["onBytes"],
): Promise<WrittenFile> {
  const stream = toStream(content);
  const hash = createHash("sha256");
  let bytes = 0;
  const sink: Sink = {
    write: (piece) => orFailure(path, writeAll(file, piece)),
    ...(onDisk ? { flush: () => orFailure(path, file.datasync()) } : {}),
  };
  await writeBehind(sink, stream.chunks(), (piece) => {
    hash.update(piece);
    bytes += piece.length;
    onBytes?.(path, bytes, stream.length);
  });
  if (bytes !== stream.length) throw new Error(`${path}: ${bytes} bytes came where ${stream.length} were announced`);
  if (mode !== undefined) await orFailure(path, file.chmod(mode));
  if (onDisk) await orFailure(path, file.sync());
  return { path, bytes, sha256: hash.digest("hex") };
}

async function withTime(written: WrittenFile, { file }: Draft): Promise<CompleteFile> {
  return { ...written, modified: (await file.stat()).mtimeMs };
}

function isEncoder(content: FileContent): content is FileEncoder {
  return typeof content === "object" && "encodeTo" in content;
}

async function encodeInto(
  draft: Draft,
  { path, mode }: Target,
  encoder: FileEncoder,
  fs: FileSystem,
): Promise<WrittenFile> {
  await orFailure(path, encoder.encodeTo(draft.path));
  const file = await orFailure(path, fs.open(draft.path, "r+"));
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
