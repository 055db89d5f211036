import { type Finding, isValid } from "../finding.js";
import type { FindingSeverity } from "../rule.js";
import { countFindings, type FileReport } from "./file-report.js";

/** Paints words by meaning; the identity where there are no colours. */
export interface Paint {
  severity(severity: FindingSeverity, text: string): string;
  strong(text: string): string;
  faint(text: string): string;
}

export const PLAIN: Paint = { severity: (_, text) => text, strong: (text) => text, faint: (text) => text };

/** A report for people: per file its verdict and findings, then the counts, painted as the worst of them. */
export function textReport(reports: readonly FileReport[], paint: Paint): string {
  const files = reports.map(({ file, findings }) => {
    return [`${paint.strong(file)}: ${verdict(findings, paint)}`, ...findingLines(findings, paint)].join("\n");
  });
  return [...files, countsText(reports, paint)].join("\n");
}

/** `2 files: 1 error, 0 warnings`. */
export function countsText(reports: readonly FileReport[], paint: Paint): string {
  const { error, warning, unchecked } = countFindings(reports);
  const counted = [
    painted(error, plural(error, "error"), "error", paint),
    painted(warning, plural(warning, "warning"), "warning", paint),
    ...(unchecked > 0 ? [paint.severity("unchecked", `${unchecked} unchecked`)] : []),
  ];
  return `${plural(reports.length, "file")}: ${counted.join(", ")}`;
}

function verdict(findings: readonly Finding[], paint: Paint): string {
  if (!isValid(findings)) return paint.severity("error", "not a valid ONNX model");
  return findings.some(({ severity }) => severity === "error")
    ? paint.severity("error", "valid for onnx.checker, with errors all the same")
    : "valid";
}

/** What to do is said once for each rule. */
function findingLines(findings: readonly Finding[], paint: Paint): readonly string[] {
  const told = new Set<string>();
  return findings.flatMap(({ rule, severity, place, message, hint }) => {
    const line = `  ${paint.severity(severity, severity)} ${paint.strong(place || "model")}: ${message} ${paint.faint(`[${rule}]`)}`;
    const isTold = told.has(rule) || severity === "unchecked" || hint === undefined;
    told.add(rule);
    return isTold ? [line] : [line, `    ${paint.faint(`= ${hint}`)}`];
  });
}

function painted(count: number, text: string, severity: FindingSeverity, paint: Paint): string {
  return count === 0 ? text : paint.severity(severity, text);
}

function plural(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? "" : "s"}`;
}
