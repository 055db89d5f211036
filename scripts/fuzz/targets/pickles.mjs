/** Checkpoints of PyTorch with random and damaged pickles. */
import { readFileSync } from "node:fs";
import { bytesSource, collect } from "../../../dist/src/base/bytes/byte-source.js";
import { openWeights } from "../../../dist/src/files/open.js";
import { prefixFinder } from "../../../dist/src/frontends/checkpoints/architecture.js";
import { importModel } from "../../../dist/src/frontends/checkpoints/import.js";
import { damaged } from "../damage.mjs";
import { checkpoint, legacy, randomPickle } from "../pickle-files.mjs";
import { refusal } from "../refusal.mjs";

const SAMPLES = [
  "checkpoints/proto4.pt",
  "checkpoints/proto4-legacy.pt",
  "checkpoints/history.pt",
  "weights/training.pt",
  "weights/views-legacy.pt",
].map((name) => new URL(`../../../fixtures/${name}`, import.meta.url));

export const pickles = {
  about: "import of checkpoints with random and damaged pickles",
  ending: ".pt",
  seeds: () => SAMPLES.map((path) => readFileSync(path)),
  generated: 0.6,
  generate(random) {
    const pickle = randomPickle(random);
    const sound = random.chance(0.6) ? pickle : damaged(pickle, random);
    return random.chance(0.7) ? checkpoint(sound) : legacy(sound);
  },
  mutate: damaged,
  mostMs: (bytes) => 2000 * Math.max(1, bytes / 1e6),
  async run(input) {
    const options = { findPrefixes: prefixFinder(undefined), report() {} };
    try {
      const store = await openWeights(bytesSource("fuzz.pt", new Uint8Array(input)), options);
      const imported = importModel(store, { report() {}, config: new Map([["experts", 2]]) });
      await collect(imported.weights);
      return "imported";
    } catch (cause) {
      return refusal(cause);
    }
  },
};
