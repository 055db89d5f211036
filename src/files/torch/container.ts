import type { ByteSource } from "../../base/bytes/byte-source.js";
import { forbiddenHint, lookUpGlobal } from "./globals.js";
import { type PickleHost, Refusal } from "./pickle/machine.js";
import type { PyStorage, PyValue } from "./pickle/values.js";
import { describeCall, describeStorage } from "./rebuild.js";
import type { Steps } from "./steps.js";

/** What torch.save wrote: one object, and the storages of its tensors. */
export interface TorchContainer {
  readonly source: ByteSource;
  readonly root: PyValue;
  /** What looking at the values may still take. */
  readonly steps: Steps;
  /** Bytes of a whole storage, of which a view may be a part. */
  readonly readStorage: (storage: PyStorage, begin: number, length: number) => Promise<Uint8Array>;
}

/** The rules of PyTorch for a pickle; `storages` collects, by key, the storages that it refers to. */
export function torchHost(storages: Map<string, PyStorage>): PickleHost {
  return {
    global: lookUpGlobal,
    forbiddenHint,
    call: describeCall,
    persistent: (id) => {
      const storage = describeStorage(id);
      if (storage instanceof Refusal || storage.kind !== "storage") return storage;
      const known = storages.get(storage.key);
      if (known !== undefined && known.bytes !== storage.bytes) {
        return new Refusal(`the storage ${JSON.stringify(storage.key.slice(0, 80))} is given two sizes`);
      }
      storages.set(storage.key, known ?? storage);
      return storage;
    },
  };
}
