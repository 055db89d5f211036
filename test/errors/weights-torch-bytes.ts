/** Builds checkpoints byte by byte, so that the invalid ones say exactly what is wrong with them. */
import { crc32 } from "../../src/files/zip/crc32.js";
import { concat, utf8 } from "../unit/weights-sources.js";

const little = (width: 1 | 2 | 4 | 8, value: number | bigint): Uint8Array => {
  const view = new DataView(new ArrayBuffer(8));
  view.setBigUint64(0, BigInt.asUintN(64, BigInt(value)), true);
  return new Uint8Array(view.buffer, 0, width);
};
export const u16 = (value: number): Uint8Array => little(2, value);
export const u32 = (value: number): Uint8Array => little(4, value);
export const u64 = (value: number | bigint): Uint8Array => little(8, value);

/** What of an entry is to differ from a sound one. */
export interface Entry {
  readonly name: string;
  readonly data: Uint8Array;
  readonly method?: number;
  readonly flags?: number;
  readonly crc?: number;
  /** Of the directory. */
  readonly size?: number;
  readonly storedSize?: number;
  readonly headerOffset?: number;
  readonly extra?: Uint8Array;
  readonly nameBytes?: Uint8Array;
  /** Of the local header. */
  readonly local?: { readonly [field in "name" | "method" | "flags" | "crc" | "size" | "signature"]?: number | string };
}

export interface End {
  readonly count?: number;
  readonly size?: number;
  readonly offset?: number;
  readonly disk?: number;
  readonly comment?: string;
  /** Records between the directory and the end record, such as zip64's. */
  readonly before?: (directory: {
    readonly count: number;
    readonly size: number;
    readonly offset: number;
  }) => Uint8Array;
}

/** A zip archive of stored entries with sizes in their local headers. */
export function zip(entries: readonly Entry[], end: End = {}): Uint8Array<ArrayBuffer> {
  const parts: Uint8Array[] = [];
  const records: Uint8Array[] = [];
  let at = 0;
  for (const entry of entries) {
    const { name, data, method = 0, flags = 0x800, crc = crc32(data), local = {} } = entry;
    const localName = utf8(String(local.name ?? name));
    const header = concat(
      u32(Number(local.signature ?? 0x04034b50)),
      u16(0),
      u16(Number(local.flags ?? flags)),
      u16(Number(local.method ?? method)),
      u32(0),
      u32(Number(local.crc ?? crc)),
      u32(Number(local.size ?? data.length)),
      u32(Number(local.size ?? data.length)),
      u16(localName.length),
      u16(0),
      localName,
    );
    const recordName = entry.nameBytes ?? utf8(name);
    const extra = entry.extra ?? new Uint8Array(0);
    const size = entry.size ?? data.length;
    records.push(
      concat(
        u32(0x02014b50),
        u16(0),
        u16(0),
        u16(flags),
        u16(method),
        u32(0),
        u32(crc),
        u32(entry.storedSize ?? size),
        u32(size),
        u16(recordName.length),
        u16(extra.length),
        new Uint8Array(10),
        u32(entry.headerOffset ?? at),
        recordName,
        extra,
      ),
    );
    parts.push(header, data);
    at += header.length + data.length;
  }
  const size = records.reduce((sum, record) => sum + record.length, 0);
  const comment = utf8(end.comment ?? "");
  return concat(
    ...parts,
    ...records,
    end.before?.({ count: entries.length, size, offset: at }) ?? new Uint8Array(0),
    u32(0x06054b50),
    u16(end.disk ?? 0),
    u16(0),
    u16(end.count ?? entries.length),
    u16(end.count ?? entries.length),
    u32(end.size ?? size),
    u32(end.offset ?? at),
    u16(comment.length),
    comment,
  );
}

/** Pickle opcodes, as bytes. */
export const op = (code: number | string, ...rest: readonly Uint8Array[]): Uint8Array =>
  concat(Uint8Array.of(typeof code === "string" ? code.charCodeAt(0) : code), ...rest);
