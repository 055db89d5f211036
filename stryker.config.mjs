/**
 * Mutation testing: npm run mutation [-- --mutate "src/ir/**"]. Minutes for a small folder, hours for all of them, so it is no part of CI.
 *
 * Only tests that run in milliseconds take part; what they miss, random networks and the oracle's cases often catch.
 */
export default {
  testRunner: "vitest",
  vitest: { configFile: "test/mutation.vitest.config.ts" },
  mutate: ["src/{ir,passes,lowerings,onnx}/**/*.ts", "!**/*.generated.ts"],
  coverageAnalysis: "perTest",
  ignoreStatic: true,
  incremental: true,
  incrementalFile: "out/mutation/incremental.json",
  tempDirName: "out/mutation/sandbox",
  concurrency: 2,
  timeoutMS: 20_000,
  reporters: ["clear-text", "progress", "json"],
  jsonReporter: { fileName: "out/mutation/report.json" },
  clearTextReporter: { allowColor: false, logTests: false, reportTests: false },
};
