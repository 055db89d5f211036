/** Warnings as they arise: the first few of a kind at once, the others counted, and told when the work is done. */
import type { Diagnostic } from "../../src/base/diagnostics.js";
import { kindOf, moreText } from "./render-diagnostics.js";

/** So many warnings of a kind, equal but for a name, are told as they arise. */
const TOLD_AT_ONCE = 3;

interface Told {
  readonly first: Diagnostic;
  count: number;
  /** Those that were not told yet. */
  held: Diagnostic[];
}

export class Warnings {
  private readonly kinds = new Map<string, Told>();

  /** Whether to tell it now; otherwise it is held. */
  tellNow(warning: Diagnostic): boolean {
    const key = kindOf(warning);
    const told = this.kinds.get(key) ?? { first: warning, count: 0, held: [] };
    this.kinds.set(key, told);
    told.count++;
    if (told.count <= TOLD_AT_ONCE) return true;
    told.held.push(warning);
    return false;
  }

  /** Lines that tell what was held since, one for a kind. */
  takeHeld(): readonly string[] {
    const lines: string[] = [];
    for (const told of this.kinds.values()) {
      if (told.held.length === 0) continue;
      lines.push(`${told.first.severity}[${told.first.code}]: ${moreText(told.first, told.held)}`);
      told.held = [];
    }
    return lines;
  }
}
