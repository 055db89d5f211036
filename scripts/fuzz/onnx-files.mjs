/** ONNX files to begin with, and how a file is read, changed and written. */
import { readdirSync, readFileSync, statSync } from "node:fs";
import { bytesSource } from "../../dist/src/base/bytes/byte-source.js";
import { decodeGraph } from "../../dist/src/onnx/decode.js";
import { readModel, toBytes } from "../../dist/src/onnx/front/files.js";
import { damaged } from "./damage.mjs";
import { mutateModel } from "./onnx-mutations.mjs";

const FIXTURES = new URL("../../fixtures/", import.meta.url);

/** Files under a folder of fixtures whose path matches, the small ones. */
export function onnxSeeds(folder, matches = /./, most = 128 * 1024) {
  return readdirSync(new URL(folder, FIXTURES), { recursive: true })
    .filter((path) => path.endsWith(".onnx") && matches.test(path))
    .sort()
    .map((path) => new URL(`${folder}/${path}`, FIXTURES))
    .filter((path) => statSync(path).size <= most)
    .map((path) => readFileSync(path));
}

/** @throws as smxc does, on a file that is none */
export const decoded = (input) => decodeGraph(bytesSource("fuzz.onnx", new Uint8Array(input)));

/** A model with some changes; now and then damaged bytes. */
export async function mutatedOnnx(input, random, corpus) {
  if (random.chance(0.05)) return damaged(input, random);
  try {
    const model = await readModel(new Uint8Array(input));
    const other = random.chance(0.1) ? await readModel(new Uint8Array(random.pick(corpus))) : undefined;
    return Buffer.from(await toBytes(await mutateModel(model, random, other)));
  } catch (cause) {
    // Damaged before, or its changes do not go together.
    if (cause?.name === "SmxcError") return undefined;
    throw cause;
  }
}
