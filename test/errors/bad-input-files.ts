/** Small files, sound or not, byte by byte. */
import { concat, utf8 } from "../unit/weights-sources.js";
import { u64 } from "./weights-torch-bytes.js";

/** A safetensors file of this header and data; the length is that of the header unless it is given. */
export function safetensorsOf(
  header: string | Uint8Array,
  data: Uint8Array = new Uint8Array(0),
  length?: number | bigint,
): Uint8Array {
  const bytes = typeof header === "string" ? utf8(header) : header;
  return concat(u64(length ?? bytes.length), bytes, data);
}

/** A sound safetensors file of float32 tensors that hold 1, 2, 3, … each. */
export function safetensors(tensors: readonly (readonly [name: string, shape: readonly number[]])[]): Uint8Array {
  const counts = tensors.map(([, shape]) => shape.reduce((product, dim) => product * dim, 1));
  const data = concat(
    ...counts.map((count) => new Uint8Array(Float32Array.from({ length: count }, (_, i) => i + 1).buffer)),
  );
  const entries = tensors.map(([name, shape], index) => {
    const begin = 4 * counts.slice(0, index).reduce((sum, count) => sum + count, 0);
    const offsets = `[${begin},${begin + 4 * counts[index]!}]`;
    return `${JSON.stringify(name)}:{"dtype":"F32","shape":[${shape.join(",")}],"data_offsets":${offsets}}`;
  });
  return safetensorsOf(`{${entries.join(",")}}`, data);
}
