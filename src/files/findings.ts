import { type Diagnostic, error, SmxcError, warning } from "../base/diagnostics.js";

/** Enough for a person to act on; a hostile file could hold millions. */
export const MOST_FINDINGS = 100;

/** Collects what is wrong with a file, so that it is reported together: a hundred findings, the last of which counts the rest. */
export class Findings {
  private readonly found: Diagnostic[] = [];
  private more = 0;

  /** `make` is called only where its result is kept, as places can be costly to work out. */
  add(make: () => Diagnostic): void {
    if (this.found.length < MOST_FINDINGS) this.found.push(make());
    else this.more++;
  }

  get diagnostics(): readonly Diagnostic[] {
    return this.more === 0 ? this.found : [...this.found.slice(0, -1), unlisted(this.more + 1, this.found[0]!)];
  }

  throwIfAny(): void {
    if (this.found.length > 0) throw new SmxcError(this.diagnostics);
  }
}

/** Says how many findings like the given one are not listed. */
function unlisted(count: number, { severity, file }: Diagnostic): Diagnostic {
  const make = severity === "error" ? error : warning;
  return make("weights/more-findings", `there are ${count.toLocaleString("en")} more findings of these kinds`, {
    ...(file === undefined ? {} : { file }),
    hint: "correct the findings above first",
  });
}
