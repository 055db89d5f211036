import type { Diagnostic } from "../../../base/diagnostics.js";
import { type Markup, markupBy } from "../../../base/text/markup.js";
import { printable } from "../../../base/text/printable.js";
import type { Finding } from "../finding.js";
import { type FileReport, omittedText } from "./file-report.js";

const ENTITIES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

/** XML 1.0 has no form for most control characters, half pairs and U+FFFE: the first two are shown as in other formats. */
const xml = markupBy((text) =>
  printable(text)
    .replace(/[&<>"]/g, (character) => ENTITIES[character]!)
    .replace(/[^\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu, "\u{fffd}"),
);

/**
 * JUnit XML: a suite per file; a failing test per error, a passing one with its text per other finding, and one that
 * could not run per file that could not be read. A file's time is its first test's, so that the sums are right.
 */
export function junitReport(reports: readonly FileReport[], unread: readonly Diagnostic[] = []): Markup {
  const total = (count: (report: FileReport) => number): number =>
    reports.reduce((sum, report) => sum + count(report), 0);
  return xml`${XML_HEAD}<testsuites name="smxc check" tests="${total(tests) + unread.length}" failures="${total(failures)}" errors="${unread.length}" time="${secondsText(total(({ seconds }) => seconds ?? 0))}">
${reports.map(suite)}${unread.map(unreadSuite)}</testsuites>
`;
}

const XML_HEAD = xml`<?xml version="1.0" encoding="UTF-8"?>
`;

function tests({ findings }: FileReport): number {
  return Math.max(1, findings.length);
}

function failures({ findings }: FileReport): number {
  return findings.filter(({ severity }) => severity === "error").length;
}

function suite(report: FileReport): Markup {
  const { file, findings, seconds = 0 } = report;
  const cases =
    findings.length === 0
      ? [xml`    <testcase classname="${file}" name="valid" time="${secondsText(seconds)}"/>\n`]
      : findings.map((finding, index) => testCase(file, finding, index === 0 ? seconds : 0));
  return xml`  <testsuite name="${file}" tests="${tests(report)}" failures="${failures(report)}" errors="0" time="${secondsText(seconds)}">
${cases}  </testsuite>
`;
}

function testCase(file: string, finding: Finding, seconds: number): Markup {
  const { rule, severity, place, message, hint = "", omitted } = finding;
  const more = omitted === undefined ? "" : ` (${omittedText(finding)})`;
  const text = `${place === "" ? "" : `${place}: `}${message}${more}`;
  const inner =
    severity === "error"
      ? xml`<failure message="${text}" type="${rule}">${hint}</failure>`
      : xml`<system-out>${severity}: ${text}</system-out>`;
  const name = `${rule} ${place}`.trim();
  return xml`    <testcase classname="${file}" name="${name}" time="${secondsText(seconds)}">${inner}</testcase>\n`;
}

function unreadSuite({ code, message, file = "", hint = "" }: Diagnostic): Markup {
  return xml`  <testsuite name="${file}" tests="1" failures="0" errors="1" time="0.000">
    <testcase classname="${file}" name="readable" time="0.000"><error message="${message}" type="${code}">${hint}</error></testcase>
  </testsuite>
`;
}

/** A decimal number without an exponent, as the schema of JUnit's reports has it. */
function secondsText(seconds: number): string {
  return seconds.toFixed(3);
}
