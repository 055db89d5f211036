/** Checkpoints of which only names and shapes matter: their tensors are zeros. */
import { type Diagnostic, SmxcError } from "../../src/base/diagnostics.js";
import type { ConfigValue } from "../../src/frontends/checkpoints/config.js";
import { type Imported, importModel } from "../../src/frontends/checkpoints/import.js";
import { elementCount, type StoredTensor, type TensorStore } from "../../src/tensors/tensor.js";

export type Shapes = Readonly<Record<string, readonly number[]>>;

/** @param integers names of tensors that hold no floating-point numbers */
export function shapedStore(shapes: Shapes, integers: readonly string[] = []): TensorStore {
  const tensors = Object.entries(shapes).map(([name, shape]): readonly [string, StoredTensor] => [
    name,
    { name, dtype: "float32", shape, read: async () => new Float32Array(elementCount(shape)) },
  ]);
  const others = integers.map((name) => [name, { name, dtype: "int64", shape: [] }] as const);
  return { tensors: new Map(tensors), others: new Map(others), metadata: new Map() };
}

/** Weight and bias of a convolution. */
export const convShapes = (name: string, channels: number, out: number, kernel = 3): Shapes => ({
  [`${name}.weight`]: [out, channels, kernel, kernel],
  [`${name}.bias`]: [out],
});

/** Names and shapes, some of them replaced, added or (null) taken away. */
export function changedShapes(shapes: Shapes, changes: Readonly<Record<string, readonly number[] | null>>): Shapes {
  const entries = Object.entries({ ...shapes, ...changes });
  return Object.fromEntries(entries.filter((entry): entry is [string, readonly number[]] => entry[1] !== null));
}

interface Attempt {
  readonly imported: Imported | undefined;
  readonly warnings: readonly Diagnostic[];
  readonly errors: readonly Diagnostic[];
}

/** What becomes of an import. */
export function attempt(
  store: TensorStore,
  { arch, set = {} }: { readonly arch?: string; readonly set?: Readonly<Record<string, ConfigValue>> } = {},
): Attempt {
  const warnings: Diagnostic[] = [];
  const report = (warning: Diagnostic): number => warnings.push(warning);
  try {
    const config = new Map(Object.entries(set));
    return { imported: importModel(store, { config, report, ...(arch ? { arch } : {}) }), warnings, errors: [] };
  } catch (cause) {
    if (!(cause instanceof SmxcError)) throw cause;
    return { imported: undefined, warnings, errors: cause.diagnostics };
  }
}
