/** Checkpoints of which some tensors are others, and what import says of them. */
import { collect } from "../../../src/base/bytes/byte-source.js";
import { type Diagnostic, SmxcError } from "../../../src/base/diagnostics.js";
import type { ConfigValue } from "../../../src/frontends/checkpoints/config.js";
import { type ImportOptions, importModel } from "../../../src/frontends/checkpoints/import.js";
import type { StoredTensor, TensorStore } from "../../../src/tensors/tensor.js";
import { openFixture } from "../../support/fixtures.js";

type Changes = Readonly<Record<string, Partial<StoredTensor> | null>>;

/** A case's tensors, some of them replaced, added or (null) taken away. */
export async function changed(name: string, changes: Changes): Promise<TensorStore> {
  const store = await openFixture("oracle", name, "weights.safetensors");
  const tensors = new Map(store.tensors);
  for (const [tensor, change] of Object.entries(changes)) {
    const before = tensors.get(tensor) ?? {
      name: tensor,
      dtype: "float32",
      shape: [1],
      read: async () => new Float32Array(1),
    };
    if (change === null) tensors.delete(tensor);
    else tensors.set(tensor, { ...before, ...change });
  }
  return { ...store, tensors };
}

export const options = (config: Readonly<Record<string, ConfigValue>>): ImportOptions => ({
  config: new Map(Object.entries(config)),
});

export function refusal(act: () => unknown): { readonly kind: string; readonly found: readonly Diagnostic[] } {
  try {
    act();
  } catch (cause) {
    if (cause instanceof SmxcError) return { kind: cause.kind, found: cause.diagnostics };
    throw cause;
  }
  throw new Error("not refused");
}

/** Warnings of an import that succeeds, its tensors read. */
export async function warningsOf(store: TensorStore, options: ImportOptions = {}): Promise<readonly Diagnostic[]> {
  const warnings: Diagnostic[] = [];
  await collect(importModel(store, { ...options, report: (warning) => warnings.push(warning) }).weights);
  return warnings;
}
