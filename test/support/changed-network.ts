/** A network of the fixtures with other values in some tensors, as the files that a user has. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { bytesSource } from "../../src/base/bytes/byte-source.js";
import type { TensorStore } from "../../src/tensors/tensor.js";
import { type ImportedFixture, importStore, openFixture } from "./fixtures.js";

/** New values for a tensor of the checkpoint; undefined where it stays as it is. */
export type Change = (tensor: string, values: readonly number[]) => readonly number[] | undefined;

/** The ×2 network of the oracle, changed. */
export async function changedNetwork(change: Change): Promise<ImportedFixture> {
  const store = await openFixture("oracle", "nsr-x2", "weights.safetensors");
  const tensors = new Map<string, NonNullable<ReturnType<TensorStore["tensors"]["get"]>>>();
  for (const [name, tensor] of store.tensors) {
    const values = change(name, [...(await tensor.read())]);
    tensors.set(name, values === undefined ? tensor : { ...tensor, read: async () => Float32Array.from(values) });
  }
  return importStore({ ...store, tensors });
}

/** Writes `<name>.json` and its weights; returns the document's path. */
export async function writeChangedNetwork(folder: string, name: string, change: Change): Promise<string> {
  const { imported, bytes } = await changedNetwork(change);
  const file = `${name}.weights.safetensors`;
  const sha256 = await bytesSource(file, bytes).sha256();
  const path = join(folder, `${name}.json`);
  writeFileSync(join(folder, file), bytes);
  writeFileSync(path, JSON.stringify({ ...imported.document, name, weights: { file, sha256 } }));
  return path;
}

/** One value of one tensor. */
export function put(tensor: string, value: number, index = 0): Change {
  return (name, values) => (name === tensor ? values.with(index, value) : undefined);
}

/** A tensor's values multiplied. */
export function scale(tensor: string, factor: number): Change {
  return (name, values) => (name === tensor ? values.map((value) => value * factor) : undefined);
}

/** Several changes, of different tensors. */
export function all(...changes: readonly Change[]): Change {
  return (name, values) => changes.map((change) => change(name, values)).find((changed) => changed !== undefined);
}
