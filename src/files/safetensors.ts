import type { ByteSource } from "../base/bytes/byte-source.js";
import { type Place, type Reporter, SmxcError } from "../base/diagnostics.js";
import { type JsonNode, type JsonObject, parseJson, pointerOf } from "../base/json/parse.js";
import { decodeFloats } from "../tensors/decode-floats.js";
import type { OtherTensor, StoredTensor, TensorStore } from "../tensors/tensor.js";
import * as errors from "./errors.js";
import { Findings } from "./findings.js";
import { withinMemory } from "./memory.js";
import { DTYPES, type SafetensorsDType } from "./safetensors-dtypes.js";

/** The format's own limit (`MAX_HEADER_SIZE` of safetensors/src/tensor.rs). */
export const MAX_HEADER_BYTES = 100_000_000;

/** Ten values and keys of each tensor, more with more dimensions: some 200,000 tensors. */
const MAX_HEADER_VALUES = 2_500_000;

/**
 * Reads the header of a safetensors file; `read()` of a tensor reads its own bytes only. Stricter than the official
 * reader where that follows neither its README nor the audit of 2023: a header starts with `{`, names are unique, and
 * integers are exact. Format: https://github.com/huggingface/safetensors, README and `safetensors/src/tensor.rs`.
 *
 * @param report receives a warning per unknown field of a tensor.
 * @throws SmxcError naming the tensor, the byte and the rule of every breach.
 */
export async function readSafetensors(source: ByteSource, report: Reporter = () => {}): Promise<TensorStore> {
  const { bytes, dataStart } = await readHeader(source);
  const header = new Header(source.name, bytes);
  const { entries, metadata } = header.read();
  header.findings.throwIfAny();
  checkLayout(entries, source, dataStart).throwIfAny();
  header.warnings.diagnostics.forEach(report);
  return { ...tensorsOf(entries, source, dataStart), metadata };
}

async function readHeader(source: ByteSource): Promise<{ bytes: Uint8Array; dataStart: number }> {
  const { name, size } = source;
  if (size < 8) throw new SmxcError([errors.tooShort(name, size)]);
  const prefix = await source.read(0, 8);
  const length = new DataView(prefix.buffer, prefix.byteOffset, 8).getBigUint64(0, true);
  if (length > BigInt(MAX_HEADER_BYTES)) throw new SmxcError([errors.headerTooLarge(name, length, MAX_HEADER_BYTES)]);
  if (length > BigInt(size - 8)) throw new SmxcError([errors.headerPastEnd(name, length, size)]);
  const bytes = await source.read(8, Number(length));
  if (bytes[0] !== 0x7b) throw new SmxcError([errors.headerStart(name)]);
  return { bytes, dataStart: 8 + Number(length) };
}

interface Entry {
  readonly name: string;
  readonly dtype: SafetensorsDType;
  readonly shape: readonly number[];
  readonly begin: number;
  readonly end: number;
  readonly place: () => Place;
}

/** Reads the header's entries one by one and collects what is wrong with them. */
class Header {
  readonly findings = new Findings();
  readonly warnings = new Findings();
  private text: string | undefined;

  constructor(
    private readonly file: string,
    private readonly bytes: Uint8Array,
  ) {}

  read(): { entries: readonly Entry[]; metadata: ReadonlyMap<string, string> } {
    const root = parseJson(this.bytes, this.file, {
      maxLength: MAX_HEADER_BYTES,
      maxNodes: MAX_HEADER_VALUES,
      place: (offset, text) => ({ place: `byte ${8 + this.byteOffset(offset, text)}` }),
    }) as JsonObject; // it starts with "{"
    const metadata = new Map<string, string>();
    const entries: Entry[] = [];
    for (const { key, value } of root.members) {
      if (key === "__metadata__") this.metadata(value, metadata);
      else entries.push(...this.entry(key, value));
    }
    return { entries, metadata };
  }

  private metadata(node: JsonNode, into: Map<string, string>): void {
    if (node.kind !== "object") {
      this.wrongKind("the metadata", "an object", node, ["__metadata__"]);
      return;
    }
    for (const { key, value } of node.members) {
      if (value.kind === "string") into.set(key, value.value);
      else this.wrongKind(`the metadata entry ${JSON.stringify(key)}`, "a string", value, ["__metadata__", key]);
    }
  }

  /** The entry, or nothing where it is invalid. */
  private entry(name: string, node: JsonNode): readonly Entry[] {
    if (node.kind !== "object") {
      this.wrongKind(`the entry of the tensor ${JSON.stringify(name)}`, "an object", node, [name]);
      return [];
    }
    const fields = new Map(node.members.map((member) => [member.key, member.value]));
    for (const { key, keyNode } of node.members) {
      if (FIELDS.includes(key)) continue;
      this.warnings.add(() => errors.unknownField(name, key, this.place(name, keyNode, key)));
    }
    for (const field of FIELDS) {
      if (!fields.has(field)) this.findings.add(() => errors.missingField(name, field, this.place(name, node)));
    }
    const dtype = this.dtype(name, fields.get("dtype"));
    const shape = this.counts(name, "shape", fields.get("shape"));
    const offsets = this.counts(name, "data_offsets", fields.get("data_offsets"), 2);
    if (dtype === undefined || shape === undefined || offsets === undefined) return [];
    const [begin = 0, end = 0] = offsets;
    const place = (): Place => this.place(name, fields.get("data_offsets")!, "data_offsets");
    const entry: Entry = { name, dtype, shape, begin, end, place };
    checkSize(entry, () => this.place(name, fields.get("shape")!, "shape"), this.findings);
    return [entry];
  }

