import type { FloatDType } from "../tensors/tensor.js";

export interface SafetensorsDType {
  readonly bits: number;
  /** PyTorch's name of the type. */
  readonly torch: string;
  /** Set for the types that smxc computes with. */
  readonly float?: FloatDType;
}

const float = (dtype: FloatDType, bits: number): SafetensorsDType => ({ bits, torch: dtype, float: dtype });
const other = (torch: string, bits: number): SafetensorsDType => ({ bits, torch });

/** Every element type of safetensors 0.8 (`enum Dtype` of safetensors/src/tensor.rs). */
export const DTYPES: ReadonlyMap<string, SafetensorsDType> = new Map([
  ["F32", float("float32", 32)],
  ["F64", float("float64", 64)],
  ["F16", float("float16", 16)],
  ["BF16", float("bfloat16", 16)],
  ["BOOL", other("bool", 8)],
  ["I8", other("int8", 8)],
  ["I16", other("int16", 16)],
  ["I32", other("int32", 32)],
  ["I64", other("int64", 64)],
  ["U8", other("uint8", 8)],
  ["U16", other("uint16", 16)],
  ["U32", other("uint32", 32)],
  ["U64", other("uint64", 64)],
  ["C64", other("complex64", 64)],
  ["F4", other("float4_e2m1fn_x2", 4)],
  ["F6_E2M3", other("float6_e2m3", 6)],
  ["F6_E3M2", other("float6_e3m2", 6)],
  ["F8_E4M3", other("float8_e4m3fn", 8)],
  ["F8_E5M2", other("float8_e5m2", 8)],
  ["F8_E8M0", other("float8_e8m0fnu", 8)],
  ["F8_E4M3FNUZ", other("float8_e4m3fnuz", 8)],
  ["F8_E5M2FNUZ", other("float8_e5m2fnuz", 8)],
]);
