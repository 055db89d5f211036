import type { ByteSource } from "../../base/bytes/byte-source.js";
import { SmxcError } from "../../base/diagnostics.js";
import * as errors from "./errors.js";

/** An entry as the central directory has it. */
export interface ZipEntry {
  readonly name: string;
  readonly flags: number;
  readonly method: number;
  /** 0: absent, as PyTorch can write archives without checksums. */
  readonly crc: number;
  readonly storedSize: number;
  readonly size: number;
  /** Where the local header is. */
  readonly headerOffset: number;
  /** Where the directory's own record of the entry is, for messages. */
  readonly recordOffset: number;
}

export interface ZipDirectory {
  readonly entries: readonly ZipEntry[];
  /** Where the directory starts, which is where the last entry's content must have ended. */
  readonly offset: number;
}

const LOCATOR_SIZE = 20;
const END_SIZE = 22;
const END64_SIZE = 56;
const RECORD_SIZE = 46;
const END_SIGNATURE = 0x06054b50;
const LOCATOR_SIGNATURE = 0x07064b50;
const END64_SIGNATURE = 0x06064b50;
const RECORD_SIGNATURE = 0x02014b50;
const MAX_COMMENT = 0xffff;
/** Some 700,000 entries, as PyTorch names them. */
const MAX_DIRECTORY_BYTES = 2 ** 26;
const FULL16 = 0xffff;
const FULL32 = 0xffffffff;

/**
 * Reads the central directory of a zip archive, zip64 included, and checks that it is consistent in itself: it ends
 * where its end record starts, holds as many records as that says, and every offset lies before it.
 * Format: APPNOTE.TXT 6.3.10, sections 4.3.12 to 4.3.16 and 4.5.3.
 */
export async function readDirectory(source: ByteSource): Promise<ZipDirectory> {
  const end = await readEnd(source);
  const fail = (what: string) => new SmxcError([errors.badDirectory(source.name, end.at, what)]);
  if (end.disks) throw fail("the archive spans several disks");
  if (end.offset + end.size !== end.at) throw fail("it does not end where the end record starts");
  if (end.size > MAX_DIRECTORY_BYTES) {
    throw new SmxcError([errors.directoryTooLarge(source.name, end.offset, end.size, MAX_DIRECTORY_BYTES)]);
  }
  const records = new Records(source.name, await source.read(end.offset, end.size), end.offset);
  const entries: ZipEntry[] = [];
  while (!records.atEnd()) entries.push(records.next());
  if (entries.length !== end.count) throw fail(`it holds ${entries.length} entries and declares ${end.count}`);
  return { entries, offset: end.offset };
}

interface End {
  /** Where the (zip64) end record starts. */
  readonly at: number;
  readonly disks: boolean;
  readonly count: number;
  readonly size: number;
  readonly offset: number;
}

async function readEnd(source: ByteSource): Promise<End> {
  const tailStart = Math.max(0, source.size - END_SIZE - MAX_COMMENT - LOCATOR_SIZE);
  const tail = view(await source.read(tailStart, source.size - tailStart));
  const at = findEnd(tail);
  if (at < 0) throw new SmxcError([errors.noDirectory(source.name)]);
  const short = {
    at: tailStart + at,
    disks: tail.getUint16(at + 4, true) !== 0 || tail.getUint16(at + 6, true) !== 0,
    count: tail.getUint16(at + 10, true),
    size: tail.getUint32(at + 12, true),
    offset: tail.getUint32(at + 16, true),
  };
  if (tail.getUint16(at + 8, true) !== short.count) throw inconsistent(source, short.at, "entry counts differ");
  const hasLocator = at >= LOCATOR_SIZE && tail.getUint32(at - LOCATOR_SIZE, true) === LOCATOR_SIGNATURE;
  return hasLocator ? readEnd64(source, short, tail, at - LOCATOR_SIZE) : short;
}

/** The last end record whose comment reaches to the end of the file; -1 where there is none. */
function findEnd(tail: DataView): number {
  for (let at = tail.byteLength - END_SIZE; at >= 0; at--) {
    if (tail.getUint32(at, true) !== END_SIGNATURE) continue;
    if (at + END_SIZE + tail.getUint16(at + 20, true) === tail.byteLength) return at;
  }
  return -1;
}