export const PROTO = op(0x80, Uint8Array.of(2));
export const MARK = op("(");
export const TUPLE = op("t");
export const REDUCE = op("R");
export const EMPTY_DICT = op("}");
export const SETITEMS = op("u");
export const STOP = op(".");
export const NEWFALSE = op(0x89);
export const PERSID = op("Q");

export const text = (value: string): Uint8Array => op("X", u32(utf8(value).length), utf8(value));
export const global = (module: string, name: string): Uint8Array => op("c", utf8(`${module}\n${name}\n`));

export function int(value: number | bigint): Uint8Array {
  if (value >= 0 && value < 256) return op("K", little(1, value));
  return op(0x8a, Uint8Array.of(9), u64(value), Uint8Array.of(value < 0 ? 0xff : 0));
}

export const tuple = (...items: readonly Uint8Array[]): Uint8Array => concat(MARK, ...items, TUPLE);
export const dict = (...items: readonly Uint8Array[]): Uint8Array => concat(EMPTY_DICT, MARK, ...items, SETITEMS);
export const call = (module: string, name: string, ...args: readonly Uint8Array[]): Uint8Array =>
  concat(global(module, name), tuple(...args), REDUCE);
export const pickle = (...parts: readonly Uint8Array[]): Uint8Array => concat(PROTO, ...parts, STOP);

export interface TensorOptions {
  readonly key?: string;
  readonly numel?: number | bigint;
  readonly storage?: string;
  readonly offset?: number | bigint;
  readonly size?: readonly (number | bigint)[];
  readonly stride?: readonly (number | bigint)[];
  /** More fields of the persistent id. */
  readonly view?: Uint8Array;
}

export function storage({ key = "0", numel = 4, storage: type = "FloatStorage", view }: TensorOptions): Uint8Array {
  const fields = [text("storage"), global("torch", type), text(key), text("cpu"), int(numel)];
  return concat(tuple(...fields, ...(view === undefined ? [] : [view])), PERSID);
}

/** A tensor of four float32 by default. */
export function tensor(options: TensorOptions = {}): Uint8Array {
  const { offset = 0, size = [4], stride = [1] } = options;
  const hooks = call("collections", "OrderedDict");
  const sizes = [size, stride].map((values) => tuple(...values.map(int)));
  return call("torch._utils", "_rebuild_tensor_v2", storage(options), int(offset), ...sizes, NEWFALSE, hooks);
}

export const FOUR = new Uint8Array(Float32Array.of(1, 2, 3, 4).buffer);

/** A checkpoint in the zip format; `others` replaces or adds entries. */
export function checkpoint(data: Uint8Array, others: readonly Entry[] = []): Uint8Array<ArrayBuffer> {
  const entries: Entry[] = [
    { name: "a/data.pkl", data },
    { name: "a/byteorder", data: utf8("little") },
    { name: "a/data/0", data: FOUR },
  ];
  const replaced = new Set(others.map(({ name }) => name));
  return zip([...entries.filter(({ name }) => !replaced.has(name)), ...others]);
}

/** A sound state dict of one tensor `w`, or of what is given. */
export const stateDict = (value: Uint8Array = tensor()): Uint8Array => pickle(dict(text("w"), value));

export interface Legacy {
  readonly magic?: Uint8Array;
  readonly version?: Uint8Array;
  readonly info?: Uint8Array;
  readonly object?: Uint8Array;
  readonly keys?: Uint8Array;
  readonly storages?: Uint8Array;
}

export const LEGACY_MAGIC = op(0x8a, Uint8Array.of(10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19));

/** A checkpoint in the format before PyTorch 1.6. */
export function legacy(parts: Legacy = {}): Uint8Array<ArrayBuffer> {
  return concat(
    parts.magic ?? pickle(LEGACY_MAGIC),
    parts.version ?? pickle(op("M", u16(1001))),
    parts.info ?? pickle(dict(text("protocol_version"), op("M", u16(1001)), text("little_endian"), op(0x88))),
    parts.object ?? stateDict(tensor({ view: op("N") })),
    parts.keys ?? pickle(op("]"), text("0"), op("a")),
    parts.storages ?? concat(u64(4), FOUR),
  );
}
