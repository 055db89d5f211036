/**
 * The one way smxc tells a person what is wrong. Errors are built by one function per error, in the
 * `errors.ts` of the folder that finds them, and rendered in one place, the command line.
 */

export type Severity = "error" | "warning";

/** One finding: what is wrong, where, and what to do about it. */
export interface Diagnostic {
  /** Stable identifier, `area/kebab-case`, e.g. `safetensors/overlap`. Never reused for another meaning. */
  readonly code: string;
  readonly severity: Severity;
  /** One sentence that names the thing and the rule it breaks. */
  readonly message: string;
  /** Name of the file as the user gave it. */
  readonly file?: string;
  /** JSON pointer (RFC 6901) into a JSON document. */
  readonly pointer?: string;
  /** 1-based line and column (in UTF-16 units) of a text document. */
  readonly line?: number;
  readonly column?: number;
  /** Where in a binary: a tensor name, `byte 128`, a node name. */
  readonly place?: string;
  /** What the user can do, as an imperative sentence. */
  readonly hint?: string;
  /** The same for users of the library, where it names options: see `remedy.ts`. What the library gives has it as `hint`. */
  readonly libraryHint?: string;
}

/** `invalid`: the content breaks a rule (exit 1). `io`: a file cannot be read or written (exit 2). `usage`: exit 2. */
export type FailureKind = "invalid" | "io" | "usage";

/** Carries all findings of one step, so that a user can correct them together. */
export class SmxcError extends Error {
  override readonly name = "SmxcError";
  readonly kind: FailureKind;
  readonly diagnostics: readonly Diagnostic[];

  constructor(
    diagnostics: readonly [Diagnostic, ...Diagnostic[]] | readonly Diagnostic[],
    kind: FailureKind = "invalid",
  ) {
    super(diagnostics.map((d) => d.message).join("\n"));
    this.kind = kind;
    this.diagnostics = diagnostics;
  }
}

/** The fields of a diagnostic that say where it is. */
export type Place = Pick<Diagnostic, "file" | "pointer" | "line" | "column" | "place">;

type Hints = Pick<Diagnostic, "hint" | "libraryHint">;

export function error(code: string, message: string, where: Place & Hints = {}): Diagnostic {
  return { code, severity: "error", message, ...where };
}

export function warning(code: string, message: string, where: Place & Hints = {}): Diagnostic {
  return { code, severity: "warning", message, ...where };
}

/** Receives warnings and notes as they arise; the command line prints them to standard error. */
export type Reporter = (diagnostic: Diagnostic) => void;
