import type { ByteStream } from "../base/bytes/byte-source.js";
import { type Diagnostic, SmxcError } from "../base/diagnostics.js";
import { littleEndian } from "../tensors/decode-floats.js";
import { elementCount, type LazyTensor, type TensorData } from "../tensors/tensor.js";
import * as errors from "./errors.js";
import { MAX_HEADER_BYTES } from "./safetensors.js";

export interface NamedTensor {
  readonly name: string;
  readonly tensor: LazyTensor;
}

/**
 * A safetensors file of float32 tensors, in the order given; the same tensors give the same bytes. The header is padded
 * with spaces so that the data starts at a multiple of 8. Tensors are read while the stream is, one at a time.
 *
 * @throws SmxcError for a tensor named `__metadata__`; from the stream where a float64 value overflows float32.
 */
export function writeSafetensors(
  tensors: readonly NamedTensor[],
  metadata: ReadonlyMap<string, string>,
  file = "weights.safetensors",
): ByteStream {
  const header = encodeHeader(tensors, metadata, file);
  const dataLength = tensors.reduce((sum, { tensor }) => sum + 4 * elementCount(tensor.shape), 0);
  return {
    length: header.length + dataLength,
    async *chunks() {
      yield header;
      for (const { name, tensor } of tensors) {
        const values = await tensor.read();
        if (values.length !== elementCount(tensor.shape)) {
          throw new Error(`tensor ${name} has ${values.length} values for the shape [${tensor.shape.join(", ")}]`);
        }
        yield littleEndian(toFloat32(name, values, file));
      }
    },
  };
}

function encodeHeader(
  tensors: readonly NamedTensor[],
  metadata: ReadonlyMap<string, string>,
  file: string,
): Uint8Array {
  const findings: Diagnostic[] = [];
  const members: string[] = [];
  if (metadata.size > 0) {
    const pairs = Array.from(metadata, ([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`);
    members.push(`"__metadata__":{${pairs.join(",")}}`);
  }
  const names = new Set<string>();
  let begin = 0;
  for (const { name, tensor } of tensors) {
    if (name === "__metadata__") findings.push(errors.reservedName(file));
    if (names.has(name)) throw new Error(`two tensors are named ${name}`);
    names.add(name);
    const end = begin + 4 * elementCount(tensor.shape);
    const entry = `{"dtype":"F32","shape":[${tensor.shape.join(",")}],"data_offsets":[${begin},${end}]}`;
    members.push(`${JSON.stringify(name)}:${entry}`);
    begin = end;
  }
  if (findings.length > 0) throw new SmxcError(findings);
  return frame(new TextEncoder().encode(`{${members.join(",")}}`), file);
}

/** The header's length (64 bits, little-endian), the header, and spaces up to a multiple of 8. */
function frame(json: Uint8Array, file: string): Uint8Array {
  const length = Math.ceil(json.length / 8) * 8;
  if (length > MAX_HEADER_BYTES) throw new SmxcError([errors.headerTooLarge(file, BigInt(length), MAX_HEADER_BYTES)]);
  const framed = new Uint8Array(8 + length).fill(0x20);
  new DataView(framed.buffer).setBigUint64(0, BigInt(length), true);
  framed.set(json, 8);
  return framed;
}

function toFloat32(name: string, values: TensorData, file: string): Float32Array {
  if (values instanceof Float32Array) return values;
  // Not `from`, which goes through an iterator.
  const narrow = new Float32Array(values);
  for (let i = 0; i < narrow.length; i++) {
    if (Number.isFinite(narrow[i]!) || !Number.isFinite(values[i]!)) continue;
    throw new SmxcError([errors.float32Overflow(name, i, values[i]!, file)]);
  }
  return narrow;
}