  private dtype(tensor: string, node: JsonNode | undefined): SafetensorsDType | undefined {
    if (node === undefined) return undefined;
    if (node.kind !== "string") {
      this.wrongKind(`the "dtype" of the tensor ${JSON.stringify(tensor)}`, "a string", node, [tensor, "dtype"]);
      return undefined;
    }
    const dtype = DTYPES.get(node.value);
    if (dtype === undefined) {
      const { value } = node;
      const at = () => this.place(tensor, node, "dtype");
      this.findings.add(() => errors.unknownDtype(tensor, value, [...DTYPES.keys()], at()));
    }
    return dtype;
  }

  private counts(tensor: string, field: string, node: JsonNode | undefined, length?: number): number[] | undefined {
    if (node === undefined) return undefined;
    if (node.kind !== "array" || (length !== undefined && node.items.length !== length)) {
      const expected = length === undefined ? "an array" : `an array of ${length} integers`;
      this.wrongKind(`the "${field}" of the tensor ${JSON.stringify(tensor)}`, expected, node, [tensor, field]);
      return undefined;
    }
    const counts: number[] = [];
    for (const [i, item] of node.items.entries()) {
      if (item.kind === "number" && /^[0-9]+$/.test(item.raw) && Number.isSafeInteger(item.value)) {
        counts.push(item.value);
        continue;
      }
      const raw = item.kind === "number" ? item.raw : `a value of kind ${item.kind}`;
      this.findings.add(() => errors.notACount(tensor, field, raw, this.place(tensor, item, field, i)));
    }
    return counts.length === node.items.length ? counts : undefined;
  }

  private wrongKind(what: string, expected: string, node: JsonNode, [tensor = "", ...path]: readonly string[]): void {
    this.findings.add(() => errors.wrongKind(what, expected, this.place(tensor, node, ...path)));
  }

  private place(tensor: string, node: JsonNode, ...path: readonly (string | number)[]): Place {
    const byte = 8 + this.byteOffset(node.start);
    return { file: this.file, pointer: pointerOf([tensor, ...path]), place: `tensor ${tensor}, byte ${byte}` };
  }

  private byteOffset(offset: number, text?: string): number {
    this.text ??= text ?? new TextDecoder().decode(this.bytes);
    // Without characters beyond ASCII, bytes and UTF-16 units are the same.
    if (this.text.length === this.bytes.length) return offset;
    return new TextEncoder().encode(this.text.slice(0, offset)).length;
  }
}

const FIELDS: readonly string[] = ["dtype", "shape", "data_offsets"];

function checkSize(entry: Entry, shapePlace: () => Place, findings: Findings): void {
  const { name, dtype, shape, begin, end } = entry;
  const elements = product(shape);
  const bits = elements * dtype.bits;
  if (bits > Number.MAX_SAFE_INTEGER) findings.add(() => errors.sizeOverflow(name, shapePlace()));
  else if (bits % 8 !== 0) findings.add(() => errors.partialByte(name, bits, shapePlace()));
  else if (begin > end) findings.add(() => errors.reversedOffsets(name, begin, end, entry.place()));
  else if (bits / 8 !== end - begin) {
    findings.add(() => errors.sizeMismatch(name, bits / 8, end - begin, entry.place()));
  }
}

/** Infinity where the product of the leading dimensions is no longer exact, even if a zero follows. */
function product(shape: readonly number[]): number {
  let elements = 1;
  for (const dim of shape) {
    elements *= dim;
    if (elements > Number.MAX_SAFE_INTEGER) return Number.POSITIVE_INFINITY;
  }
  return elements;
}

/** The tensors' data fills everything after the header, in any order, without hole and overlap. */
function checkLayout(entries: readonly Entry[], source: ByteSource, dataStart: number): Findings {
  const findings = new Findings();
  let previous = "";
  let filled = 0;
  for (const entry of entries.toSorted((a, b) => a.begin - b.begin || a.end - b.end)) {
    const { name, begin } = entry;
    const [before, from] = [previous, filled];
    if (begin < from) findings.add(() => errors.overlap(name, begin, before, from, entry.place()));
    if (begin > from) findings.add(() => errors.hole(name, begin, from, entry.place()));
    if (entry.end >= filled) previous = name;
    filled = Math.max(filled, entry.end);
  }
  const present = source.size - dataStart;
  const end = filled;
  const byte = dataStart + Math.min(end, present);
  if (end !== present) findings.add(() => errors.dataEnd(source.name, end, present, byte));
  return findings;
}

function tensorsOf(
  entries: readonly Entry[],
  source: ByteSource,
  dataStart: number,
): Pick<TensorStore, "tensors" | "others"> {
  const tensors = new Map<string, StoredTensor>();
  const others = new Map<string, OtherTensor>();
  for (const { name, dtype, shape, begin, end } of entries) {
    const { float, torch } = dtype;
    if (float === undefined) {
      others.set(name, { name, dtype: torch, shape });
      continue;
    }
    const read = async () => decodeFloats(await source.read(dataStart + begin, end - begin), float);
    tensors.set(name, { name, dtype: float, shape, read: () => withinMemory(source.name, name, read) });
  }
  return { tensors, others };
}
