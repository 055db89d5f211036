import type { Place } from "../place.js";
import type { Finding, OfFinding } from "./finding.js";
import { findingOf } from "./finding.js";
import { RULES, type RuleId } from "./rules.js";

/** Findings of one rule, and one severity, that are listed one by one; of further ones only the number is. */
export const MOST_FINDINGS = 100;

/** What is found in a file, in order: bounded, however often a rule is broken. */
export class FindingList {
  private readonly findings: Finding[] = [];
  private readonly counts = new Map<string, Count>();

  add(rule: RuleId, place: Place, message: string, own?: OfFinding): void {
    const key = `${rule} ${own?.severity ?? RULES[rule].severity}`;
    const count = this.counts.get(key) ?? { listed: 0, omitted: 0, last: 0 };
    this.counts.set(key, count);
    if (count.listed === MOST_FINDINGS) {
      count.omitted++;
      return;
    }
    count.listed++;
    count.last = this.findings.length;
    this.findings.push(findingOf(rule, place, message, own));
  }

  /** The findings; the last of a rule that has more says how many. */
  list(): readonly Finding[] {
    const findings = [...this.findings];
    for (const { omitted, last } of this.counts.values()) {
      if (omitted > 0) findings[last] = { ...findings[last]!, omitted };
    }
    return findings;
  }
}

interface Count {
  listed: number;
  omitted: number;
  /** Position of the last that is listed. */
  last: number;
}
