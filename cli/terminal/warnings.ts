/** Warnings as they arise: the first few of a kind at once, the others counted, and reported when the work is done. */
import type { Diagnostic } from "../../src/base/diagnostics.js";
import { kindOf, moreText } from "./render-diagnostics.js";

/** So many warnings of a kind, equal but for a name, are printed as they arise. */
const PRINTED_AT_ONCE = 3;

interface Kind {
  readonly first: Diagnostic;
  count: number;
  /** Those that were not printed yet. */
  held: Diagnostic[];
}

export class Warnings {
  private readonly kinds = new Map<string, Kind>();

  /** Whether to print it now; otherwise it is held. */
  printsNow(warning: Diagnostic): boolean {
    const key = kindOf(warning);
    const kind = this.kinds.get(key) ?? { first: warning, count: 0, held: [] };
    this.kinds.set(key, kind);
    kind.count++;
    if (kind.count <= PRINTED_AT_ONCE) return true;
    kind.held.push(warning);
    return false;
  }

  /** Lines for what was held since, one for a kind. */
  takeHeld(): readonly string[] {
    const lines: string[] = [];
    for (const kind of this.kinds.values()) {
      if (kind.held.length === 0) continue;
      lines.push(`${kind.first.severity}[${kind.first.code}]: ${moreText(kind.first, kind.held)}`);
      kind.held = [];
    }
    return lines;
  }
}
