/** Of a training's checkpoint, what belongs to the optimizer is not read, however large it is. */
import { describe, expect, it } from "vitest";
import type { ByteSource } from "../../src/base/bytes/byte-source.js";
import { openWeights } from "../../src/files/open.js";
import { prefixFinder } from "../../src/frontends/checkpoints/architecture.js";
import { importModel } from "../../src/frontends/checkpoints/import.js";
import { originOf } from "../../src/frontends/checkpoints/origin.js";
import * as b from "../errors/weights-torch-bytes.js";
import { utf8 } from "./weights-sources.js";

/** float32 numbers of each of the optimizer's three storages: 1.2 GB. */
const MOMENTS = 3e8;
const OPTIMIZER = ["3", "4", "5"];

/** One CondConv layer of two experts, 1×1, 2 channels to 2. */
const NETWORK: Readonly<Record<string, { readonly key: string; readonly size: readonly number[] }>> = {
  "routing_fn.weight": { key: "0", size: [2, 2] },
  "routing_fn.bias": { key: "1", size: [2] },
  weight: { key: "2", size: [2, 4] },
};

const dict = (entries: Readonly<Record<string, Uint8Array>>): Uint8Array =>
  b.dict(...Object.entries(entries).flatMap(([key, value]) => [b.text(key), value]));

const tensor = (key: string, size: readonly number[]): Uint8Array => {
  const numel = size.reduce((product, each) => product * each, 1);
  return b.tensor({ key, numel, size, stride: size.map((_, axis) => size.slice(axis + 1).reduce((p, n) => p * n, 1)) });
};

const network = (): Uint8Array =>
  dict(Object.fromEntries(Object.entries(NETWORK).map(([name, { key, size }]) => [name, tensor(key, size)])));
const moments = (): Uint8Array => b.dict(...OPTIMIZER.flatMap((key) => [b.text(`m${key}`), tensor(key, [MOMENTS])]));
const ROOT = dict({ epoch: b.int(3), optimizer: dict({ state: moments() }), net_g: network() });

/** What a reader may look at without knowing where things are: the file's head, and its last part, where archives end. */
const EDGE = 2 ** 20;

/** A file of which some ranges hold nothing, as those of a sparse file; a read there, but at the edges, is noted. */
function sparseSource(pieces: readonly (Uint8Array | number)[]) {
  const holes: [number, number][] = [];
  const held: { readonly at: number; readonly bytes: Uint8Array }[] = [];
  let size = 0;
  for (const piece of pieces) {
    if (typeof piece === "number") holes.push([size, size + piece]);
    else held.push({ at: size, bytes: piece });
    size += typeof piece === "number" ? piece : piece.length;
  }
  const seen = { holes: 0, bytes: 0 };
  const source: ByteSource = {
    name: "training.pth",
    size,
    async read(offset, length) {
      seen.bytes += length;
      const inner = offset + length > EDGE && offset < size - EDGE;
      if (inner && holes.some(([from, to]) => offset < to && offset + length > from)) seen.holes++;
      const result = new Uint8Array(length);
      for (const { at, bytes } of held) {
        const from = Math.max(offset, at);
        const to = Math.min(offset + length, at + bytes.length);
        if (from < to) result.set(bytes.subarray(from - at, to - at), from - offset);
      }
      return result;
    },
    sha256: async () => {
      seen.holes++;
      return "0".repeat(64);
    },
  };
  return { source, seen };
}

/** The archive of torch.save, whose last entries are the optimizer's. */
function zipFile() {
  const small = Object.values(NETWORK).map(({ key, size }): b.Entry => {
    const values = Float32Array.from({ length: size.reduce((product, each) => product * each, 1) }, (_, i) => i + 1);
    return { name: `a/data/${key}`, data: new Uint8Array(values.buffer) };
  });
  const sound: readonly b.Entry[] = [
    { name: "a/data.pkl", data: b.pickle(ROOT) },
    { name: "a/byteorder", data: utf8("little") },
    ...small,
  ];
  const first = b.zip(sound);
  const start = new DataView(first.buffer).getUint32(first.length - 6, true);
  const bytes = 4 * MOMENTS;
  const header = (name: string): Uint8Array => {
    const alone = b.zip([{ name, data: new Uint8Array(0), local: { size: bytes } }]);
    return alone.subarray(0, new DataView(alone.buffer).getUint32(alone.length - 6, true));
  };
  const large = OPTIMIZER.map((key, index): b.Entry => {
    const name = `a/data/${key}`;
    const headerOffset = start + index * (header(name).length + bytes);
    return { name, data: new Uint8Array(0), size: bytes, headerOffset };
  });
  const headers = large.map(({ name }) => header(name));
  const end = start + headers.reduce((sum, each) => sum + each.length + bytes, 0);
  const all = b.zip([...sound, ...large], { offset: end });
  const locals = start + headers.reduce((sum, each) => sum + each.length, 0);
  return sparseSource([first.subarray(0, start), ...headers.flatMap((each) => [each, bytes]), all.subarray(locals)]);
}

/** The same in the format before PyTorch 1.6. */
function legacyFile() {
  const keys = [...Object.values(NETWORK).map(({ key }) => key), ...OPTIMIZER];
  const head = b.legacy({
    object: b.pickle(ROOT),
    keys: b.pickle(b.op("]"), b.MARK, ...keys.map(b.text), b.op("e")),
    storages: new Uint8Array(0),
  });
  const small = Object.values(NETWORK).flatMap(({ size }) => {
    const values = Float32Array.from({ length: size.reduce((product, each) => product * each, 1) }, (_, i) => i + 1);
    return [b.u64(values.length), new Uint8Array(values.buffer)];
  });
  return sparseSource([head, ...small, ...OPTIMIZER.flatMap(() => [b.u64(MOMENTS), 4 * MOMENTS])]);
}

describe.each([
  ["the zip format", zipFile],
  ["the format before it", legacyFile],
])("the gigabytes of an optimizer in %s", (_, file) => {
  it("are not read when the network is imported", async () => {
    const { source, seen } = file();
    expect(source.size).toBeGreaterThan(3.5e9);
    const store = await openWeights(source, { findPrefixes: prefixFinder(undefined) });
    const config = new Map(Object.entries({ kernel: 1, in_channels: 2, out_channels: 2 }));
    const { arch, weights } = importModel(store, { config });
    expect(await originOf(arch, source)).toEqual({ arch: "condconv" });
    let written = 0;
    for await (const chunk of weights.chunks()) written += chunk.length;
    expect(written).toBe(weights.length);
    expect([...(await store.tensors.get("weight")!.read())]).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(seen.holes, "reads of the optimizer's storages").toBe(0);
    expect(seen.bytes).toBeLessThan(5e6);
  });
});
