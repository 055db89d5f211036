/** Files as one zip archive, stored as they are: pictures are compressed already. After PKWARE's APPNOTE 6.3.10. */
import { crc32 } from "../../../src/files/zip/crc32.js";

export interface ZipFile {
  readonly name: string;
  readonly blob: Blob;
}

const LOCAL = 0x04034b50;
const CENTRAL = 0x02014b50;
const END = 0x06054b50;
const VERSION = 20;
/** Names are UTF-8. */
const FLAGS = 0x0800;
/** 1980-01-01, the first day that the format knows. */
const DATE = 0x0021;

/** @param files below 4 GiB together */
export async function zipOf(files: readonly ZipFile[]): Promise<Blob> {
  const parts: (Blob | Uint8Array<ArrayBuffer>)[] = [];
  const directory: Uint8Array<ArrayBuffer>[] = [];
  let offset = 0;
  for (const { name, blob } of files) {
    const encoded = new TextEncoder().encode(name);
    const crc = crc32(new Uint8Array(await blob.arrayBuffer()));
    const common = [u16(VERSION), u16(FLAGS), u16(0), u16(0), u16(DATE), u32(crc), u32(blob.size), u32(blob.size)];
    const local = joined(u32(LOCAL), ...common, u16(encoded.length), u16(0), encoded);
    directory.push(
      joined(
        u32(CENTRAL),
        u16(VERSION),
        ...common,
        u16(encoded.length),
        ...[u16(0), u16(0), u16(0), u16(0), u32(0)],
        u32(offset),
        encoded,
      ),
    );
    parts.push(local, blob);
    offset += local.length + blob.size;
  }
  const central = joined(...directory);
  const count = u16(files.length);
  const end = joined(u32(END), u16(0), u16(0), count, count, u32(central.length), u32(offset), u16(0));
  return new Blob([...parts, central, end], { type: "application/zip" });
}

/** Names of which no two are equal, whatever their case: `a.png`, `a-2.png`. */
export function distinctNames(names: readonly string[]): readonly string[] {
  const taken = new Set<string>();
  return names.map((name) => {
    const dot = name.lastIndexOf(".");
    const [stem, ending] = dot < 0 ? [name, ""] : [name.slice(0, dot), name.slice(dot)];
    let free = name;
    for (let count = 2; taken.has(free.toLowerCase()); count++) free = `${stem}-${count}${ending}`;
    taken.add(free.toLowerCase());
    return free;
  });
}

function u16(value: number): Uint8Array<ArrayBuffer> {
  return Uint8Array.of(value, value >>> 8);
}

function u32(value: number): Uint8Array<ArrayBuffer> {
  return Uint8Array.of(value, value >>> 8, value >>> 16, value >>> 24);
}

function joined(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
