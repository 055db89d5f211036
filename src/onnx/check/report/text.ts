import { gatherAlike, listText, withoutNames } from "../../../base/text/alike.js";
import { type Line, type Lines, type Span, styled } from "../../../base/text/lines.js";
import { type Finding, isValid } from "../finding.js";
import type { FindingSeverity } from "../rule.js";
import { countFindings, type FileReport, omittedText } from "./file-report.js";

/** Of a file, so many kinds of findings are shown; the other formats have all. */
const MOST_KINDS = 100;

/** A report for people: per file its verdict and findings, then the counts, each styled as the worst of them. */
export function textReport(reports: readonly FileReport[]): Lines {
  const files = reports.flatMap(({ file, findings }): Lines => {
    return [[styled("strong", file), ": ", verdict(findings)], ...findingLines(findings)];
  });
  return [...files, countsLine(reports)];
}

/** `2 files: 1 error, 0 warnings`. */
export function countsLine(reports: readonly FileReport[]): readonly Span[] {
  const { error, warning, unchecked } = countFindings(reports);
  return [
    `${plural(reports.length, "file")}: `,
    counted(error, "error", plural(error, "error")),
    ", ",
    counted(warning, "warning", plural(warning, "warning")),
    ...(unchecked > 0 ? [", ", styled("unchecked", `${unchecked} unchecked`)] : []),
  ];
}

function verdict(findings: readonly Finding[]): Span {
  if (!isValid(findings)) return styled("error", "not a valid ONNX model");
  return findings.some(({ severity }) => severity === "error")
    ? styled("error", "valid for onnx.checker, but with other errors")
    : "valid";
}

/** What to do is written once; findings that are equal but for their names are shown once. */
function findingLines(findings: readonly Finding[]): Lines {
  const reported = new Set<string>();
  const kinds = gatherAlike(findings, ({ rule, severity, message, hint }) =>
    JSON.stringify([severity, rule, withoutNames(message), hint]),
  );
  const lines = kinds.slice(0, MOST_KINDS).flatMap(({ first, others }): Lines => {
    const { rule, severity, place, message, hint } = first;
    const line: Line = [
      "  ",
      styled(severity, severity),
      " ",
      styled("strong", place || "model"),
      `: ${message} `,
      styled("faint", `[${rule}]`),
    ];
    const remedy = `${rule} ${hint}`;
    const isReported = reported.has(remedy) || severity === "unchecked" || hint === undefined;
    reported.add(remedy);
    const more = others.length === 0 ? [] : [`    ${others.length} more like it: ${listText(others.map(placeOf))}`];
    const omitted = [first, ...others]
      .filter((finding) => finding.omitted !== undefined)
      .map((finding): Line => ["  ", styled(severity, severity), ` ${omittedText(finding)}`]);
    return [line, ...more, ...(isReported ? [] : [["    ", styled("faint", `= ${hint}`)]]), ...omitted];
  });
  const left = kinds.slice(MOST_KINDS).reduce((sum, { others }) => sum + 1 + others.length, 0);
  return left === 0 ? lines : [...lines, `  … and ${plural(left, "finding")} more: list them with --format json`];
}

const placeOf = ({ place }: Finding): string => place || "model";

function counted(count: number, severity: FindingSeverity, text: string): Span {
  return count === 0 ? text : styled(severity, text);
}

function plural(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? "" : "s"}`;
}
