import type { ByteSource } from "../../base/bytes/byte-source.js";
import { SmxcError } from "../../base/diagnostics.js";
import { Findings } from "../findings.js";
import { type TorchContainer, torchHost } from "./container.js";
import { DTYPE_BYTES } from "./dtypes.js";
import * as errors from "./errors.js";
import * as pickleErrors from "./pickle/errors.js";
import { OutOfBytes } from "./pickle/head.js";
import { type Unpickled, unpickle } from "./pickle/unpickle.js";
import type { PyStorage, PyValue } from "./pickle/values.js";

const MAGIC = 0x1950a86a20f9469cfc6cn;
const FORMAT_VERSION = 1001;
const FIRST_PREFIX = 2 ** 20;
const MAX_PREFIX = 2 ** 28;

/**
 * Reads what torch.save wrote before PyTorch 1.6, and still does on request: five pickles (magic number, version 1001,
 * facts about the machine, the object, the storages' keys) and then, by key, the number of elements (64 bits,
 * little-endian) and the elements of every storage. Source: `_legacy_save` and `_legacy_load` of torch/serialization.py.
 */
export async function readLegacyContainer(source: ByteSource): Promise<TorchContainer> {
  const pickles = new Pickles(source);
  if ((await pickles.next()).value !== MAGIC) throw pickles.fail("its magic number is wrong");
  const { value: version } = await pickles.next();
  if (version !== FORMAT_VERSION) throw pickles.fail(`its version is not ${FORMAT_VERSION}`);
  const littleEndian = entryOf((await pickles.next()).value, "little_endian");
  if (typeof littleEndian !== "boolean") throw pickles.fail("it does not say its byte order");
  if (!littleEndian) {
    throw new SmxcError([errors.byteOrder(source.name, `byte ${pickles.start}`, "big")]);
  }
  const { value: root, steps } = await pickles.next();
  const { value: keys } = await pickles.next();
  if (typeof keys !== "object" || keys?.kind !== "list") throw pickles.fail("the keys of the storages are not a list");
  const offsets = await findStorages(source, pickles.end, keys.items, pickles);
  return {
    source,
    root,
    steps,
    readStorage: ({ key }, begin, length) => source.read(offsets.get(key)! + begin, length),
  };
}

/** Reads pickle after pickle of unknown lengths, from a beginning of the file that grows as needed. */
class Pickles {
  readonly storages = new Map<string, PyStorage>();
  /** Where the pickle that was read last starts and ends. */
  start = 0;
  end = 0;
  private prefix: Uint8Array = new Uint8Array(0);

  constructor(private readonly source: ByteSource) {}

  async next(): Promise<Unpickled> {
    this.start = this.end;
    for (;;) {
      const result = this.attempt();
      if (result !== undefined) return result;
      await this.grow();
    }
  }

  private attempt(): Unpickled | undefined {
    try {
      const input = { bytes: this.prefix, start: this.start, place: this.place };
      const unpickled = unpickle(input, torchHost(this.storages));
      this.end = unpickled.end;
      return unpickled;
    } catch (cause) {
      if (cause instanceof OutOfBytes) return undefined;
      throw cause;
    }
  }

  private async grow(): Promise<void> {
    const { name, size } = this.source;
    const known = this.prefix.length;
    if (known === size) throw new SmxcError([pickleErrors.truncated(this.place(size))]);
    if (known >= MAX_PREFIX) {
      throw new SmxcError([errors.pickleTooLarge(name, `the pickle at byte ${this.start}`, known, MAX_PREFIX)]);
    }
    const length = Math.min(size, Math.max(FIRST_PREFIX, 4 * known));
    this.prefix = await this.source.read(0, length);
  }

  private readonly place = (offset: number) => ({ file: this.source.name, place: `byte ${offset}` });

  fail(what: string): SmxcError {
    return new SmxcError([errors.legacyHeader(this.source.name, this.start, what)]);
  }
}

/** Where the elements of each storage start; checks that the storages are those of the pickle and fill the file. */
async function findStorages(
  source: ByteSource,
  start: number,
  keys: readonly PyValue[],
  pickles: Pickles,
): Promise<ReadonlyMap<string, number>> {
  const { name: file, size } = source;
  const offsets = new Map<string, number>();
  let at = start;
  for (const key of keys) {
    const storage = typeof key === "string" ? pickles.storages.get(key) : undefined;
    if (storage === undefined || offsets.has(storage.key)) {
      throw pickles.fail("the list of storages names one twice, or one that no tensor uses");
    }
    if (at + 8 > size) throw new SmxcError([errors.storageSize(file, storage.key, storage.bytes, 0, `byte ${at}`)]);
    const bytes = (await readCount(source, at)) * DTYPE_BYTES.get(storage.dtype)!;
    const present = Math.min(bytes, size - at - 8);
    if (bytes !== storage.bytes || present !== bytes) {
      throw new SmxcError([errors.storageSize(file, storage.key, storage.bytes, present, `byte ${at}`)]);
    }
    offsets.set(storage.key, at + 8);
    at += 8 + bytes;
  }
  const findings = new Findings();
  for (const key of pickles.storages.keys()) {
    if (!offsets.has(key)) findings.add(() => errors.missingStorage(file, key, `byte ${pickles.start}`));
  }
  findings.throwIfAny();
  if (at !== size) throw new SmxcError([errors.legacyTrailing(file, at, size - at)]);
  return offsets;
}

async function readCount(source: ByteSource, at: number): Promise<number> {
  const bytes = await source.read(at, 8);
  return Number(new DataView(bytes.buffer, bytes.byteOffset, 8).getBigInt64(0, true));
}

function entryOf(value: PyValue, key: string): PyValue | undefined {
  return typeof value === "object" && value?.kind === "dict" ? value.entries.get(key) : undefined;
}
