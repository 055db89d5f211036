import { defineConfig } from "vitest/config";
import { builtWorkers } from "../support/built-workers.js";

/** Tests of the package as npm packs it, installed where nothing of the checkout is in reach. They need the build. */
export default defineConfig({
  plugins: [builtWorkers()],
  test: {
    dir: "test/package",
    include: ["**/*.test.ts"],
    globalSetup: ["test/package/install.ts"],
    testTimeout: 120_000,
    hookTimeout: 180_000,
    pool: "forks",
    isolate: false,
    fileParallelism: false,
  },
});
