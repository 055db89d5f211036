import { isValid } from "../finding.js";
import type { FindingSeverity } from "../rule.js";
import { RULES } from "../rules.js";
import { countFindings, type FileReport } from "./file-report.js";

/** Paints words by meaning; the identity where there are no colours. */
export interface Paint {
  severity(severity: FindingSeverity, text: string): string;
  strong(text: string): string;
  faint(text: string): string;
}

export const PLAIN: Paint = { severity: (_, text) => text, strong: (text) => text, faint: (text) => text };

/** A report for people: per file its verdict and findings, then the counts. */
export function textReport(reports: readonly FileReport[], paint: Paint): string {
  const files = reports.map(({ file, findings }) => {
    const verdict = isValid(findings) ? "valid" : "not a valid ONNX model";
    const lines = findings.flatMap(({ rule, severity, place, message, hint }) => [
      `  ${paint.severity(severity, severity)} ${paint.strong(place || "model")}: ${message} ${paint.faint(`[${rule}]`)}`,
      ...(severity === "unchecked" ? [] : [`    ${paint.faint(hint ?? RULES[rule].remedy)}`]),
    ]);
    return [`${paint.strong(file)}: ${verdict}`, ...lines].join("\n");
  });
  const { error, warning, unchecked } = countFindings(reports);
  const counted = [
    plural(error, "error"),
    plural(warning, "warning"),
    ...(unchecked > 0 ? [`${unchecked} unchecked`] : []),
  ];
  return [...files, `${plural(reports.length, "file")}: ${counted.join(", ")}`].join("\n");
}

function plural(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? "" : "s"}`;
}
