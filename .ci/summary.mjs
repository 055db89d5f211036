// Sums vitest's JSON reports up: summary.mjs <report.json>… prints "N passed, N failed" and exits 1 if any failed or none ran.
// A report that is missing, and a test file that could not be run, count as one failure.
import { readFileSync } from "node:fs";

/** @param {string} file @returns {{ passed: number, failed: number }} */
function count(file) {
  try {
    const report = JSON.parse(readFileSync(file, "utf8"));
    const broken = report.testResults.filter(
      ({ status, assertionResults }) =>
        status === "failed" && assertionResults.every((test) => test.status !== "failed"),
    );
    return { passed: report.numPassedTests, failed: report.numFailedTests + broken.length };
  } catch (cause) {
    console.error(`no report: ${cause.message}`);
    return { passed: 0, failed: 1 };
  }
}

const counts = process.argv.slice(2).map(count);
const passed = counts.reduce((sum, report) => sum + report.passed, 0);
const failed = counts.reduce((sum, report) => sum + report.failed, 0);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
