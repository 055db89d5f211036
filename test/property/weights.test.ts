import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { collect } from "../../src/base/bytes/byte-source.js";
import { SmxcError } from "../../src/base/diagnostics.js";
import { parseJson, toValue } from "../../src/base/json/parse.js";
import { openWeights } from "../../src/files/open.js";
import { writeSafetensors } from "../../src/files/safetensors-write.js";
import { OPCODES, REFUSED_OPCODES } from "../../src/files/torch/pickle/opcodes.js";
import { readStrided } from "../../src/files/torch/strided.js";
import { readDirectory } from "../../src/files/zip/directory.js";
import { elementCount } from "../../src/tensors/tensor.js";
import { checkpoint, zip } from "../errors/weights-torch-bytes.js";
import { concat, guardedSource } from "../unit/weights-sources.js";

const fixture = (name: string): Uint8Array => readFileSync(new URL(`../../fixtures/weights/${name}`, import.meta.url));

/** Reads a file and all of its tensors. Whether it is sound; anything thrown but an SmxcError of kind "invalid" fails. */
async function isSound(bytes: Uint8Array): Promise<boolean> {
  try {
    const { tensors } = await openWeights(guardedSource(bytes));
    for (const { shape, read } of tensors.values()) expect((await read()).length).toBe(elementCount(shape));
    return true;
  } catch (caught) {
    if (!(caught instanceof SmxcError)) throw caught;
    expect(caught.kind).toBe("invalid");
    expect(caught.diagnostics.length).toBeGreaterThan(0);
    return false;
  }
}

/** Whole characters: the names of a safetensors file are UTF-8, which has no lone surrogates. */
const names = fc.string({ unit: "binary", maxLength: 12 }).filter((name) => name !== "__metadata__");

/** Float32 values by their bits, so that NaNs and subnormals are among them. */
const tensors = fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 4 }).chain((shape) => {
  const length = elementCount(shape);
  const bits = fc.array(fc.integer({ min: 0, max: 0xffffffff }), { minLength: length, maxLength: length });
  return bits.map((words) => ({ shape, words: Uint32Array.from(words) }));
});

describe("safetensors", () => {
  it("gives back what was written, bit by bit", async () => {
    const entries = fc.uniqueArray(fc.record({ name: names, tensor: tensors }), {
      selector: ({ name }) => name,
      maxLength: 6,
    });
    const metadata = fc.uniqueArray(fc.tuple(names, fc.string({ unit: "binary" })), {
      selector: ([key]) => key,
      maxLength: 3,
    });
    await fc.assert(
      fc.asyncProperty(entries, metadata, async (written, pairs) => {
        const stream = writeSafetensors(
          written.map(({ name, tensor: { shape, words } }) => ({
            name,
            tensor: { shape, read: async () => new Float32Array(words.buffer) },
          })),
          new Map(pairs),
        );
        const bytes = await collect(stream);
        const headerLength = new DataView(bytes.buffer).getUint32(0, true);
        expect(headerLength % 8).toBe(0);
        const store = await openWeights(guardedSource(bytes));
        expect([...store.metadata]).toEqual(pairs);
        expect([...store.tensors.keys()]).toEqual(written.map(({ name }) => name));
        for (const { name, tensor } of written) {
          const found = store.tensors.get(name)!;
          const values = await found.read();
          expect(found.shape).toEqual(tensor.shape);
          expect(new Uint32Array(values.slice().buffer)).toEqual(tensor.words);
        }
      }),
      { numRuns: 200 },
    );
  });
});

describe("parseJson", () => {
  it("agrees with JSON.parse on what JSON.stringify writes", () => {
    // JSON.stringify rounds integers past 2^53 to 17 digits, which are then no longer exact and refused.
    const texts = fc.json().filter((text) => !/(?<![.0-9])[0-9]{17}/.test(text));
    fc.assert(
      fc.property(texts, (text) => {
        expect(JSON.stringify(toValue(parseJson(text, "f")))).toBe(JSON.stringify(JSON.parse(text)));
      }),
    );
  });

  it("refuses, where JSON.parse does, with an SmxcError", () => {
    const fragments = fc.constantFrom(
      ...'{}[],:"\\/u0041 \n\t-+.eE019truefalsn\u00e9\ud800'.split(""),
      "null",
      "1e400",
      '"a"',
    );
    fc.assert(
      fc.property(fc.array(fragments, { maxLength: 12 }), (parts) => {
        const text = parts.join("");
        const accepts = (read: () => unknown): boolean => {
          try {
            read();
            return true;
          } catch (caught) {
            if (caught instanceof SmxcError || caught instanceof SyntaxError) return false;
            throw caught;
          }
        };
        const mine = accepts(() => parseJson(text, "f"));
        // Stricter only in duplicate keys and numbers that float64 cannot hold.
        if (mine) expect(accepts(() => JSON.parse(text))).toBe(true);
        else if (!/1e|[0-9]{15}|"[^"]*".*"[^"]*"/.test(text)) expect(accepts(() => JSON.parse(text))).toBe(false);
      }),
      { numRuns: 3000 },
    );
  });
});

