import { decodeFloats } from "../../tensors/decode-floats.js";
import type { LazyTensor } from "../../tensors/tensor.js";
import { elementCode } from "../graph/element-types.js";
import { FloatBytes } from "../graph/float-bytes.js";
import type { TensorProto } from "../graph/records.js";
import { readNumbers } from "./stored-values.js";

const FORMATS: ReadonlyMap<number | undefined, "float32" | "float16"> = new Map([
  [elementCode("FLOAT"), "float32"],
  [elementCode("FLOAT16"), "float16"],
]);

/**
 * The values of a FLOAT or FLOAT16 tensor, read when they are asked for; those of a compile before they are rounded.
 * Null for tensors of other types, and where the values are in another file.
 */
export function floatsOf({ data_type, dims, raw_data, float_data }: TensorProto): LazyTensor | null {
  const format = FORMATS.get(data_type);
  if (format === undefined) return null;
  if (raw_data instanceof FloatBytes) return raw_data.values;
  const shape = dims.map(Number);
  if (raw_data !== undefined) return { shape, read: async () => decodeFloats(await raw_data.read(), format) };
  if (float_data === undefined) return null;
  return { shape, read: async () => Float32Array.from(await readNumbers(float_data, "float"), Number) };
}
