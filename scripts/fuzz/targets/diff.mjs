/** `smxc diff` of an ONNX file and a changed copy: a graph equals itself, and valid ones are equal both ways. */
import { fileURLToPath } from "node:url";
import { checkModel } from "../../../dist/src/onnx/check/check-model.js";
import { diffModels } from "../../../dist/src/onnx/diff/diff.js";
import { readBeside } from "../../../dist/src/sessions/external-data-node.js";
import { Wrong } from "../findings.mjs";
import { decoded, mutatedOnnx, onnxSeeds } from "../onnx-files.mjs";
import { refusal } from "../refusal.mjs";

/** A folder without external data. */
const NOWHERE = fileURLToPath(new URL("fuzz.onnx", import.meta.url));

export const diff = {
  about: "diff of changed ONNX files, with themselves and with what they were made from",
  ending: ".onnxpair",
  seeds: () => [...onnxSeeds("onnx"), ...onnxSeeds("onnx-exports", /./, 32 * 1024)].map((file) => pairOf(file, file)),
  async mutate(input, random, corpus) {
    const [first, second] = filesOf(input);
    const files = corpus.map((pair) => filesOf(pair)[0]);
    const changed = await mutatedOnnx(random.chance(0.7) ? second : first, random, files);
    return changed && pairOf(random.chance(0.8) ? first : second, changed);
  },
  mostMs: () => 5000,
  async run(input) {
    const [first, second] = filesOf(input);
    try {
      const models = [await decoded(first), await decoded(second)];
      const [a, b] = models.map((model) => ({ model, readExternal: (...range) => readBeside(NOWHERE, ...range) }));
      const [there, back, self] = [await diffModels(a, b, 0), await diffModels(b, a, 0), await diffModels(b, b, 0)];
      // A name that two nodes give may mean either.
      const areValid = (await isValid(models[0])) && (await isValid(models[1]));
      if (areValid && (there.changes.length === 0) !== (back.changes.length === 0))
        throw new Wrong("one way", `${there.changes.length} changes there, ${back.changes.length} back`);
      if (self.changes.length > 0) throw new Wrong("itself", JSON.stringify(self.changes[0]));
      return there.changes.length === 0 ? "equal" : "different";
    } catch (cause) {
      return refusal(cause);
    }
  },
};

async function isValid(model) {
  return (await checkModel(model)).every(({ severity }) => severity !== "error");
}

function pairOf(first, second) {
  const length = Buffer.alloc(4);
  length.writeUInt32LE(first.length);
  return Buffer.concat([length, first, second]);
}

function filesOf(pair) {
  const length = pair.readUInt32LE();
  return [pair.subarray(4, 4 + length), pair.subarray(4 + length)];
}
