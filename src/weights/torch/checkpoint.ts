import { SmxcError } from "../../diagnostics.js";
import type { ByteSource } from "../byte-source.js";
import { detectFormat, type WeightsFormat } from "../detect.js";
import { Findings } from "../findings.js";
import { withinMemory } from "../memory.js";
import { elementCount, type OtherTensor, type StoredTensor, type TensorStore } from "../tensor.js";
import type { TorchContainer } from "./container.js";
import { DTYPE_BYTES, isFloat } from "./dtypes.js";
import * as errors from "./errors.js";
import { readLegacyContainer } from "./legacy-container.js";
import { describe, type PyDict, type PyTensor } from "./pickle/values.js";
import { type CheckpointOptions, findStateDict } from "./state-dict.js";
import { extent, readStrided } from "./strided.js";
import { readZipContainer } from "./zip-container.js";

export type { CheckpointOptions } from "./state-dict.js";

const CONTAINERS: ReadonlyMap<WeightsFormat, (source: ByteSource) => Promise<TorchContainer>> = new Map([
  ["torch zip", readZipContainer],
  ["torch legacy", readLegacyContainer],
]);

/** Entries of a state dict that are no tensors and do not matter. */
const HARMLESS = new Set(["_metadata"]);

/** Views that repeat stored elements (stride 0, overlap) are unfolded up to this many; 4 MiB as float32. */
const MAX_UNFOLDED = 2 ** 20;

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

function toStore(stateDict: PyDict, container: TorchContainer): TensorStore {
  const file = container.source.name;
  const tensors = new Map<string, StoredTensor>();
  const others = new Map<string, OtherTensor>();
  const findings = new Findings();
  for (const [name, value] of stateDict.entries) {
    if (typeof name !== "string") {
      findings.add(() => errors.nameNotText(file, describe(name)));
      continue;
    }
    const kind = typeof value === "object" ? value?.kind : undefined;
    if (kind === "tensor") addTensor(name, value as PyTensor, container, { tensors, others, findings });
    else if (HARMLESS.has(name)) continue;
    else if (kind === "other") findings.add(() => errors.unsupportedTensor(file, name, describe(value)));
    else findings.add(() => errors.notATensor(file, name, describe(value)));
  }
  findings.throwIfAny();
  return { tensors, others, metadata: new Map() };
}

interface Collected {
  readonly tensors: Map<string, StoredTensor>;
  readonly others: Map<string, OtherTensor>;
  readonly findings: Findings;
}

function addTensor(name: string, tensor: PyTensor, container: TorchContainer, into: Collected): void {
  const { storage, dtype, offset, shape, stride } = tensor;
  if (!checkBounds(name, tensor, container.source.name, into.findings)) return;
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
