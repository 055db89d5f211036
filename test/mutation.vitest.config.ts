import { defineConfig } from "vitest/config";
import { builtWorkers } from "./support/built-workers.js";

/** The tests that mutation testing runs, again and again: see stryker.config.mjs. */
export default defineConfig({
  plugins: [builtWorkers()],
  test: {
    include: [
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
