import { defineConfig } from "vitest/config";

/** Tests that need redis-server or valkey-server. */
export default defineConfig({
  test: {
    dir: "test/fleet",
    include: ["**/*.test.ts"],
    testTimeout: 180_000,
    hookTimeout: 60_000,
    pool: "forks",
    isolate: false,
    maxWorkers: 1,
  },
});
