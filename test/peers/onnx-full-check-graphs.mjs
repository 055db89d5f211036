// Writes graphs of every fixture into a folder: every lowering and target, both ends of the operator sets, dynamic and
// fixed sizes. Equal graphs are written once. Usage: node onnx-full-check-graphs.mjs <folder>
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { bytesSource, collect } from "../../dist/src/base/bytes/byte-source.js";
import { compile } from "../../dist/src/compile.js";
import { openWeights } from "../../dist/src/files/open.js";
import { importModel } from "../../dist/src/frontends/checkpoints/import.js";
import { checkDocument } from "../../dist/src/frontends/document/parse.js";
import { LOWERING_NAMES } from "../../dist/src/lowerings/names.js";
import { TARGETS } from "../../dist/src/lowerings/targets.js";
import { encodeModel } from "../../dist/src/onnx/encode.js";

const FIXTURES = fileURLToPath(new URL("../../fixtures/", import.meta.url));
const folder = process.argv[2];
mkdirSync(folder, { recursive: true });

const sizesOf = (inputs) => {
  const [batch, height, width] = [2, 24, 20];
  const fixed = inputs[0].shape.length >= 4 ? { batch, height, width } : { batch };
  return { dynamic: {}, "batch-1": { batch: 1 }, fixed };
};

const read = (path) => openWeights(bytesSource(path, Uint8Array.from(readFileSync(join(FIXTURES, path)))));

async function model(checkpoint, config) {
  const imported = importModel(await read(checkpoint), { config: new Map(Object.entries(config)) });
  const weights = await openWeights(bytesSource("weights", await collect(imported.weights)));
  return { spec: checkDocument(JSON.parse(JSON.stringify(imported.document))), weights };
}

const cases = [
  ...readdirSync(join(FIXTURES, "oracle")).map((name) => [name, `oracle/${name}`, "weights.safetensors", "case.json"]),
  ...readdirSync(join(FIXTURES, "models")).map((name) => [
    `trained-${name}`,
    `models/${name}`,
    "checkpoint.pt",
    "info.json",
  ]),
].filter(([name]) => !name.endsWith(".md"));

const seen = new Set();
for (const [name, path, checkpoint, config] of cases) {
  const { spec, weights } = await model(
    `${path}/${checkpoint}`,
    JSON.parse(readFileSync(join(FIXTURES, path, config), "utf8")),
  );
  for (const lowering of ["auto", ...LOWERING_NAMES]) {
    for (const target of TARGETS) {
      for (const opset of [17, 21]) {
        for (const [label, sizes] of Object.entries(sizesOf(spec.inputs))) {
          const compiled = compile(spec, weights, { lowering, target, opset, exposeBeta: opset === 21, ...sizes });
          const bytes = await collect(encodeModel({ ...compiled.model, metadata_props: [] }).model);
          const hash = createHash("sha256").update(bytes).digest("hex");
          if (seen.has(hash)) continue;
          seen.add(hash);
          writeFileSync(join(folder, `${[name, lowering, target, opset, label].join(".")}.onnx`), bytes);
        }
      }
    }
  }
}
console.log(`${seen.size} graphs`);
