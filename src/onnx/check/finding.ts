import type { Place } from "../place.js";
import type { FindingSeverity } from "./rule.js";
import { RULES, type RuleId } from "./rules.js";

export interface Finding {
  readonly rule: RuleId;
  readonly severity: FindingSeverity;
  /** One sentence with the names and numbers of this case. */
  readonly message: string;
  /** For example `graph.node[12] "b3.conv" input 1`. */
  readonly place: string;
  readonly hint?: string;
  /** The number of further findings of this rule and severity that are not listed one by one. */
  readonly omitted?: number;
}

/** What one finding has in place of what its rule says of all. */
export type OfFinding = Partial<Pick<Finding, "severity" | "hint">>;

/** A finding with its rule's severity and remedy, but for what it has of its own. */
export function findingOf(rule: RuleId, place: Place, message: string, own: OfFinding = {}): Finding {
  const { severity, remedy } = RULES[rule];
  return { rule, severity, message: shortened(message), place: place.toString(), hint: remedy, ...own };
}

const LONGEST_MESSAGE = 2000;

/** A message that lists what a file holds can be as long as the file. */
function shortened(message: string): string {
  return message.length > LONGEST_MESSAGE ? `${message.slice(0, LONGEST_MESSAGE)}…` : message;
}

/** Whether `onnx.checker.check_model` (without full_check) accepts the model with these findings. */
export function isValid(findings: readonly Finding[]): boolean {
  return !findings.some((finding) => RULES[finding.rule].scope === "official");
}

/** Whether `onnx.checker.check_model(full_check=True)` accepts the model, as far as these findings of `--full` judge. */
export function isFullyValid(findings: readonly Finding[]): boolean {
  return isValid(findings) && !findings.some((f) => RULES[f.rule].scope === "full" && f.severity === "error");
}
