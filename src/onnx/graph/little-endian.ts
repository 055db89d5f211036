const HOST_IS_LITTLE_ENDIAN = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/** The array's memory as `raw_data` has it: unchanged on little-endian hosts, swapped in a copy on others. */
export function littleEndian(values: Float32Array | Float64Array | Uint16Array | BigInt64Array): Uint8Array {
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  if (HOST_IS_LITTLE_ENDIAN) return bytes;
  const width = values.BYTES_PER_ELEMENT;
  return bytes.map((_, i) => bytes[i - (i % width) + width - 1 - (i % width)]!);
}
