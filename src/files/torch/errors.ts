import { type Diagnostic, error, type Place, warning } from "../../base/diagnostics.js";
import { option, remedy } from "../../base/remedy.js";

const SAVE_AGAIN = "Save the tensors again in Python: torch.save(model.state_dict(), path).";
const DAMAGED = "The file is damaged or hostile; save it with torch.save again.";

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
  error("torch/not-a-checkpoint", "The file is a safetensors file, not a PyTorch checkpoint.", {
    file,
    hint: "Open it as safetensors.",
  });

export const torchScript = (file: string): Diagnostic =>
  error("torch/torchscript", "The file is a TorchScript archive, which holds code.", {
    file,
    hint: "In Python: torch.save(torch.jit.load(path).state_dict(), 'weights.pt').",
  });

export const noPickle = (file: string, entries: readonly string[]): Diagnostic =>
  error("torch/no-pickle", "The zip archive has no <name>/data.pkl, so it is no PyTorch checkpoint.", {
    file,
    hint: `It holds ${entries.length === 0 ? "nothing" : list(entries)}; name a file that torch.save wrote.`,
  });

export const severalPickles = (file: string, entries: readonly string[]): Diagnostic =>
  error("torch/several-pickles", `The archive holds several checkpoints: ${list(entries)}.`, { file, hint: DAMAGED });

export const pickleTooLarge = (file: string, entry: string, size: number, limit: number): Diagnostic =>
  error("torch/pickle-too-large", `${entry} takes ${size} bytes; at most ${limit} are read.`, {
    file,
    place: entry,
    hint: SAVE_AGAIN,
  });

export const byteOrder = (file: string, entry: string, found: string): Diagnostic =>
  error(
    "torch/byte-order",
    found === "big" ? "The checkpoint is big-endian." : `The checkpoint's byte order is ${quote(found)}.`,
    {
      file,
      place: entry,
      hint: found === "big" ? "Load and save it again on a little-endian machine." : DAMAGED,
    },
  );

export const missingStorage = (file: string, key: string, entry: string): Diagnostic =>
  error("torch/missing-storage", `The storage ${quote(key)} is not in the file.`, {
    file,
    place: entry,
    hint: DAMAGED,
  });

export const storageSize = (file: string, key: string, needed: number, present: number, place: string): Diagnostic =>
  error("torch/storage-size", `The storage ${quote(key)} should have ${needed} bytes and has ${present}.`, {
    file,
    place,
    hint: DAMAGED,
  });

export const legacyHeader = (file: string, byte: number, what: string): Diagnostic =>
  error("torch/legacy-header", `The checkpoint of PyTorch's format before 1.6 is invalid: ${what}.`, {
    file,
    place: `byte ${byte}`,
    hint: DAMAGED,
  });

export const legacyTrailing = (file: string, byte: number, left: number): Diagnostic =>
  error("torch/trailing-data", `${left} bytes follow the last storage.`, {
    file,
    place: `byte ${byte}`,
    hint: "The file holds more than one object, or is damaged; save one state dict per file.",
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
    ...(entries.length > 0 ? [`Entries that hold tensors: ${list(entries)}.`] : []),
    ...(known.length > 0 ? [`An architecture that smxc knows is under ${list(known)}.`] : []),
    ...(known.length === 0 && prefixes.length > 0 ? [`The tensors' names begin with ${list(prefixes)}.`] : []),
  ];
  return error(
    "torch/key-not-found",
    `The checkpoint has no entry ${quote(key)}, and no tensor's name begins with it.`,
    {
      file,
      place: key,
      hint: parts.length > 0 ? parts.join(" ") : "It holds no tensors.",
    },
  );
};

export const keyInSeveral = (file: string, key: string, places: readonly string[]): Diagnostic =>
  error("torch/key-in-several", `Names that begin with ${quote(key)} are in several entries of the checkpoint.`, {
    file,
    place: key,
    ...remedy`Name one by ${option("key")}: ${list(places)}.`,
  });

export const keyNotTensors = (file: string, key: string, found: string): Diagnostic =>
  error("torch/key-not-tensors", `The entry ${quote(key)} of the checkpoint is ${found}, not a dict of tensors.`, {
    file,
    place: key,
    ...remedy`Name the entry that holds the tensors by ${option("key")}.`,
  });

