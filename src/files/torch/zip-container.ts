import type { ByteSource } from "../../base/bytes/byte-source.js";
import { SmxcError } from "../../base/diagnostics.js";
import { Findings } from "../findings.js";
import { openArchive, type ZipArchive } from "../zip/archive.js";
import { readDirectory, type ZipEntry } from "../zip/directory.js";
import { type TorchContainer, torchHost } from "./container.js";
import * as errors from "./errors.js";
import * as pickleErrors from "./pickle/errors.js";
import { OutOfBytes } from "./pickle/head.js";
import { type Unpickled, unpickle } from "./pickle/unpickle.js";
import type { PyStorage } from "./pickle/values.js";

const MAX_PICKLE_BYTES = 2 ** 28;

/**
 * Reads what torch.save has written since PyTorch 1.6: a zip archive of `<root>/data.pkl`, `<root>/data/<key>` for
 * every storage, and `<root>/byteorder`. Sources: torch/serialization.py, caffe2/serialize/inline_container.cc.
 */
export async function readZipContainer(source: ByteSource): Promise<TorchContainer> {
  const directory = await readDirectory(source);
  const names = directory.entries.map(({ name }) => name);
  if (names.some((name) => /^[^/]+\/(constants\.pkl$|code\/)/.test(name))) {
    throw new SmxcError([errors.torchScript(source.name)]);
  }
  const archive = openArchive(source, directory);
  const pickle = findPickle(source.name, archive);
  const root = pickle.name.slice(0, -"data.pkl".length);
  await checkByteOrder(source.name, archive, archive.entries.get(`${root}byteorder`));
  const storages = new Map<string, PyStorage>();
  const { value, steps } = await readPickle(source.name, archive, pickle, storages);
  const entries = findStorages(source.name, archive, `${root}data/`, storages);
  return {
    source,
    root: value,
    steps,
    readStorage: ({ key }, begin, length) => archive.read(entries.get(key)!, begin, length),
  };
}

function findPickle(file: string, archive: ZipArchive): ZipEntry {
  const pickles = [...archive.entries.values()].filter(({ name }) => /^[^/]+\/data\.pkl$/.test(name));
  const [pickle, ...more] = pickles;
  if (pickle === undefined) throw new SmxcError([errors.noPickle(file, [...archive.entries.keys()])]);
  if (more.length > 0)
    throw new SmxcError([
      errors.severalPickles(
        file,
        pickles.map(({ name }) => name),
      ),
    ]);
  return pickle;
}

async function checkByteOrder(file: string, archive: ZipArchive, entry: ZipEntry | undefined): Promise<void> {
  if (entry === undefined) return;
  const found = new TextDecoder().decode(await archive.read(entry, 0, Math.min(entry.size, 16)));
  if (found !== "little") throw new SmxcError([errors.byteOrder(file, entry.name, found)]);
}

async function readPickle(
  file: string,
  archive: ZipArchive,
  entry: ZipEntry,
  storages: Map<string, PyStorage>,
): Promise<Unpickled> {
  if (entry.size > MAX_PICKLE_BYTES) {
    throw new SmxcError([errors.pickleTooLarge(file, entry.name, entry.size, MAX_PICKLE_BYTES)]);
  }
  const bytes = await archive.read(entry, 0, entry.size);
  const place = (offset: number) => ({ file, place: `${entry.name}, byte ${offset}` });
  try {
    const unpickled = unpickle({ bytes, start: 0, place }, torchHost(storages));
    if (unpickled.end < bytes.length) throw new SmxcError([pickleErrors.trailing(place(unpickled.end))]);
    return unpickled;
  } catch (cause) {
    throw cause instanceof OutOfBytes ? new SmxcError([pickleErrors.truncated(place(bytes.length))]) : cause;
  }
}

/** The entry of every storage, checked to have the size that the pickle gives it. */
function findStorages(
  file: string,
  archive: ZipArchive,
  folder: string,
  storages: ReadonlyMap<string, PyStorage>,
): ReadonlyMap<string, ZipEntry> {
  const findings = new Findings();
  const entries = new Map<string, ZipEntry>();
  for (const { key, bytes } of storages.values()) {
    const name = `${folder}${key}`;
    const entry = archive.entries.get(name);
    if (entry === undefined) findings.add(() => errors.missingStorage(file, key, name));
    else if (entry.size !== bytes) findings.add(() => errors.storageSize(file, key, bytes, entry.size, name));
    else entries.set(key, entry);
  }
  findings.throwIfAny();
  return entries;
}
