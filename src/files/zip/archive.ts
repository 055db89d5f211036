import type { ByteSource } from "../../base/bytes/byte-source.js";
import { type Diagnostic, SmxcError } from "../../base/diagnostics.js";
import { Findings } from "../findings.js";
import { crc32 } from "./crc32.js";
import { readZip64, type ZipDirectory, type ZipEntry } from "./directory.js";
import * as errors from "./errors.js";

const HEADER_SIZE = 30;
const HEADER_SIGNATURE = 0x04034b50;
const ENCRYPTED = 0x0001 | 0x0040 | 0x2000;
/** The local header's sizes and checksum are zero; they follow the content. PyTorch writes so. */
const HAS_DESCRIPTOR = 0x0008;
const CHUNK = 2 ** 20;

/** A zip archive whose entries are stored, never compressed, so that nothing can unfold to more than is there. */
export interface ZipArchive {
  readonly entries: ReadonlyMap<string, ZipEntry>;
  /**
   * `length` bytes from `begin` of an entry's content. The first read of an entry compares its local header with the
   * directory and, unless the checksum is absent (0), sums up all of its content.
   *
   * @throws SmxcError where header, place or checksum are wrong.
   */
  read(entry: ZipEntry, begin: number, length: number): Promise<Uint8Array>;
}

/**
 * Checks all entries of a directory: names that stay inside the archive and are unique, no encryption and compression,
 * no overlap.
 *
 * @throws SmxcError with every breach.
 */
export function openArchive(source: ByteSource, directory: ZipDirectory): ZipArchive {
  const findings = new Findings();
  const entries = new Map<string, ZipEntry>();
  for (const entry of directory.entries) {
    for (const finding of checkEntry(source.name, entry)) findings.add(() => finding);
    if (entries.has(entry.name)) {
      findings.add(() => errors.duplicateEntry(source.name, entry.recordOffset, entry.name));
    }
    entries.set(entry.name, entry);
  }
  findings.throwIfAny();
  const limits = findLimits(source, directory, findings);
  findings.throwIfAny();
  const contents = new Map<ZipEntry, number>();
  return {
    entries,
    read: async (entry, begin, length) => {
      const known = contents.get(entry);
      if (known !== undefined) return source.read(known + begin, length);
      const start = await findContent(source, entry, limits.get(entry)!);
      const bytes = await readChecked(source, entry, start, begin, length);
      contents.set(entry, start);
      return bytes;
    },
  };
}

function* checkEntry(file: string, entry: ZipEntry): Iterable<Diagnostic> {
  const { name, recordOffset: byte, method, storedSize, size } = entry;
  if (!isSafeName(name)) yield errors.unsafeName(file, byte, name);
  if (entry.flags & ENCRYPTED) yield errors.encrypted(file, byte, name);
  else if (method !== 0) yield errors.compressed(file, byte, name, method);
  else if (storedSize !== size) yield errors.storedSize(file, byte, name, storedSize, size);
}

function isSafeName(name: string): boolean {
  return !/^\/|^[A-Za-z]:|[\\\0]/.test(name) && !name.split("/").includes("..");
}

/** Where each entry must have ended: the start of the next one, or of the directory. */
function findLimits(source: ByteSource, directory: ZipDirectory, findings: Findings): ReadonlyMap<ZipEntry, number> {
  const sorted = directory.entries.toSorted((a, b) => a.headerOffset - b.headerOffset);
  const limits = new Map<ZipEntry, number>();
  for (const [i, entry] of sorted.entries()) {
    const next = sorted[i + 1];
    const limit = Math.min(next?.headerOffset ?? directory.offset, directory.offset);
    // The local header's name is as long as the directory's; its extra field is known only once it is read.
    const least = entry.headerOffset + HEADER_SIZE + new TextEncoder().encode(entry.name).length + entry.size;
    if (least > limit) {
      findings.add(() => errors.overlap(source.name, entry.headerOffset, entry.name, next?.name ?? "the directory"));
    }
    limits.set(entry, limit);
  }
  return limits;
}

/** Where the content starts, once the local header is known to agree with the directory. */
async function findContent(source: ByteSource, entry: ZipEntry, limit: number): Promise<number> {
  const at = entry.headerOffset;
  const mismatch = (field: string) => new SmxcError([errors.headerMismatch(source.name, at, entry.name, field)]);
  const fixed = view(await source.read(at, HEADER_SIZE));
  if (fixed.getUint32(0, true) !== HEADER_SIGNATURE) throw mismatch("signature");
  if (fixed.getUint16(6, true) !== entry.flags) throw mismatch("flags");
  if (fixed.getUint16(8, true) !== entry.method) throw mismatch("compression method");
  const nameLength = fixed.getUint16(26, true);
  const extraLength = fixed.getUint16(28, true);
  const start = at + HEADER_SIZE + nameLength + extraLength;
  if (start + entry.size > limit) throw new SmxcError([errors.overlap(source.name, at, entry.name, "what follows it")]);
  const rest = await source.read(at + HEADER_SIZE, nameLength + extraLength);
  if (new TextDecoder().decode(rest.subarray(0, nameLength)) !== entry.name) throw mismatch("name");
  const sizes = [fixed.getUint32(22, true), fixed.getUint32(18, true)];
  const [size, storedSize] = readZip64(rest.subarray(nameLength), sizes) ?? [];
  const crc = fixed.getUint32(14, true);
  const absent = (entry.flags & HAS_DESCRIPTOR) !== 0 && crc === 0 && size === 0 && storedSize === 0;
  if (absent) return start;
  if (size !== entry.size || storedSize !== entry.storedSize) throw mismatch("size");
  if (crc !== entry.crc) throw mismatch("checksum");
  return start;
}

async function readChecked(
  source: ByteSource,
  entry: ZipEntry,
  start: number,
  begin: number,
  length: number,
): Promise<Uint8Array> {
  if (entry.crc === 0) return source.read(start + begin, length);
  const wrong = () => new SmxcError([errors.badCrc(source.name, start, entry.name)]);
  if (length === entry.size) {
    const whole = await source.read(start, length);
    if (crc32(whole) !== entry.crc) throw wrong();
    return whole;
  }
  const bytes = new Uint8Array(length);
  let crc = 0;
  for (let at = 0; at < entry.size; at += CHUNK) {
    const chunk = await source.read(start + at, Math.min(CHUNK, entry.size - at));
    crc = crc32(chunk, crc);
    const from = Math.max(begin, at);
    const to = Math.min(begin + length, at + chunk.length);
    if (from < to) bytes.set(chunk.subarray(from - at, to - at), from - begin);
  }
  if (crc !== entry.crc) throw wrong();
  return bytes;
}

function view(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}
