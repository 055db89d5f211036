/** PNG files, chunk by chunk. */
import { deflateSync } from "node:zlib";
import { encodeChunk, pngChunks, SIGNATURE_BYTES } from "../../src/pictures/png-chunks-node.js";

/** The file with further chunks behind its header, and without those of the same types. */
export function withChunks(png: Uint8Array, chunks: readonly (readonly [type: string, data: Uint8Array])[]): Buffer {
  const added = new Set(chunks.map(([type]) => type));
  const [header, ...rest] = pngChunks(png).filter(({ type }) => !added.has(type));
  return Buffer.concat([
    png.subarray(0, SIGNATURE_BYTES),
    encodeChunk(header!.type, header!.data),
    ...chunks.map(([type, data]) => encodeChunk(type, data)),
    ...rest.map(({ type, data }) => encodeChunk(type, data)),
  ]);
}

export function profileChunk(profile: Uint8Array): readonly [type: string, data: Uint8Array] {
  return ["iCCP", Buffer.concat([Buffer.from("a profile\0\0", "latin1"), deflateSync(profile)])];
}

export function gammaChunk(value: number): readonly [type: string, data: Uint8Array] {
  return ["gAMA", numbers(value)];
}

/** White, red, green and blue, x and y, in hundred thousandths. */
export function chromaticitiesChunk(values: readonly number[]): readonly [type: string, data: Uint8Array] {
  return ["cHRM", numbers(...values)];
}

function numbers(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4);
  for (const [index, value] of values.entries()) bytes.writeUInt32BE(value, index * 4);
  return bytes;
}
