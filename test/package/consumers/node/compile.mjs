// A program of plain ECMAScript modules: compiles a checkpoint, and runs the graph on WebAssembly.
import { readFile, writeFile } from "node:fs/promises";
import { compile, importCheckpoint, SmxcError, VERSION } from "smxc";
import { load } from "smxc/runtime";

const [checkpoint, output] = process.argv.slice(2);
const { document, weights } = await importCheckpoint(new Uint8Array(await readFile(checkpoint)), {
  config: new Map([["patch", 24]]),
});
const graph = await compile(document, weights);
await writeFile(output, graph);

const network = await load({ graph: await compile(document, weights, { target: "wasm" }) }, { target: "wasm" });
const picture = { width: 12, height: 9, channels: 3, bitDepth: 8, data: new Uint8Array(12 * 9 * 3).fill(128) };
const { image } = await network.restore(picture);
await network.release();

// A network that comes with the package.
const named = await load("nsr-x3", { target: "wasm" });
const { image: larger } = await named.restore(picture);
await named.release();

// onnxruntime-node is optional, and not installed here.
const refused = await load({ graph }, { target: "cpu" }).catch((cause) => cause);
console.log(
  JSON.stringify({
    version: VERSION,
    width: image.width,
    height: image.height,
    named: `${larger.width}x${larger.height}`,
    code: refused instanceof SmxcError ? refused.diagnostics[0].code : String(refused),
  }),
);
