import { SmxcError } from "../base/diagnostics.js";
import type { TensorData } from "../tensors/tensor.js";
import * as errors from "./errors.js";

/** Reads a tensor; that its arrays cannot be allocated is the file's fault, not a defect, and names the tensor. */
export async function withinMemory(file: string, tensor: string, read: () => Promise<TensorData>): Promise<TensorData> {
  try {
    return await read();
  } catch (cause) {
    throw cause instanceof RangeError ? new SmxcError([errors.outOfMemory(file, tensor)]) : cause;
  }
}
