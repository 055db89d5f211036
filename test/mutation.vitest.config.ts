import { defineConfig } from "vitest/config";
import { builtWorkers } from "./support/built-workers.js";

/** The tests that mutation testing runs, again and again: see stryker.config.mjs. Of a folder, those are enough that are about it: `SMXC_TESTS="test/unit/raise-*.test.ts" npm run mutation -- …`. */
export default defineConfig({
  plugins: [builtWorkers()],
  test: {
    include: process.env.SMXC_TESTS?.split(" ") ?? [
      "test/{unit,golden}/**/*.test.ts",
      "test/errors/{document,onnx-attacks,weights-*}.test.ts",
      "test/differential/context-patch.test.ts",
    ],
    // Reads the sources themselves, which are changed here.
    exclude: ["test/unit/tables.test.ts"],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    pool: "threads",
  },
});
