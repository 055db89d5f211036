/**
 * Import of checkpoints of all architectures, of which tensors are missing, misshapen, renamed, or of hostile sizes. An input is
 * what stands in the file's header, as JSON; numbers follow from places. What is imported must compile.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { bytesSource, collect } from "../../../dist/src/base/bytes/byte-source.js";
import { compile } from "../../../dist/src/compile.js";
import { openWeights } from "../../../dist/src/files/open.js";
import { prefixFinder } from "../../../dist/src/frontends/checkpoints/architecture.js";
import { importModel } from "../../../dist/src/frontends/checkpoints/import.js";
import { parseDocument } from "../../../dist/src/frontends/document/parse.js";
import { encodeModel } from "../../../dist/src/onnx/encode.js";
import { Wrong } from "../findings.mjs";
import { mutatedHeader } from "../header-mutations.mjs";
import { refusal } from "../refusal.mjs";

const FIXTURES = new URL("../../../fixtures/", import.meta.url);
/** Checkpoints of more numbers are imported, but not written. */
const MOST_NUMBERS = 2 ** 20;
/** Numbers of more bytes than a file of a gigabyte holds: readers refuse tensors that are larger than their file. */
const MOST_IN_FILE = 2 ** 28;

export const importers = {
  about: "import of checkpoints with missing, misshapen, renamed and huge tensors, and the compile of what is imported",
  ending: ".json",
  async seeds() {
    const found = [];
    for (const folder of ["oracle", "checkpoints/networks"])
      for (const name of readdirSync(new URL(folder, FIXTURES)).sort()) {
        const header = await headerOf(new URL(`${folder}/${name}/`, FIXTURES), folder === "oracle");
        if (header !== undefined) found.push(Buffer.from(JSON.stringify(header)));
      }
    return found;
  },
  mutate: (input, random, corpus) =>
    Buffer.from(JSON.stringify(mutatedHeader(JSON.parse(input), random, () => JSON.parse(random.pick(corpus))))),
  mostMs: () => 20_000,
  async run(input, stage) {
    const { arch, config, tensors } = JSON.parse(input);
    const numbers = tensors.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
    if (!(numbers <= MOST_IN_FILE)) return "larger than a file";
    stage("import");
    const imported = read(() =>
      importModel(storeOf(tensors), {
        report() {},
        config: new Map(Object.entries(config)),
        ...(arch === undefined ? {} : { arch }),
      }),
    );
    if (typeof imported === "string") return imported;
    if (!(numbers <= MOST_NUMBERS)) return "imported, too large to write";
    stage("writing what was imported");
    try {
      const bytes = await collect(imported.weights);
      stage("compile of what was imported");
      const weights = await openWeights(bytesSource("weights.safetensors", bytes), { report() {} });
      const text = JSON.stringify({ ...imported.document, weights: { file: "weights.safetensors" } });
      const { spec } = parseDocument(text, "model.json");
      const { model } = compile(spec, weights);
      await collect(encodeModel(model).model);
      return `imported ${imported.arch}`;
    } catch (cause) {
      const code = refusal(cause);
      if (code === "import/zero-norm") return code;
      throw new Wrong(`imported, then ${code}`, cause.message);
    }
  },
};

function read(work) {
  try {
    return work();
  } catch (cause) {
    return refusal(cause);
  }
}

async function headerOf(folder, isLayer) {
  const file = ["checkpoint.pth", "weights.safetensors"]
    .map((name) => new URL(name, folder))
    .find((path) => existsSync(path));
  if (file === undefined) return undefined;
  const { family, formula: _, ...config } = JSON.parse(readFileSync(new URL("case.json", folder), "utf8"));
  const source = bytesSource(file.pathname, new Uint8Array(readFileSync(file)));
  const options = { report() {}, findPrefixes: prefixFinder(isLayer ? family : undefined) };
  const { tensors, others } = await openWeights(source, options);
  const all = [...tensors.values(), ...others.values()].map(({ name, dtype, shape }) => ({
    name,
    dtype,
    shape: [...shape],
  }));
  return { ...(isLayer ? { arch: family } : {}), config: isLayer ? config : {}, tensors: all };
}

const FLOATS = new Set(["float32", "float64", "float16", "bfloat16"]);

function storeOf(tensors) {
  const stored = tensors.map(({ name, dtype, shape }) => [
    name,
    { name, dtype, shape, read: async () => numbersOf(shape) },
  ]);
  const isFloat = ([, { dtype }]) => FLOATS.has(dtype);
  const others = stored.filter((entry) => !isFloat(entry));
  return { tensors: new Map(stored.filter(isFloat)), others: new Map(others), metadata: new Map() };
}

const sizeOf = (shape) => shape.reduce((product, size) => product * size, 1);
const numbersOf = (shape) => Float32Array.from({ length: sizeOf(shape) }, (_, at) => Math.sin(at + 1) / 8);
