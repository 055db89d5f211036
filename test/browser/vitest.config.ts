import { defineConfig } from "vitest/config";
import { builtWorkers } from "../support/built-workers.js";

/** Tests that need a browser or a graphics adapter: Chromium with SwiftShader, its adapter in software. */
export default defineConfig({
  plugins: [builtWorkers()],
  test: {
    dir: "test/browser",
    include: ["**/*.test.ts"],
    testTimeout: 120_000,
    hookTimeout: 60_000,
    pool: "forks",
    isolate: false,
    // Adapters in software compile shaders on one core.
    maxWorkers: 2,
    env: { VK_DRIVER_FILES: "/usr/lib/chromium/vk_swiftshader_icd.json" },
  },
});
