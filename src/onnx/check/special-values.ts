/** Finds NaN and infinities in the bytes of a tensor, wherever they are, a piece at a time. */
import type { ElementType } from "../graph/element-types.js";
import type { TensorProto } from "../graph/records.js";
import { type NumberKind, readNumbers } from "../read/stored-values.js";
import type { CheckContext } from "./context.js";
import { openExternal } from "./strict-external.js";

/** A value is not finite when all bits of its exponent are set. */
export interface SpecialPattern {
  /** Bytes of a value. */
  readonly width: 2 | 4 | 8;
  /** Exponent bits of the value's last 16 bits, which hold sign and exponent. */
  readonly mask: number;
}

export const SPECIAL_PATTERNS: ReadonlyMap<string, SpecialPattern> = new Map([
  ["FLOAT", { width: 4, mask: 0x7f80 }],
  ["DOUBLE", { width: 8, mask: 0x7ff0 }],
  ["FLOAT16", { width: 2, mask: 0x7c00 }],
  ["BFLOAT16", { width: 2, mask: 0x7f80 }],
  ["COMPLEX64", { width: 4, mask: 0x7f80 }],
  ["COMPLEX128", { width: 8, mask: 0x7ff0 }],
]);

const PIECE = 2 ** 20;

/** The tensor's bytes, little-endian, in pieces of whole values. */
export async function* valuesOf(
  tensor: TensorProto,
  type: ElementType,
  context: CheckContext,
): AsyncIterable<Uint8Array> {
  const external = await openExternal(tensor, context);
  if (external !== null) {
    try {
      yield* pieces(external.offset, external.length, (offset, length) => external.file.read(offset, length));
    } finally {
      await external.file.close();
    }
  } else if (tensor.raw_data !== undefined) {
    yield* tensor.raw_data.produce();
  } else {
    yield* typedBytes(tensor, type);
  }
}

interface TypedField {
  readonly kind: NumberKind;
  /** Bytes of a value once written out. */
  readonly width: number;
  readonly set: (view: DataView, at: number, value: number) => void;
}

/** Half types are held in int32_data, one in the low 16 bits of each. */
const TYPED_FIELDS = {
  float_data: { kind: "float", width: 4, set: (view, at, value) => view.setFloat32(at, value, true) },
  double_data: { kind: "double", width: 8, set: (view, at, value) => view.setFloat64(at, value, true) },
  int32_data: { kind: "int32", width: 2, set: (view, at, value) => view.setUint16(at, value & 0xffff, true) },
} as const satisfies Readonly<Record<string, TypedField>>;

async function* typedBytes(tensor: TensorProto, type: ElementType): AsyncIterable<Uint8Array> {
  const name = type.field as keyof typeof TYPED_FIELDS;
  const { kind, width, set } = TYPED_FIELDS[name];
  for (const part of tensor[name]?.parts ?? []) {
    if (!part.tagged && kind !== "int32") {
      yield* part.content.produce();
      continue;
    }
    const values = await readNumbers({ count: 0, parts: [part] }, kind);
    const view = new DataView(new ArrayBuffer(width * values.length));
    for (const [i, value] of values.entries()) set(view, i * width, Number(value));
    yield new Uint8Array(view.buffer);
  }
}

async function* pieces(
  start: number,
  length: number,
  read: (offset: number, length: number) => Promise<Uint8Array>,
): AsyncIterable<Uint8Array> {
  for (let at = 0; at < length; at += PIECE) yield await read(start + at, Math.min(PIECE, length - at));
}

export async function countSpecials(
  bytes: AsyncIterable<Uint8Array>,
  { width, mask }: SpecialPattern,
): Promise<{ readonly count: number; readonly first: number }> {
  let seen = 0;
  let count = 0;
  let first = -1;
  for await (const piece of bytes) {
    const values = Math.floor(piece.length / width);
    const view = new DataView(piece.buffer, piece.byteOffset, piece.byteLength);
    for (let i = 0; i < values; i++) {
      if ((view.getUint16(i * width + width - 2, true) & mask) !== mask) continue;
      if (first < 0) first = seen + i;
      count++;
    }
    seen += values;
  }
  return { count, first };
}