describe("strided views", () => {
  it("have the elements that their definition gives", async () => {
    const dimension = fc.tuple(fc.integer({ min: 0, max: 4 }), fc.integer({ min: 0, max: 9 }));
    await fc.assert(
      fc.asyncProperty(fc.array(dimension, { maxLength: 4 }), fc.nat(5), async (dimensions, offset) => {
        const shape = dimensions.map(([dim]) => dim);
        const stride = dimensions.map(([, step]) => step);
        const run = Float32Array.from({ length: 6 + 4 * 27 }, (_, i) => i);
        const bytes = new Uint8Array(run.buffer);
        const read = async (begin: number, length: number) => {
          expect(begin + length).toBeLessThanOrEqual(bytes.length);
          return bytes.subarray(begin, begin + length);
        };
        const expected: number[] = [];
        const visit = (d: number, at: number): void => {
          if (d === shape.length) expected.push(at);
          else for (let i = 0; i < shape[d]!; i++) visit(d + 1, at + i * stride[d]!);
        };
        visit(0, offset);
        const values = await readStrided({ dtype: "float32", offset, shape, stride }, read);
        expect([...values]).toEqual(expected);
      }),
    );
  });
});

/** A few bytes overwritten, and perhaps a piece cut out or repeated. */
function mutate(
  bytes: Uint8Array,
  overwrites: readonly (readonly [number, number])[],
  cut: readonly [number, number],
): Uint8Array {
  const mutated = Uint8Array.from(bytes);
  for (const [at, value] of overwrites) mutated[at % mutated.length] = value;
  const [from, length] = [cut[0] % mutated.length, cut[1]];
  if (length === 0) return mutated;
  return length < 100
    ? concat(mutated.subarray(0, from), mutated.subarray(from + length))
    : concat(mutated.subarray(0, from), mutated.subarray(from > 50 ? from - 50 : 0));
}

const overwrites = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 4 });
const cuts = fc.tuple(fc.nat(), fc.oneof(fc.constant(0), fc.nat(120)));

describe("damaged files are refused with an SmxcError, or read", () => {
  it.each([
    "state-dict.pt",
    "views.pt",
    "training-legacy.pt",
    "views-legacy.pt",
    "dtypes-legacy.pt",
    "nsr-denoise.safetensors",
  ])("%s", async (file) => {
    const bytes = fixture(file);
    expect(await isSound(bytes)).toBe(true);
    await fc.assert(
      fc.asyncProperty(overwrites, cuts, async (changes, cut) => {
        await isSound(mutate(bytes, changes, cut));
      }),
      { numRuns: 300 },
    );
  });

  /** Damage to the pickle under a checksum that fits it, so that it is the pickle reader that has to notice. */
  it.each(["training.pt", "views.pt", "parameters.pt"])("the pickle of %s", async (file) => {
    const bytes = fixture(file);
    const { entries } = await readDirectory(guardedSource(bytes));
    const contents = entries.map(({ name, headerOffset, size }) => {
      const view = new DataView(bytes.buffer, bytes.byteOffset + headerOffset);
      const start = headerOffset + 30 + view.getUint16(26, true) + view.getUint16(28, true);
      return { name, data: bytes.subarray(start, start + size) };
    });
    expect(await isSound(zip(contents))).toBe(true);
    await fc.assert(
      fc.asyncProperty(overwrites, cuts, async (changes, cut) => {
        const isPickle = (name: string): boolean => name.endsWith("data.pkl");
        await isSound(zip(contents.map((e) => (isPickle(e.name) ? { ...e, data: mutate(e.data, changes, cut) } : e))));
      }),
      { numRuns: 500 },
    );
  });

  it("pickles of random opcodes", async () => {
    const argument = fc.oneof(
      fc.uint8Array({ maxLength: 6 }),
      fc
        .constantFrom(
          "torch._utils\n_rebuild_tensor_v2\n",
          "torch\nFloatStorage\n",
          "collections\nOrderedDict\n",
          "os\nsystem\n",
        )
        .map((s) => new TextEncoder().encode(s)),
    );
    const opcode = fc.constantFrom(...OPCODES.keys(), ...REFUSED_OPCODES.keys(), 0x2e);
    const operation = fc.tuple(opcode, argument).map(([code, rest]) => concat(Uint8Array.of(code), rest));
    await fc.assert(
      fc.asyncProperty(fc.array(operation, { maxLength: 60 }), async (operations) => {
        await isSound(checkpoint(concat(...operations)));
      }),
      { numRuns: 1000 },
    );
  });
});
