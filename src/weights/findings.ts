import { type Diagnostic, SmxcError } from "../diagnostics.js";

/** Enough for a person to act on; a hostile file could hold millions. */
const MOST_FINDINGS = 100;

/** Collects what is wrong with a file, so that it is reported together; what is past the first hundred is dropped. */
export class Findings {
  private readonly found: Diagnostic[] = [];

  /** `make` is called only where its result is kept, as places can be costly to work out. */
  add(make: () => Diagnostic): void {
    if (this.found.length < MOST_FINDINGS) this.found.push(make());
  }

  get diagnostics(): readonly Diagnostic[] {
    return this.found;
  }

  throwIfAny(): void {
    if (this.found.length > 0) throw new SmxcError(this.found);
  }
}
