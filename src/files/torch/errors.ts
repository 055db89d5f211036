import { type Diagnostic, error, type Place, warning } from "../../base/diagnostics.js";
import { option, remedy } from "../../base/remedy.js";

const SAVE_AGAIN = "save the tensors again in Python: torch.save(model.state_dict(), path)";
const DAMAGED = "save the tensors with torch.save again; the file is damaged or hostile";

const quote = (text: string, most = 80): string =>
  JSON.stringify(text.length <= most ? text : `${text.slice(0, most - 1)}…`);

/** So long that what a trainer calls an entry can be copied into the command line. */
const MOST_OF_NAME = 300;

/** At most eight names, and how many more there are. */
function list(names: readonly string[]): string {
  const shown = names
    .slice(0, 8)
    .map((name) => quote(name, MOST_OF_NAME))
    .join(", ");
  return names.length > 8 ? `${shown} and ${names.length - 8} more` : shown;
}

const inTensor = (file: string, tensor: string): Place => ({ file, place: `tensor ${tensor}` });

export const notTorch = (file: string): Diagnostic =>
  error("torch/not-a-checkpoint", "the file is a safetensors file, not a PyTorch checkpoint", {
    file,
    hint: "open it as safetensors",
  });

export const torchScript = (file: string): Diagnostic =>
  error("torch/torchscript", "the file is a TorchScript archive, which holds code", {
    file,
    hint: "in Python: torch.save(torch.jit.load(path).state_dict(), 'weights.pt')",
  });

export const noPickle = (file: string, entries: readonly string[]): Diagnostic =>
  error("torch/no-pickle", "the zip archive has no <name>/data.pkl, so it is not a PyTorch checkpoint", {
    file,
    hint: `name a file that torch.save wrote; this one holds ${entries.length === 0 ? "nothing" : list(entries)}`,
  });

export const severalPickles = (file: string, entries: readonly string[]): Diagnostic =>
  error("torch/several-pickles", `the archive holds several checkpoints: ${list(entries)}`, { file, hint: DAMAGED });

export const pickleTooLarge = (file: string, entry: string, size: number, limit: number): Diagnostic =>
  error("torch/pickle-too-large", `${entry} takes ${size} bytes; at most ${limit} are read`, {
    file,
    place: entry,
    hint: SAVE_AGAIN,
  });

export const byteOrder = (file: string, entry: string, found: string): Diagnostic =>
  error(
    "torch/byte-order",
    found === "big" ? "the checkpoint is big-endian" : `the checkpoint's byte order is ${quote(found)}`,
    {
      file,
      place: entry,
      hint: found === "big" ? "load it and save it again on a little-endian machine" : DAMAGED,
    },
  );

export const missingStorage = (file: string, key: string, entry: string): Diagnostic =>
  error("torch/missing-storage", `the storage ${quote(key)} is not in the file`, {
    file,
    place: entry,
    hint: DAMAGED,
  });

export const storageSize = (file: string, key: string, needed: number, present: number, place: string): Diagnostic =>
  error("torch/storage-size", `the storage ${quote(key)} should have ${needed} bytes, but has ${present}`, {
    file,
    place,
    hint: DAMAGED,
  });

export const legacyHeader = (file: string, byte: number, what: string): Diagnostic =>
  error("torch/legacy-header", `the checkpoint, in the format before PyTorch 1.6, is invalid: ${what}`, {
    file,
    place: `byte ${byte}`,
    hint: DAMAGED,
  });

export const legacyTrailing = (file: string, byte: number, left: number): Diagnostic =>
  error("torch/trailing-data", `${left} bytes follow the last storage`, {
    file,
    place: `byte ${byte}`,
    hint: "save one state dict per file; this file holds more than one object, or is damaged",
  });

/** What could have been meant by a key. */
export interface KeyChoices {
  readonly entries: readonly string[];
  /** What stands before the first dots of the tensors' names. */
  readonly prefixes: readonly string[];
  /** What stands before the names of a known architecture's tensors. */
  readonly known: readonly string[];
}

export const keyNotFound = (file: string, key: string, { entries, prefixes, known }: KeyChoices): Diagnostic => {
  const parts = [
    ...(entries.length > 0 ? [`entries that hold tensors: ${list(entries)}`] : []),
    ...(known.length > 0 ? [`entries or prefixes of an architecture that smxc knows: ${list(known)}`] : []),
    ...(known.length === 0 && prefixes.length > 0 ? [`prefixes of the tensors: ${list(prefixes)}`] : []),
  ];
  return error(
    "torch/key-not-found",
    `the checkpoint has no entry ${quote(key)}, and no tensor's name begins with it`,
    {
      file,
      place: key,
      hint:
        parts.length > 0
          ? `name one of the ${parts.join("; or of the ")}`
          : "give another checkpoint; this one holds no tensors",
    },
  );
};

