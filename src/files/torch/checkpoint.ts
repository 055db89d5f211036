import type { ByteSource } from "../../base/bytes/byte-source.js";
import { type Diagnostic, SmxcError } from "../../base/diagnostics.js";
import { elementCount, type OtherTensor, type StoredTensor, type TensorStore } from "../../tensors/tensor.js";
import { Findings } from "../findings.js";
import { withinMemory } from "../memory.js";
import { detectFormat, type WeightsFormat } from "../weights-format.js";
import type { TorchContainer } from "./container.js";
import { DTYPE_BYTES, isFloat } from "./dtypes.js";
import * as errors from "./errors.js";
import { forbiddenHint } from "./globals.js";
import { readLegacyContainer } from "./legacy-container.js";
import { describe, type PyDict, type PyTensor, type PyValue } from "./pickle/values.js";
import { type CheckpointOptions, findStateDict, type Selection } from "./state-dict.js";
import { isTensor } from "./state-dicts.js";
import { extent, readStrided } from "./strided.js";
import { readZipContainer } from "./zip-container.js";

export type { CheckpointOptions } from "./state-dict.js";

const CONTAINERS: ReadonlyMap<WeightsFormat, (source: ByteSource) => Promise<TorchContainer>> = new Map([
  ["torch zip", readZipContainer],
  ["torch legacy", readLegacyContainer],
]);

/** Entries of a state dict that may be no tensors and do not matter then: versions, and what modules add of their own. */
const HARMLESS = /^_metadata$|(^|\.)_extra_state$/;

/** Views that repeat stored elements (stride 0, overlap) are unfolded up to this many; 4 MiB as float32. */
const MAX_UNFOLDED = 2 ** 20;

/** How often the bytes of a file may be read for its tensors: recursive networks tie one tensor to dozens of names ... */
const MOST_REPEATS = 64;

/** ... and what smallest files may take. */
const FREE_BYTES = 2 ** 26;

/**
 * Reads the state dict of a PyTorch checkpoint, in the zip format of PyTorch 1.6 and later or the one before. The
 * pickle in it is read as data: nothing that it names is imported or called. A tensor's bytes are read when it is.
 *
 * @throws SmxcError that names the tensor or byte of every breach of the formats' rules.
 */
export async function readTorchCheckpoint(source: ByteSource, options: CheckpointOptions = {}): Promise<TensorStore> {
  const readContainer = CONTAINERS.get(await detectFormat(source));
  if (readContainer === undefined) throw new SmxcError([errors.notTorch(source.name)]);
  const container = await readContainer(source);
  return toStore(findStateDict(container, options), container);
}

function toStore({ state, prefix }: Selection, container: TorchContainer): TensorStore {
  const file = container.source.name;
  const tensors = new Map<string, StoredTensor>();
  const others = new Map<string, OtherTensor>();
  const findings = new Findings();
  const into = { tensors, others, findings, sound: new Map<PyTensor, boolean>() };
  for (const [key, value] of state.dict.entries) {
    if (typeof key !== "string") {
      if (prefix === "") findings.add(() => errors.nameNotText(file, describe(key)));
      continue;
    }
    if (!key.startsWith(prefix)) continue;
    const name = key.slice(prefix.length);
    if (isTensor(value)) addTensor(name, value, container, into);
    else if (HARMLESS.test(name)) continue;
    else findings.add(() => notATensor(file, name, value));
  }
  findings.throwIfAny();
  checkTogether(state.dict, container);
  return { tensors, others, metadata: new Map() };
}

function notATensor(file: string, name: string, value: PyValue): Diagnostic {
  const what = describe(value);
  if (typeof value !== "object" || value?.kind !== "other") return errors.notATensor(file, name, what);
  const { foreign } = value;
  return foreign === undefined
    ? errors.unsupportedTensor(file, name, what)
    : { ...errors.notATensor(file, name, what), hint: forbiddenHint(foreign.module, foreign.name) };
}

interface Collected {
  readonly tensors: Map<string, StoredTensor>;
  readonly others: Map<string, OtherTensor>;
  readonly findings: Findings;
  /** What is known of tensors that several names share. */
  readonly sound: Map<PyTensor, boolean>;
}

function addTensor(name: string, tensor: PyTensor, container: TorchContainer, into: Collected): void {
  const { storage, dtype, offset, shape, stride } = tensor;
  const sound = into.sound.get(tensor) ?? checkBounds(name, tensor, container.source.name, into.findings);
  into.sound.set(tensor, sound);
  if (!sound) return;
  if (!isFloat(dtype)) {
    into.others.set(name, { name, dtype, shape });
    return;
  }
  const { readStorage, source } = container;
  const read = () =>
    readStrided({ dtype, offset, shape, stride }, (begin, length) =>
      readStorage(storage, storage.viewOffset + begin, length),
    );
  into.tensors.set(name, { name, dtype, shape, read: () => withinMemory(source.name, name, read) });
}

/** What all tensors take to read, which views of one storage, and many names of one tensor, make more than the file. */
function checkTogether({ entries }: PyDict, { source }: TorchContainer): void {
  const limit = MOST_REPEATS * source.size + FREE_BYTES;
  const sizes = new Map<PyTensor, number>();
  let together = 0;
  for (const value of entries.values()) {
    if (!isTensor(value)) continue;
    const { shape, stride, dtype } = value;
    const bytes = sizes.get(value) ?? Math.max(elementCount(shape), extent(shape, stride)) * DTYPE_BYTES.get(dtype)!;
    sizes.set(value, bytes);
    together += bytes;
  }
  if (together > limit) throw new SmxcError([errors.expandedTogether(source.name, together, limit)]);
}

/** Whether every element lies in the storage, and unfolding repeated ones does not outgrow what is stored. */
function checkBounds(name: string, tensor: PyTensor, file: string, findings: Findings): boolean {
  const { storage, dtype, offset, shape, stride } = tensor;
  const width = DTYPE_BYTES.get(dtype)!;
  const elements = elementCount(shape);
  if (!Number.isSafeInteger(elements)) {
    findings.add(() => errors.tensorTooLarge(file, name));
    return false;
  }
  const end = (offset + extent(shape, stride)) * width;
  if (end > storage.viewBytes) {
    findings.add(() => errors.outOfBounds(file, name, end, storage.viewBytes));
    return false;
  }
  const present = storage.viewBytes / width;
  if (elements > present && elements > MAX_UNFOLDED) {
    findings.add(() => errors.expanded(file, name, elements, present, MAX_UNFOLDED));
    return false;
  }
  return true;
}
