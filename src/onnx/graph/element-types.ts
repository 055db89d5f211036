/**
 * `TensorProto.DataType` of ONNX 1.23.1 and how its values are stored (onnx.proto, `TensorProto`). A test holds the codes to
 * onnx-proto's enumeration as far as that goes, which is ONNX 1.10; runtimes in pages do without that package.
 */
export const ELEMENT_CODES = {
  FLOAT: 1,
  UINT8: 2,
  INT8: 3,
  UINT16: 4,
  INT16: 5,
  INT32: 6,
  INT64: 7,
  STRING: 8,
  BOOL: 9,
  FLOAT16: 10,
  DOUBLE: 11,
  UINT32: 12,
  UINT64: 13,
  COMPLEX64: 14,
  COMPLEX128: 15,
  BFLOAT16: 16,
  FLOAT8E4M3FN: 17,
  FLOAT8E4M3FNUZ: 18,
  FLOAT8E5M2: 19,
  FLOAT8E5M2FNUZ: 20,
  UINT4: 21,
  INT4: 22,
  FLOAT4E2M1: 23,
  FLOAT8E8M0: 24,
  UINT2: 25,
  INT2: 26,
  FLOAT6E2M3: 27,
  FLOAT6E3M2: 28,
} as const;

export type ElementTypeName = keyof typeof ELEMENT_CODES;

export type ValueField = "float_data" | "int32_data" | "string_data" | "int64_data" | "double_data" | "uint64_data";

export interface ElementType {
  readonly code: number;
  /** As in `TensorProto.DataType`. */
  readonly name: ElementTypeName;
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

export function elementCode(name: ElementTypeName): number {
  return ELEMENT_CODES[name];
}

function type(name: ElementTypeName, bits: number | null, field: ValueField, entries = 1): ElementType {
  return { code: elementCode(name), name, bits, field, entries };
}

export const ELEMENT_TYPES: readonly ElementType[] = [
  type("FLOAT", 32, "float_data"),
  type("UINT8", 8, "int32_data"),
  type("INT8", 8, "int32_data"),
  type("UINT16", 16, "int32_data"),
  type("INT16", 16, "int32_data"),
  type("INT32", 32, "int32_data"),
  type("INT64", 64, "int64_data"),
  type("STRING", null, "string_data"),
  type("BOOL", 8, "int32_data"),
  type("FLOAT16", 16, "int32_data"),
  type("DOUBLE", 64, "double_data"),
  type("UINT32", 32, "uint64_data"),
  type("UINT64", 64, "uint64_data"),
  type("COMPLEX64", 64, "float_data", 2),
  type("COMPLEX128", 128, "double_data", 2),
  type("BFLOAT16", 16, "int32_data"),
  type("FLOAT8E4M3FN", 8, "int32_data"),
  type("FLOAT8E4M3FNUZ", 8, "int32_data"),
  type("FLOAT8E5M2", 8, "int32_data"),
  type("FLOAT8E5M2FNUZ", 8, "int32_data"),
  type("UINT4", 4, "int32_data", 1 / 8),
  type("INT4", 4, "int32_data", 1 / 8),
  type("FLOAT4E2M1", 4, "int32_data", 1 / 8),
  type("FLOAT8E8M0", 8, "int32_data"),
  type("UINT2", 2, "int32_data", 1 / 16),
  type("INT2", 2, "int32_data", 1 / 16),
  type("FLOAT6E2M3", 6, "int32_data"),
  type("FLOAT6E3M2", 6, "int32_data"),
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