export const keyInSeveral = (file: string, key: string, places: readonly string[]): Diagnostic =>
  error("torch/key-in-several", `names that begin with ${quote(key)} are in several entries of the checkpoint`, {
    file,
    place: key,
    ...remedy`choose one with ${option("key")}: ${list(places)}`,
  });

export const keyNotTensors = (file: string, key: string, found: string): Diagnostic =>
  error("torch/key-not-tensors", `the entry ${quote(key)} of the checkpoint is ${found}, not a dict of tensors`, {
    file,
    place: key,
    ...remedy`name the entry that holds the tensors with ${option("key")}`,
  });

export const noStateDict = (file: string, found: string, available: readonly string[]): Diagnostic =>
  error("torch/no-state-dict", `the checkpoint is ${found} that holds no dict of tensors`, {
    file,
    ...(available.length === 0
      ? { hint: SAVE_AGAIN }
      : remedy`name the entry with ${option("key")}; these hold tensors: ${list(available)}`),
  });

export const severalNetworks = (file: string, entries: readonly string[]): Diagnostic =>
  error("torch/several-networks", "several entries of the checkpoint hold a network that smxc knows", {
    file,
    ...remedy`choose one with ${option("key")}: ${list(entries)}`,
  });

/** `copies` have tensors of the same names and shapes. */
export const otherHolders = (
  file: string,
  chosen: { readonly path: string; readonly average: boolean },
  copies: readonly string[],
  others: readonly string[],
): Diagnostic => {
  const hold = (entries: readonly string[]) => `${list(entries)} ${entries.length === 1 ? "holds" : "hold"}`;
  const notes = [
    ...(copies.length > 0
      ? [
          `${hold(copies)} tensors of the same names and shapes${chosen.average ? "" : ", perhaps averages over the training"}`,
        ]
      : []),
    ...(others.length > 0 ? [`${hold(others)} tensors too`] : []),
  ];
  const entry = chosen.path === "" ? "the checkpoint itself" : quote(chosen.path, MOST_OF_NAME);
  const from = chosen.average ? `${entry}, an average over the training, which usually gives better pictures` : entry;
  return warning("torch/several-state-dicts", `using the tensors of ${from}; ${notes.join("; ")}`, {
    file,
    place: chosen.path,
    ...remedy`choose another with ${option("key")}: ${list([...copies, ...others])}`,
  });
};

export const unnamedTensors = (file: string, chosen: string, lists: readonly string[]): Diagnostic =>
  warning(
    "torch/unnamed-tensors",
    `${list(lists)} ${lists.length === 1 ? "holds" : "hold"} tensors of the same shapes without names, perhaps averages over the training; they are not used`,
    {
      file,
      place: chosen,
      hint: "to use them, copy them into the model in Python, as ema.copy_to(model.parameters()) does, and save its state dict",
    },
  );

export const notATensor = (file: string, name: string, found: string): Diagnostic =>
  error("torch/not-a-tensor", `the entry ${quote(name)} of the state dict is ${found}, not a tensor`, {
    ...inTensor(file, name),
    ...remedy`save only the tensors: torch.save(model.state_dict(), path); or name an inner entry with ${option("key")}`,
  });

export const nameNotText = (file: string, found: string): Diagnostic =>
  error("torch/name-not-text", `the state dict has ${found} in place of a tensor's name`, {
    file,
    hint: SAVE_AGAIN,
  });

export const unsupportedTensor = (file: string, name: string, found: string): Diagnostic =>
  error("torch/unsupported-tensor", `the entry ${quote(name)} is ${found}, which smxc does not read`, {
    ...inTensor(file, name),
    hint: "turn it into an ordinary tensor before saving: tensor.dequantize(), tensor.to_dense(), tensor.resolve_neg()",
  });

export const tensorTooLarge = (file: string, name: string): Diagnostic =>
  error("torch/tensor-too-large", `the shape of the tensor ${quote(name)} has more elements than 2^53-1`, {
    ...inTensor(file, name),
    hint: DAMAGED,
  });

export const outOfBounds = (file: string, name: string, needed: number, present: number): Diagnostic =>
  error("torch/out-of-bounds", `the tensor ${quote(name)} needs ${needed} bytes of its storage, which has ${present}`, {
    ...inTensor(file, name),
    hint: DAMAGED,
  });

export const expandedTogether = (file: string, bytes: number, limit: number): Diagnostic =>
  error(
    "torch/expanded",
    `the tensors would take ${bytes} bytes if each were stored by itself; for this file at most ${limit} are allowed`,
    {
      file,
      hint: "save each tensor only once: leave out tensors that share values with another, or save tensor.contiguous()",
    },
  );

export const expanded = (file: string, name: string, elements: number, present: number, limit: number): Diagnostic =>
  error(
    "torch/expanded",
    `the tensor ${quote(name)} repeats ${present} stored elements as ${elements}; at most ${limit} are allowed`,
    { ...inTensor(file, name), hint: "save tensor.contiguous(), or the tensor before it was expanded" },
  );
