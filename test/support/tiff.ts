/** TIFF structures of little endian: EXIF data, and files of one strip. */

/** Short values, ratios, a text of up to four characters, or a directory. */
export type Value =
  | readonly ["shorts", ...number[]]
  | readonly ["ratios", ...number[]]
  | readonly ["text", string]
  | Tags;
export type Tags = ReadonlyMap<number, Value>;

/** @param samples what tag 273 (StripOffsets) points to, where the structure is a file */
export function tiff(tags: Tags, samples: Uint8Array = new Uint8Array()): Buffer {
  const header = Buffer.from("II*\0\0\0\0\0", "latin1");
  header.writeUInt32LE(8 + samples.length, 4);
  return Buffer.concat([header, samples, directory(tags, 8 + samples.length)]);
}

function directory(tags: Tags, at: number): Buffer {
  const entries = [...tags].sort(([a], [b]) => a - b);
  const head = Buffer.alloc(2 + entries.length * 12 + 4);
  head.writeUInt16LE(entries.length, 0);
  const bodies: Buffer[] = [];
  let end = at + head.length;
  for (const [index, [tag, value]] of entries.entries()) {
    const { type, count, inline, body } = encoded(value, end);
    const entry = 2 + index * 12;
    head.writeUInt16LE(tag, entry);
    head.writeUInt16LE(type, entry + 2);
    head.writeUInt32LE(count, entry + 4);
    if (inline !== undefined) inline.copy(head, entry + 8);
    else head.writeUInt32LE(end, entry + 8);
    bodies.push(body);
    end += body.length;
  }
  return Buffer.concat([head, ...bodies]);
}

function encoded(
  value: Value,
  at: number,
): { readonly type: number; readonly count: number; readonly inline?: Buffer; readonly body: Buffer } {
  const none = Buffer.alloc(0);
  if (value instanceof Map) return { type: 4, count: 1, body: directory(value as Tags, at) };
  const [kind, ...values] = value as Exclude<Value, Tags>;
  if (kind === "text") {
    const text = Buffer.from(`${values[0]}\0`, "latin1");
    return { type: 2, count: text.length, inline: text, body: none };
  }
  const numbers = values as readonly number[];
  if (kind === "shorts") {
    const bytes = Buffer.alloc(numbers.length * 2);
    for (const [index, number] of numbers.entries()) bytes.writeUInt16LE(number, index * 2);
    const fits = bytes.length <= 4;
    return { type: 3, count: numbers.length, ...(fits ? { inline: bytes } : {}), body: fits ? none : bytes };
  }
  const body = Buffer.alloc(numbers.length * 8);
  for (const [index, number] of numbers.entries()) {
    body.writeUInt32LE(Math.round(number * 10_000), index * 8);
    body.writeUInt32LE(10_000, index * 8 + 4);
  }
  return { type: 5, count: numbers.length, body };
}
