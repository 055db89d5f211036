import { defineConfig } from "vitest/config";

/** Tests of the package as npm packs it, installed where nothing of the checkout is in reach. They need the build. */
export default defineConfig({
  test: {
    dir: "test/package",
    include: ["**/*.test.ts"],
    testTimeout: 120_000,
    hookTimeout: 180_000,
    pool: "forks",
    fileParallelism: false,
  },
});
