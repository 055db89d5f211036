import type { ByteSource } from "../base/bytes/byte-source.js";
import type { TensorStore } from "../tensors/tensor.js";
import { readSafetensors } from "./safetensors.js";
import { tensorsUnder } from "./tensors-under.js";
import type { CheckpointOptions } from "./torch/checkpoint.js";
import { detectFormat } from "./weights-format.js";

/**
 * Opens a weights file of any format that smxc reads, recognised by its content and not its name: safetensors, or a PyTorch
 * checkpoint. `key` names the entry that holds the tensors, or what stands before their names. Warnings go to `report`.
 *
 * @throws SmxcError
 */
export async function openWeights(source: ByteSource, options: CheckpointOptions = {}): Promise<TensorStore> {
  const format = await detectFormat(source);
  if (format !== "safetensors") {
    // Loaded where it is needed: documents have safetensors.
    const { readTorchCheckpoint } = await import("./torch/checkpoint.js");
    return readTorchCheckpoint(source, options);
  }
  const store = await readSafetensors(source, options.report);
  return options.key === undefined ? store : tensorsUnder(options.key, store, { file: source.name, ...options });
}
