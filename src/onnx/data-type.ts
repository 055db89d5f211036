import type { DataType } from "./model.js";

/** `TensorProto.DataType` of the types that smxc writes, and the bytes of one element in `raw_data`. */
export const WRITTEN_TYPES: Readonly<Record<DataType, { readonly code: number; readonly width: number }>> = {
  FLOAT: { code: 1, width: 4 },
  INT32: { code: 6, width: 4 },
  INT64: { code: 7, width: 8 },
  BOOL: { code: 9, width: 1 },
  FLOAT16: { code: 10, width: 2 },
  DOUBLE: { code: 11, width: 8 },
};
