// Sums vitest's JSON reports up: summary.mjs <report.json>… says which tests failed and why, since in a long output they are hard to
// find and its beginning may be lost, prints "N passed, N failed" as the last line, and exits 1 if any failed or none ran.
// A report that is missing, and a test file that could not be run, count as one failure.
import { readFileSync } from "node:fs";
import { relative } from "node:path";

/** So much is said of one failure. */
const MESSAGE_CHARACTERS = 1500;

/** @param {{ assertionResults: { status: string }[] }} file */
const failuresIn = (file) => file.assertionResults.filter(({ status }) => status === "failed");

/** @param {string} report @returns {{ passed: number, failures: string[] }} */
function read(report) {
  try {
    const { numPassedTests, testResults } = JSON.parse(readFileSync(report, "utf8"));
    const failures = testResults.flatMap((file) => {
      const name = relative(process.cwd(), file.name);
      const failed = failuresIn(file);
      if (file.status === "failed" && failed.length === 0) return [`${name}\n${file.message}`];
      return failed.map((test) => `${name} > ${test.fullName}\n${test.failureMessages.join("\n")}`);
    });
    return { passed: numPassedTests, failures };
  } catch (cause) {
    return { passed: 0, failures: [`no report ${report}: ${cause.message}`] };
  }
}

const reports = process.argv.slice(2).map(read);
const passed = reports.reduce((sum, report) => sum + report.passed, 0);
const failures = reports.flatMap((report) => report.failures);
for (const failure of failures) console.log(`failed: ${failure.slice(0, MESSAGE_CHARACTERS)}\n`);
console.log(`${passed} passed, ${failures.length} failed`);
process.exitCode = failures.length === 0 && passed > 0 ? 0 : 1;
