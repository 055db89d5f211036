import { type Finding, isValid } from "../finding.js";
import type { FindingSeverity } from "../rule.js";

/** What a check found in one file. */
export interface FileReport {
  /** As the user named it. */
  readonly file: string;
  readonly findings: readonly Finding[];
  /** How long the check took. */
  readonly seconds?: number;
}

/** Findings by severity, those that are not listed one by one among them. */
export type Counts = Readonly<Record<FindingSeverity, number>>;

export function countFindings(reports: readonly FileReport[]): Counts {
  const counts = { error: 0, warning: 0, unchecked: 0 };
  for (const { findings } of reports) for (const { severity, omitted = 0 } of findings) counts[severity] += 1 + omitted;
  return counts;
}

/** The document of `--format json`, without its schemaVersion. */
export function jsonReport(reports: readonly FileReport[]): object {
  return {
    files: reports.map(({ file, findings }) => ({
      file,
      valid: isValid(findings),
      findings: findings.map(({ rule, severity, message, place, hint, omitted }) => ({
        rule,
        severity,
        message,
        place,
        ...(hint === undefined ? {} : { hint }),
        ...(omitted === undefined ? {} : { omitted }),
      })),
    })),
  };
}

/** What is said of the findings of a rule that are not listed one by one. */
export function omittedText({ rule, omitted = 0 }: Finding): string {
  return `… and ${omitted} more of ${rule}`;
}