export const noStateDict = (file: string, found: string, available: readonly string[]): Diagnostic =>
  error("torch/no-state-dict", `The checkpoint is ${found} in which no dict of tensors was found.`, {
    file,
    ...(available.length === 0
      ? { hint: SAVE_AGAIN }
      : remedy`Name the entry by ${option("key")}; those that hold tensors: ${list(available)}.`),
  });

export const severalNetworks = (file: string, entries: readonly string[]): Diagnostic =>
  error("torch/several-networks", "Several entries of the checkpoint hold a network that smxc knows.", {
    file,
    ...remedy`Name one by ${option("key")}: ${list(entries)}.`,
  });

/** `copies` have tensors of the same names and shapes. */
export const otherHolders = (
  file: string,
  chosen: { readonly path: string; readonly average: boolean },
  copies: readonly string[],
  others: readonly string[],
): Diagnostic => {
  const hold = (entries: readonly string[]) => `${list(entries)} ${entries.length === 1 ? "holds" : "hold"}`;
  const told = [
    ...(copies.length > 0
      ? [
          `${hold(copies)} tensors of the same names and shapes${chosen.average ? "" : ", perhaps averages of the training"}`,
        ]
      : []),
    ...(others.length > 0 ? [`${hold(others)} tensors too`] : []),
  ];
  const entry = chosen.path === "" ? "the checkpoint itself" : quote(chosen.path, MOST_OF_NAME);
  const from = chosen.average
    ? `${entry}, an average over the training, which most often gives better pictures`
    : entry;
  return warning("torch/several-state-dicts", `The tensors are taken from ${from}; ${told.join("; ")}.`, {
    file,
    place: chosen.path,
    ...remedy`Choose another by ${option("key")}: ${list([...copies, ...others])}.`,
  });
};

export const unnamedTensors = (file: string, chosen: string, lists: readonly string[]): Diagnostic =>
  warning(
    "torch/unnamed-tensors",
    `${list(lists)} ${lists.length === 1 ? "holds" : "hold"} tensors of the same shapes without names, perhaps averages of the training; they are not taken.`,
    {
      file,
      place: chosen,
      hint: "If they are meant, put them into the model in Python, as ema.copy_to(model.parameters()) does, and save its state dict.",
    },
  );

export const notATensor = (file: string, name: string, found: string): Diagnostic =>
  error("torch/not-a-tensor", `The entry ${quote(name)} of the state dict is ${found}, not a tensor.`, {
    ...inTensor(file, name),
    ...remedy`Save only the tensors: torch.save(model.state_dict(), path). Entries further in are named by ${option("key")}.`,
  });

export const nameNotText = (file: string, found: string): Diagnostic =>
  error("torch/name-not-text", `The state dict has ${found} where a tensor's name is expected.`, {
    file,
    hint: SAVE_AGAIN,
  });

export const unsupportedTensor = (file: string, name: string, found: string): Diagnostic =>
  error("torch/unsupported-tensor", `The entry ${quote(name)} is ${found}, which smxc does not read.`, {
    ...inTensor(file, name),
    hint: "Turn it into an ordinary tensor before saving: tensor.dequantize(), tensor.to_dense(), tensor.resolve_neg().",
  });

export const tensorTooLarge = (file: string, name: string): Diagnostic =>
  error("torch/tensor-too-large", `The shape of the tensor ${quote(name)} has more elements than 2^53-1.`, {
    ...inTensor(file, name),
    hint: DAMAGED,
  });

export const outOfBounds = (file: string, name: string, needed: number, present: number): Diagnostic =>
  error(
    "torch/out-of-bounds",
    `The tensor ${quote(name)} reaches to byte ${needed} of its storage, which has ${present}.`,
    {
      ...inTensor(file, name),
      hint: DAMAGED,
    },
  );

export const expandedTogether = (file: string, bytes: number, limit: number): Diagnostic =>
  error(
    "torch/expanded",
    `The tensors together are ${bytes} bytes once views of shared storages are unfolded; at most ${limit} are, for this file.`,
    { file, hint: "Save each tensor once: leave out what is tied to another, or save tensor.contiguous()." },
  );

export const expanded = (file: string, name: string, elements: number, present: number, limit: number): Diagnostic =>
  error(
    "torch/expanded",
    `The tensor ${quote(name)} repeats ${present} stored elements to ${elements}; more than ${limit} are not unfolded.`,
    { ...inTensor(file, name), hint: "Save it as it is meant: tensor.contiguous(), or without the expansion." },
  );
