/** Float tensors as `raw_data` that is made while the file is written. */
import { littleEndian } from "../../tensors/decode-floats.js";
import { float32ToFloat16Bits } from "../../tensors/half-float.js";
import { elementCount, type LazyTensor, partsOf, type TensorData } from "../../tensors/tensor.js";
import { float16Overflow } from "../errors.js";
import { MadeBytes } from "./blob.js";

export type FloatTypeName = "FLOAT" | "FLOAT16";

const WIDTHS: Readonly<Record<FloatTypeName, number>> = { FLOAT: 4, FLOAT16: 2 };

/** The values of a tensor as `raw_data`, one part of them in memory at a time. */
export class FloatBytes extends MadeBytes {
  readonly length: number;

  constructor(
    readonly type: FloatTypeName,
    readonly values: LazyTensor,
    /** The tensor's name, for messages. */
    private readonly name: string,
  ) {
    super();
    this.length = elementCount(values.shape) * WIDTHS[type];
  }

  /** @throws SmxcError `onnx/float16-overflow`, and whatever the weights' own reader throws */
  override async *produce(): AsyncIterable<Uint8Array> {
    const { type, name } = this;
    let count = 0;
    for await (const values of partsOf(this.values)) {
      yield littleEndian(type === "FLOAT" ? toFloat32(values) : toFloat16(name, values, count));
      count += values.length;
    }
    // A mismatch is a defect of the caller, not of any input.
    if (count * WIDTHS[type] !== this.length) {
      throw new Error(`initializer ${name} has ${count} values for the dimensions [${this.values.shape.join(", ")}]`);
    }
  }
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
