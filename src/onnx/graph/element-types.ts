/** `TensorProto.DataType` of ONNX 1.23.1 and how its values are stored (onnx.proto, `TensorProto`). */

export type ValueField = "float_data" | "int32_data" | "string_data" | "int64_data" | "double_data" | "uint64_data";

export interface ElementType {
  readonly code: number;
  /** As in `TensorProto.DataType`. */
  readonly name: string;
  /** Bits of one element in `raw_data`; null for strings, which have no such form. */
  readonly bits: number | null;
  /** The typed field that holds its values when `raw_data` does not. */
  readonly field: ValueField;
  /**
   * The fewest entries of that field per element that the official checker accepts: 2 for complex numbers, a fraction
   * for packed ones, of which files hold more: see {@link elementsPerEntry}.
   */
  readonly entries: number;
}

function type(code: number, name: string, bits: number | null, field: ValueField, entries = 1): ElementType {
  return { code, name, bits, field, entries };
}

export const ELEMENT_TYPES: readonly ElementType[] = [
  type(1, "FLOAT", 32, "float_data"),
  type(2, "UINT8", 8, "int32_data"),
  type(3, "INT8", 8, "int32_data"),
  type(4, "UINT16", 16, "int32_data"),
  type(5, "INT16", 16, "int32_data"),
  type(6, "INT32", 32, "int32_data"),
  type(7, "INT64", 64, "int64_data"),
  type(8, "STRING", null, "string_data"),
  type(9, "BOOL", 8, "int32_data"),
  type(10, "FLOAT16", 16, "int32_data"),
  type(11, "DOUBLE", 64, "double_data"),
  type(12, "UINT32", 32, "uint64_data"),
  type(13, "UINT64", 64, "uint64_data"),
  type(14, "COMPLEX64", 64, "float_data", 2),
  type(15, "COMPLEX128", 128, "double_data", 2),
  type(16, "BFLOAT16", 16, "int32_data"),
  type(17, "FLOAT8E4M3FN", 8, "int32_data"),
  type(18, "FLOAT8E4M3FNUZ", 8, "int32_data"),
  type(19, "FLOAT8E5M2", 8, "int32_data"),
  type(20, "FLOAT8E5M2FNUZ", 8, "int32_data"),
  type(21, "UINT4", 4, "int32_data", 1 / 8),
  type(22, "INT4", 4, "int32_data", 1 / 8),
  type(23, "FLOAT4E2M1", 4, "int32_data", 1 / 8),
  type(24, "FLOAT8E8M0", 8, "int32_data"),
  type(25, "UINT2", 2, "int32_data", 1 / 16),
  type(26, "INT2", 2, "int32_data", 1 / 16),
  type(27, "FLOAT6E2M3", 6, "int32_data"),
  type(28, "FLOAT6E3M2", 6, "int32_data"),
];

const byCode = new Map(ELEMENT_TYPES.map((t) => [t.code, t]));

/** Null for 0 (UNDEFINED) and for types that this version of ONNX does not have. */
export function elementType(code: number | undefined): ElementType | null {
  return (code === undefined ? undefined : byCode.get(code)) ?? null;
}

/** The type's name for messages, or its number where it has none. */
export function elementTypeName(code: number): string {
  return elementType(code)?.name ?? String(code);
}

const [BYTE, ENTRY] = [8, 32];

/**
 * How many elements of less than a byte an entry of int32_data holds. onnx.proto says as many as fill a byte; some
 * writers put in one, others as many as fill its 32 bits.
 */
export function elementsPerEntry({ bits, field, entries }: ElementType): readonly number[] {
  return field === "int32_data" && entries < 1 ? [BYTE / bits!, 1, ENTRY / bits!] : [1];
}
