import type { Blob } from "../graph/blob.js";
import type { TensorProto } from "../graph/records.js";
import type { Place } from "../place.js";
import { readNumbers } from "../read/stored-values.js";
import type { CheckContext } from "./context.js";

/** Packed elements start at the low bits of a byte, so that padding is the high bits of the last one. */
export function checkFloat6Padding(raw: Blob, elements: bigint, place: Place, context: CheckContext): void {
  const usedBits = Number((elements * 6n) % 8n);
  if (usedBits === 0) return;
  const last = Number((elements * 6n) / 8n);
  context.later(async () => {
    const byte = (await raw.read(last, 1))[0]!;
    if (byte >> usedBits !== 0)
      context.report("onnx/tensor-float6-padding", place, "has padding bits that are not zero");
  });
}

export function checkFloat6Values(tensor: TensorProto, place: Place, context: CheckContext): void {
  const { int32_data } = tensor;
  if (int32_data === undefined) return;
  context.later(async () => {
    const values = await readNumbers(int32_data, "int32");
    const index = values.findIndex((value) => value < 0 || value > 63);
    if (index >= 0)
      context.report("onnx/tensor-float6-range", place, `value ${index} of int32_data is ${values[index]}`);
  });
}
