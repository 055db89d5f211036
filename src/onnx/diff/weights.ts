/** How the values of two tensors of one type and shape differ. */
import { decodeFloats } from "../../tensors/decode-floats.js";
import { elementType } from "../graph/element-types.js";

/** `equal`: bit by bit. `close`: within the tolerance. */
export type WeightVerdict = "equal" | "close" | "different";

export interface WeightDifference {
  readonly verdict: WeightVerdict;
  /** What differs; empty where nothing does. */
  readonly message: string;
  /** Largest difference of two values; absent beside NaN and infinities, and where values are no numbers. */
  readonly maxError?: number;
}

const EQUAL: WeightDifference = { verdict: "equal", message: "" };

/** Differences of values in the form of `tensorBytes`. */
export function valueDifference(a: Uint8Array, b: Uint8Array, dataType: number, tolerance: number): WeightDifference {
  if (isEqual(a, b)) return EQUAL;
  const [own, other] = [numbersOf(a, dataType), numbersOf(b, dataType)];
  if (own === null || other === null || own.length !== other.length) {
    return { verdict: "different", message: "values differ" };
  }
  const { count, maxError } = compare(own, other);
  const where = `${count.toLocaleString("en")} of ${own.length.toLocaleString("en")} values differ`;
  // A distance from NaN or to an infinity is none, however wide the tolerance.
  if (!Number.isFinite(maxError)) {
    return { verdict: "different", message: `${where}, some of them NaN or infinite in one of the two` };
  }
  if (maxError <= tolerance) return { verdict: "close", message: "", maxError };
  return { verdict: "different", message: `${where} by up to ${maxError.toExponential(2)}`, maxError };
}

export function isEqual(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

const FLOATS: Readonly<Record<number, "float32" | "float16" | "float64" | "bfloat16">> = {
  1: "float32",
  10: "float16",
  11: "float64",
  16: "bfloat16",
};

type Numeral = number | bigint;

/** 64-bit integers stay exact. */
const INTEGERS: Readonly<Record<string, (view: DataView, at: number) => Numeral>> = {
  UINT8: (view, at) => view.getUint8(at),
  INT8: (view, at) => view.getInt8(at),
  BOOL: (view, at) => view.getUint8(at),
  UINT16: (view, at) => view.getUint16(at, true),
  INT16: (view, at) => view.getInt16(at, true),
  UINT32: (view, at) => view.getUint32(at, true),
  INT32: (view, at) => view.getInt32(at, true),
  UINT64: (view, at) => view.getBigUint64(at, true),
  INT64: (view, at) => view.getBigInt64(at, true),
};

/** Null for elements that are no plain numbers: strings, complex numbers, packed and 8-bit floats. */
function numbersOf(bytes: Uint8Array, dataType: number): ArrayLike<Numeral> | null {
  const type = elementType(dataType);
  if (type?.bits == null || bytes.length % Math.max(type.bits / 8, 1) !== 0) return null;
  const dtype = FLOATS[dataType];
  if (dtype !== undefined) return decodeFloats(bytes, dtype);
  const read = INTEGERS[type.name];
  if (read === undefined) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const width = type.bits / 8;
  return Array.from({ length: bytes.length / width }, (_, i) => read(view, i * width));
}

function compare(a: ArrayLike<Numeral>, b: ArrayLike<Numeral>): { readonly count: number; readonly maxError: number } {
  let [count, maxError] = [0, 0];
  for (let i = 0; i < a.length; i++) {
    const [x, y] = [a[i]!, b[i]!];
    if (x === y || (Number.isNaN(x) && Number.isNaN(y))) continue;
    count++;
    maxError = Math.max(maxError, distance(x, y));
  }
  return { count, maxError };
}

function distance(x: Numeral, y: Numeral): number {
  if (typeof x === "bigint" || typeof y === "bigint") return Math.abs(Number(BigInt(x) - BigInt(y)));
  const difference = Math.abs(x - y);
  return Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference;
}
