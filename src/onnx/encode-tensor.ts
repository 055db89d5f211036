/** Initializers as ropes: headers from onnx-proto, values spliced in, inside the model or in the external data file. */
import pkg, { type onnx as onnxTypes } from "onnx-proto";
import { float32ToFloat16Bits } from "../tensors/half-float.js";
import { elementCount, partsOf, type TensorData } from "../tensors/tensor.js";
import { WRITTEN_TYPES } from "./data-type.js";
import { float16Overflow } from "./errors.js";
import type { Initializer } from "./model.js";
import { type Deferred, delimitedField, type Piece, type Rope } from "./write/rope.js";

const { onnx } = pkg;

const RAW_DATA_FIELD = 9;
const EXTERNAL = 1;

/** Values below this size stay in the model: an entry in the data file would save nothing. */
const SMALLEST_EXTERNAL = 1024;
/** Values of at least this size start on a page, so that ONNX Runtime can map them into memory. */
const MAPPED = 2 ** 20;
const PAGE = 4096;
const CACHE_LINE = 64;

/** Where the values of large initializers go instead of the model. Collects what is to be written there. */
export interface ExternalFile {
  /** `location` entry: a path relative to the model's folder. */
  readonly location: string;
  /** Values of initializers in the bodies of nodes stay in the model. */
  readonly keepBodies: boolean;
  readonly pieces: Piece[];
  length: number;
}

export function tensorRope(tensor: Initializer, external: ExternalFile | null): Rope {
  const header: onnxTypes.ITensorProto = {
    dims: [...tensor.dims],
    dataType: WRITTEN_TYPES[tensor.data_type].code,
    name: tensor.name,
  };
  const values = tensorValues(tensor);
  if (external === null || values.length < SMALLEST_EXTERNAL || values instanceof Uint8Array) {
    return [onnx.TensorProto.encode(header).finish(), ...delimitedField(RAW_DATA_FIELD, [values])];
  }
  const offset = append(external, values);
  const entries = { location: external.location, offset: String(offset), length: String(values.length) };
  header.dataLocation = EXTERNAL;
  header.externalData = Object.entries(entries).map(([key, value]) => ({ key, value }));
  return [onnx.TensorProto.encode(header).finish()];
}

/** Puts `values` at the next aligned offset, which it returns. */
function append(file: ExternalFile, values: Deferred): number {
  const alignment = values.length >= MAPPED ? PAGE : CACHE_LINE;
  const offset = Math.ceil(file.length / alignment) * alignment;
  if (offset > file.length) file.pieces.push(new Uint8Array(offset - file.length));
  file.pieces.push(values);
  file.length = offset + values.length;
  return offset;
}

/** Little-endian `raw_data`: of integers at once, of weights when asked for. */
function tensorValues(tensor: Initializer): Piece {
  if (tensor.data_type === "INT64") {
    requireCount(tensor.name, tensor.dims, tensor.values.length);
    return littleEndian(BigInt64Array.from(tensor.values, BigInt));
  }
  const { name, data_type, dims, data } = tensor;
  return {
    length: elementCount(dims) * WRITTEN_TYPES[data_type].width,
    async *produce() {
      let count = 0;
      for await (const values of partsOf(data)) {
        yield littleEndian(data_type === "FLOAT" ? toFloat32(values) : toFloat16(name, values, count));
        count += values.length;
      }
      requireCount(name, dims, count);
    },
  };
}

function toFloat32(values: TensorData): Float32Array {
  return values instanceof Float32Array ? values : new Float32Array(values);
}

/** @param before how many of the tensor's values come before these */
function toFloat16(name: string, values: TensorData, before: number): Uint16Array {
  const bits = float32ToFloat16Bits(toFloat32(values));
  const index = bits.findIndex((half, i) => (half & 0x7fff) === 0x7c00 && Number.isFinite(values[i]));
  if (index >= 0) throw float16Overflow(name, before + index, values[index]!);
  return bits;
}

const HOST_IS_LITTLE_ENDIAN = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/** The array's memory, unchanged on little-endian hosts; swapped in a copy on others. */
function littleEndian(values: Float32Array | Uint16Array | BigInt64Array): Uint8Array {
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  if (HOST_IS_LITTLE_ENDIAN) return bytes;
  const width = values.BYTES_PER_ELEMENT;
  return bytes.map((_, i) => bytes[i - (i % width) + width - 1 - (i % width)]!);
}

/** A mismatch is a defect of the caller, not of any input. */
function requireCount(name: string, dims: readonly number[], count: number): void {
  if (elementCount(dims) !== count) {
    throw new Error(`initializer ${name} has ${count} values for the dimensions [${dims.join(", ")}]`);
  }
}
