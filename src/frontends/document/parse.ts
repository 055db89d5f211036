import { type Diagnostic, SmxcError } from "../../base/diagnostics.js";
import { type JsonNode, type JsonValue, locate, parseJson, toValue } from "../../base/json/parse.js";
import { describeIssue, type Issue } from "./describe-issue.js";
import { documentSchema, type ModelSpec } from "./document.js";
import * as errors from "./errors.js";
import { checkReferences, outlineOf } from "./references.js";

/** A document that keeps its rules, and the way from its pointers to its text. */
export interface ParsedDocument {
  readonly spec: ModelSpec;
  /** Adds file, line and column to a diagnostic that points into the document. */
  place(diagnostic: Diagnostic): Diagnostic;
}

/**
 * Reads a model document. All errors of the document are reported together, in the order of the text, each with its
 * JSON pointer, line and column. Throws SmxcError.
 */
export function parseDocument(text: string | Uint8Array, file: string): ParsedDocument {
  const root = parseJson(text, file);
  const place = (diagnostic: Diagnostic): Diagnostic =>
    diagnostic.pointer === undefined || diagnostic.file !== undefined
      ? diagnostic
      : { ...diagnostic, file, ...lineOf(diagnostic, root) };
  try {
    return { spec: checkDocument(toValue(root)), place };
  } catch (cause) {
    if (!(cause instanceof SmxcError)) throw cause;
    throw new SmxcError(inTextOrder(cause.diagnostics.map(place)), cause.kind);
  }
}

/** As a person reads the text; what is said of the whole document comes last. */
function inTextOrder(found: readonly Diagnostic[]): readonly Diagnostic[] {
  const lineOrEnd = ({ pointer, line = Number.POSITIVE_INFINITY }: Diagnostic): number =>
    pointer === "" ? Number.POSITIVE_INFINITY : line;
  return found.toSorted((a, b) => lineOrEnd(a) - lineOrEnd(b) || (a.column ?? 0) - (b.column ?? 0));
}

/** Enough for a person to act on; a hostile document could hold millions. */
const MOST_FINDINGS = 100;

/** Checks a document that is already a value. Throws SmxcError whose diagnostics have pointers only. */
export function checkDocument(value: JsonValue): ModelSpec {
  // One document does not repay generating code for it; and pages may forbid that.
  const result = documentSchema.safeParse(value, { jitless: true });
  const found: Diagnostic[] = [];
  for (const diagnostic of findings(result.error?.issues ?? [], value)) {
    if (found.length < MOST_FINDINGS) found.push(diagnostic);
    else throw new SmxcError([...found, errors.tooManyErrors(MOST_FINDINGS)]);
  }
  if (!result.success || found.length > 0) throw new SmxcError(found);
  return result.data;
}

/** What the schema does not allow, then what is wrong with the names, as far as there are names. */
function* findings(issues: readonly Issue[], value: JsonValue): Generator<Diagnostic> {
  for (const issue of issues) yield* describeIssue(issue, value);
  yield* checkReferences(outlineOf(value));
}

function lineOf(diagnostic: Diagnostic, root: JsonNode): Pick<Diagnostic, "line" | "column"> {
  const part = diagnostic.code === "document/unknown-field" ? "key" : "value";
  const { line, column } = locate(root, diagnostic.pointer!, part);
  return { line, column };
}
