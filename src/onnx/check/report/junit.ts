import type { Diagnostic } from "../../../diagnostics.js";
import type { Finding } from "../finding.js";
import type { FileReport } from "./file-report.js";

/**
 * JUnit XML: a suite per file; a failing test per error, a passing one with its text per other finding, and one that
 * could not run per file that could not be read.
 */
export function junitReport(reports: readonly FileReport[], unread: readonly Diagnostic[] = []): string {
  const errors = (findings: readonly Finding[]): number =>
    findings.filter(({ severity }) => severity === "error").length;
  const tests = (findings: readonly Finding[]): number => Math.max(1, findings.length);
  const total = (count: (findings: readonly Finding[]) => number): number =>
    reports.reduce((sum, { findings }) => sum + count(findings), 0);
  const suites = reports.map(({ file, findings }) => {
    const cases = findings.length === 0 ? [passing(file)] : findings.map((finding) => testCase(file, finding));
    return [
      `  <testsuite name="${escaped(file)}" tests="${tests(findings)}" failures="${errors(findings)}" errors="0">`,
      ...cases,
      "  </testsuite>",
    ].join("\n");
  });
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="smxc check" tests="${total(tests) + unread.length}" failures="${total(errors)}" errors="${unread.length}">`,
    ...suites,
    ...unread.map(unreadSuite),
    "</testsuites>",
    "",
  ].join("\n");
}

function unreadSuite({ code, message, file = "", hint = "" }: Diagnostic): string {
  return [
    `  <testsuite name="${escaped(file)}" tests="1" failures="0" errors="1">`,
    `    <testcase classname="${escaped(file)}" name="readable"><error message="${escaped(message)}" type="${escaped(code)}">${escaped(hint)}</error></testcase>`,
    "  </testsuite>",
  ].join("\n");
}

function passing(file: string): string {
  return `    <testcase classname="${escaped(file)}" name="valid"/>`;
}

function testCase(file: string, { rule, severity, place, message, hint = "" }: Finding): string {
  const open = `    <testcase classname="${escaped(file)}" name="${escaped(`${rule} ${place}`.trim())}">`;
  const text = escaped(`${place === "" ? "" : `${place}: `}${message}`);
  const inner =
    severity === "error"
      ? `<failure message="${text}" type="${rule}">${escaped(hint)}</failure>`
      : `<system-out>${severity}: ${text}</system-out>`;
  return `${open}${inner}</testcase>`;
}

const ENTITIES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

/** Text for XML 1.0, in which most control characters have no form at all. */
function escaped(text: string): string {
  return text
    .replace(/[&<>"]/g, (character) => ENTITIES[character]!)
    .replace(/[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu, "\u{fffd}");
}
