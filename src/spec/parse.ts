import type * as z from "zod";
import { type Diagnostic, SmxcError } from "../diagnostics.js";
import { type JsonNode, type JsonValue, locate, parseJson, pointerOf, toValue } from "../json/parse.js";
import { LAYERS } from "../layers/index.js";
import { nearest } from "../nearest.js";
import { documentSchema, type ModelSpec } from "./document.js";
import * as errors from "./errors.js";
import { knownFields } from "./known-fields.js";
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

/** What the schema does not allow, then what the names tell, as far as there are names. */
function* findings(issues: readonly Issue[], value: JsonValue): Generator<Diagnostic> {
  for (const issue of issues) yield* describe(issue, value);
  yield* checkReferences(outlineOf(value));
}

function lineOf(diagnostic: Diagnostic, root: JsonNode): Pick<Diagnostic, "line" | "column"> {
  const part = diagnostic.code === "document/unknown-field" ? "key" : "value";
  const { line, column } = locate(root, diagnostic.pointer!, part);
  return { line, column };
}

type Issue = z.core.$ZodIssue;

function describe(issue: Issue, document: JsonValue): readonly Diagnostic[] {
  const path = issue.path.map((step) => (typeof step === "symbol" ? String(step) : step));
  const pointer = pointerOf(path);
  const at = valueAt(document, path);
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) =>
      errors.unknownField(key, pointerOf([...path, key]), nearest(key, knownFields(document, path))),
    );
  }
  if (issue.code === "invalid_union") return describeUnion(issue, path, at, document);
  if ((issue.code === "invalid_type" || issue.code === "invalid_value") && at === undefined) {
    return [errors.missingField(String(path.at(-1)), pointerOf(path.slice(0, -1)))];
  }
  return [errors.invalidValue(sentence(issue.message), pointer, nearestOf(at, [issue]))];
}

function describeUnion(
  issue: Issue & { readonly code: "invalid_union" },
  path: readonly (string | number)[],
  at: JsonValue | undefined,
  document: JsonValue,
): readonly Diagnostic[] {
  const pointer = pointerOf(path);
  if (path[0] === "layers" && path.length === 3 && path[2] === "op") {
    const kinds = Object.keys(LAYERS);
    if (at === undefined) return [errors.missingField("op", pointerOf(path.slice(0, -1)))];
    return [errors.unknownOp(String(at), pointer, nearest(String(at), kinds), kinds)];
  }
  // The branch that got furthest is the one that was meant.
  const branches = issue.errors.map((branch) =>
    branch.map((inner) => ({ ...inner, path: [...path, ...inner.path] }) as Issue),
  );
  const deepest = Math.max(0, ...branches.flat().map((inner) => inner.path.length));
  const meant = branches.find((branch) => branch.some((inner) => inner.path.length === deepest));
  if (meant && deepest > path.length) return meant.flatMap((inner) => describe(inner, document));
  if (at === undefined) return [errors.missingField(String(path.at(-1)), pointerOf(path.slice(0, -1)))];
  const wanted = [...new Set(branches.flat().map((inner) => sentence(inner.message)))];
  return [errors.invalidValue(wanted.join(", or "), pointer, nearestOf(at, branches.flat()))];
}

/** What a text that is none of the allowed ones most likely means. */
function nearestOf(at: JsonValue | undefined, issues: readonly Issue[]): string | undefined {
  if (typeof at !== "string") return undefined;
  const allowed = issues.flatMap((issue) => (issue.code === "invalid_value" ? issue.values : []));
  return nearest(
    at,
    allowed.filter((value) => typeof value === "string"),
  );
}

function sentence(message: string): string {
  return message.replace(/^Invalid input: /, "").replace(/^[A-Z]/, (first) => first.toLowerCase());
}

function valueAt(document: JsonValue, path: readonly (string | number)[]): JsonValue | undefined {
  let value: JsonValue | undefined = document;
  for (const step of path) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, step)) return undefined;
    value = (value as { readonly [key: string]: JsonValue })[step];
  }
  return value;
}
