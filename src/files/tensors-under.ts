import { SmxcError } from "../base/diagnostics.js";
import type { TensorStore } from "../tensors/tensor.js";
import * as errors from "./errors.js";
import type { FindPrefixes } from "./torch/state-dict.js";

/** The tensors whose names begin with a prefix and a dot, without them. Throws SmxcError where there are none. */
export function tensorsUnder(
  key: string,
  store: TensorStore,
  { file, findPrefixes }: { readonly file: string; readonly findPrefixes?: FindPrefixes },
): TensorStore {
  const prefix = key.endsWith(".") ? key : `${key}.`;
  const under = <T extends { readonly name: string }>(tensors: ReadonlyMap<string, T>): ReadonlyMap<string, T> =>
    new Map(
      [...tensors]
        .filter(([name]) => name.startsWith(prefix))
        .map(([name, tensor]) => [name.slice(prefix.length), { ...tensor, name: name.slice(prefix.length) }]),
    );
  const found = { ...store, tensors: under(store.tensors), others: under(store.others) };
  if (found.tensors.size > 0) return found;
  const known = (findPrefixes?.(store.tensors) ?? []).map((each) => each.prefix).filter((each) => each !== "");
  const firsts = [...store.tensors.keys()].filter((name) => name.includes(".")).map((name) => name.split(".", 1)[0]!);
  throw new SmxcError([errors.noSuchPrefix(file, key, known.length > 0 ? known : [...new Set(firsts)])]);
}
