import type { ByteSource } from "./byte-source.js";
import { detectFormat } from "./detect.js";
import { readSafetensors } from "./safetensors.js";
import type { TensorStore } from "./tensor.js";
import { type CheckpointOptions, readTorchCheckpoint } from "./torch/checkpoint.js";

/**
 * Opens a weights file of any format that smxc reads, told by its content and not its name: safetensors, or a PyTorch
 * checkpoint, where `key` names the entry that holds the tensors. Warnings go to `report`.
 *
 * @throws SmxcError
 */
export async function openWeights(source: ByteSource, options: CheckpointOptions = {}): Promise<TensorStore> {
  const format = await detectFormat(source);
  return format === "safetensors" ? readSafetensors(source, options.report) : readTorchCheckpoint(source, options);
}
