import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/{unit,golden,errors,property,differential,cli}/**/*.test.ts"],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    pool: "forks",
    maxWorkers: 2,
  },
});
