import type { Place } from "../place.js";
import type { Report } from "./context.js";
import type { RuleId } from "./rules.js";

interface Group {
  readonly rule: RuleId;
  readonly place: Place;
  readonly message: string;
  count: number;
}

/** Findings that say the same of many places, reported once and counted. */
export class Groups {
  private readonly groups = new Map<string, Group>();

  add(rule: RuleId, place: Place, message: string, kind = message): void {
    const key = `${rule} ${kind}`;
    const group = this.groups.get(key);
    if (group === undefined) this.groups.set(key, { rule, place, message, count: 1 });
    else group.count++;
  }

  reportTo(report: Report): void {
    for (const { rule, place, message, count } of this.groups.values()) {
      const others = count === 1 ? "" : `; ${count - 1} more like it`;
      report(rule, place, `${message}${others}`);
    }
  }
}