async function readEnd64(source: ByteSource, short: End, tail: DataView, locator: number): Promise<End> {
  const locatorAt = short.at - LOCATOR_SIZE;
  const at = safe(tail.getBigUint64(locator + 8, true));
  if (tail.getUint32(locator + 4, true) !== 0 || tail.getUint32(locator + 16, true) > 1) {
    throw inconsistent(source, locatorAt, "the archive spans several disks");
  }
  if (at + END64_SIZE !== locatorAt)
    throw inconsistent(source, locatorAt, "the zip64 end record is not where it should be");
  const record = view(await source.read(at, END64_SIZE));
  if (record.getUint32(0, true) !== END64_SIGNATURE) throw inconsistent(source, at, "the zip64 end record is missing");
  const end: End = {
    at,
    disks: record.getUint32(16, true) !== 0 || record.getUint32(20, true) !== 0,
    count: safe(record.getBigUint64(32, true)),
    size: safe(record.getBigUint64(40, true)),
    offset: safe(record.getBigUint64(48, true)),
  };
  const agrees =
    (short.count === FULL16 || short.count === end.count) &&
    (short.size === FULL32 || short.size === end.size) &&
    (short.offset === FULL32 || short.offset === end.offset);
  if (!agrees) throw inconsistent(source, short.at, "the two end records contradict each other");
  return end;
}

const inconsistent = (source: ByteSource, byte: number, what: string): SmxcError =>
  new SmxcError([errors.badDirectory(source.name, byte, what)]);

/** Reads the directory's records one after the other. */
class Records {
  private readonly view: DataView;
  private start = 0;
  private at = 0;

  constructor(
    private readonly file: string,
    private readonly bytes: Uint8Array,
    private readonly offset: number,
  ) {
    this.view = view(bytes);
  }

  atEnd(): boolean {
    return this.at === this.bytes.length;
  }

  next(): ZipEntry {
    const start = this.at;
    this.start = start;
    const v = this.view;
    if (start + RECORD_SIZE > this.bytes.length || v.getUint32(start, true) !== RECORD_SIGNATURE) {
      throw this.fail("a record is missing or cut off");
    }
    const nameLength = v.getUint16(start + 28, true);
    const extraLength = v.getUint16(start + 30, true);
    const nameStart = start + RECORD_SIZE;
    const extraStart = nameStart + nameLength;
    this.at = extraStart + extraLength + v.getUint16(start + 32, true);
    if (this.at > this.bytes.length) throw this.fail("a record is cut off");
    const long = readZip64(this.bytes.subarray(extraStart, extraStart + extraLength), [
      v.getUint32(start + 24, true),
      v.getUint32(start + 20, true),
      v.getUint32(start + 42, true),
    ]);
    if (long === undefined) throw this.fail("a record's zip64 field is missing or cut off");
    const [size = 0, storedSize = 0, headerOffset = 0] = long;
    if (v.getUint16(start + 34, true) !== 0) throw this.fail("the archive spans several disks");
    return {
      name: this.decode(this.bytes.subarray(nameStart, extraStart)),
      flags: v.getUint16(start + 8, true),
      method: v.getUint16(start + 10, true),
      crc: v.getUint32(start + 16, true),
      storedSize,
      size,
      headerOffset,
      recordOffset: this.offset + start,
    };
  }

  private decode(name: Uint8Array): string {
    try {
      return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(name);
    } catch {
      throw this.fail("a name is not UTF-8");
    }
  }

  private fail(what: string): SmxcError {
    return new SmxcError([errors.badDirectory(this.file, this.offset + this.start, what)]);
  }
}

/**
 * Replaces the fields that are full (0xffffffff) by their 64-bit values, which the extra field 0x0001 holds in the same
 * order. Undefined where it does not hold them.
 */
export function readZip64(extra: Uint8Array, fields: readonly number[]): readonly number[] | undefined {
  if (!fields.includes(FULL32)) return fields;
  const v = view(extra);
  for (let at = 0; at + 4 <= extra.length; ) {
    const size = v.getUint16(at + 2, true);
    if (v.getUint16(at, true) !== 1) {
      at += 4 + size;
      continue;
    }
    let from = at + 4;
    const end = Math.min(from + size, extra.length);
    const values: number[] = [];
    for (const field of fields) {
      if (field === FULL32 && from + 8 > end) return undefined;
      values.push(field === FULL32 ? safe(v.getBigUint64(from, true)) : field);
      if (field === FULL32) from += 8;
    }
    return values;
  }
  return undefined;
}

/** 64-bit numbers past 2^53 are larger than any file, which infinity says as well. */
function safe(value: bigint): number {
  return value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : Number.POSITIVE_INFINITY;
}

function view(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}
