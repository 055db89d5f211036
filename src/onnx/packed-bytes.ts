/** Elements of less than a byte, which writers put into `int32_data` in several ways. */
import { elementsPerEntry, elementType } from "./graph/element-types.js";
import type { Int64, TensorProto } from "./graph/records.js";

const BYTE = 8;

/**
 * The elements of a tensor of 2-, 4- or 6-bit elements as `raw_data` holds them: in order from the low bit of the first
 * byte. Null for tensors of other types, and where the number of entries fits no way of storing.
 */
export function packedBytes(
  { dims, data_type }: Pick<TensorProto, "dims" | "data_type">,
  entries: readonly Int64[],
): Uint8Array | null {
  const type = elementType(data_type);
  if (type === null || type.bits === null || type.bits >= BYTE || type.field !== "int32_data") return null;
  const { bits } = type;
  const count = dims.reduce<number>((total, dim) => total * Number(dim), 1);
  const perEntry = elementsPerEntry(type).find((each) => Math.ceil(count / each) === entries.length);
  if (perEntry === undefined) return null;
  const bytes = new Uint8Array(Math.ceil((count * bits) / BYTE));
  for (let i = 0; i < count; i++) {
    const entry = Number(entries[Math.floor(i / perEntry)]);
    const element = (entry >>> (bits * (i % perEntry))) & ((1 << bits) - 1);
    const [at, shift] = [Math.floor((i * bits) / BYTE), (i * bits) % BYTE];
    bytes[at]! |= element << shift;
    if (shift + bits > BYTE) bytes[at + 1]! |= element >> (BYTE - shift);
  }
  return bytes;
}
