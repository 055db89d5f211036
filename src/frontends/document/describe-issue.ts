/** What the schema finds wrong with a document, in words. */
import type * as z from "zod";
import type { Diagnostic } from "../../base/diagnostics.js";
import { type JsonValue, pointerOf, shortText } from "../../base/json/parse.js";
import { nearest } from "../../base/nearest.js";
import * as errors from "./errors.js";
import { knownFields } from "./known-fields.js";
import { LAYERS } from "./layers/index.js";

export type Issue = z.core.$ZodIssue;
type IssueOf<C extends Issue["code"]> = Extract<Issue, { readonly code: C }>;

/** Where an issue is, and what is there; undefined where nothing is. */
interface Site {
  readonly path: readonly (string | number)[];
  readonly at: JsonValue | undefined;
  readonly document: JsonValue;
}

/** At least one finding for every issue. */
export function describeIssue(issue: Issue, document: JsonValue): readonly Diagnostic[] {
  const path = issue.path.map((step) => (typeof step === "symbol" ? (step.description ?? "") : step));
  const site = { path, at: valueAt(document, path), document };
  if (issue.code === "unrecognized_keys") return unknownFields(issue, site);
  if (site.at === undefined && path.length > 0) return [missing(path)];
  if (issue.code === "invalid_union") return describeUnion(issue, site);
  return [errors.invalidValue(sentence(issue, site.at), pointerOf(path), nearestOf(site.at, [issue]))];
}

function unknownFields({ keys }: IssueOf<"unrecognized_keys">, { path, document }: Site): readonly Diagnostic[] {
  return keys.map((key) =>
    errors.unknownField(key, pointerOf([...path, key]), nearest(key, knownFields(document, path))),
  );
}

function missing(path: Site["path"]): Diagnostic {
  return errors.missingField(String(path.at(-1)), pointerOf(path.slice(0, -1)));
}

function describeUnion(issue: IssueOf<"invalid_union">, { path, at, document }: Site): readonly Diagnostic[] {
  const pointer = pointerOf(path);
  if (path[0] === "layers" && path.length === 3 && path[2] === "op") {
    const kinds = Object.keys(LAYERS);
    return [errors.unknownOp(shortText(at), pointer, nearestText(at, kinds), kinds)];
  }
  const kinds = kindsOf(issue);
  if (kinds !== undefined) {
    return [errors.invalidValue(oneOf(kinds, at), pointer, nearestText(at, kinds.filter(isText)))];
  }
  // The branch that got furthest is the one that was meant.
  const branches = issue.errors.map((branch) =>
    branch.map((inner) => ({ ...inner, path: [...path, ...inner.path] }) as Issue),
  );
  const deepest = Math.max(0, ...branches.flat().map((inner) => inner.path.length));
  const meant = branches.find((branch) => branch.some((inner) => inner.path.length === deepest));
  if (meant && deepest > path.length) return meant.flatMap((inner) => describeIssue(inner, document));
  const rules = new Set(branches.flat().map((inner) => rule(inner)));
  return [errors.invalidValue(found([...rules].join(", or "), at), pointer, nearestOf(at, branches.flat()))];
}

/** Of objects that say their kind by a field, the kinds. */
function kindsOf(issue: IssueOf<"invalid_union">): readonly unknown[] | undefined {
  return "options" in issue && Array.isArray(issue.options) && issue.errors.length === 0 ? issue.options : undefined;
}

function sentence(issue: Issue, at: JsonValue | undefined): string {
  return found(rule(issue), at);
}

function found(rules: string, at: JsonValue | undefined): string {
  return `${rules === "" ? "not allowed here" : rules}, found ${shortText(at)}`;
}

function oneOf(values: readonly unknown[], at: JsonValue | undefined): string {
  return found(`expected one of ${values.map(shortText).join(", ")}`, at);
}

/** The rule that an issue breaks; a row for every code of zod. */
function rule(issue: Issue): string {
  return (RULES[issue.code] as (issue: Issue) => string)(issue);
}

const RULES: { readonly [C in Issue["code"]]: (issue: IssueOf<C>) => string } = {
  invalid_type: ({ expected }) => `expected ${TYPES.get(expected) ?? expected}`,
  invalid_value: ({ values }) =>
    values.length === 1 ? `expected ${shortText(values[0])}` : `expected one of ${values.map(shortText).join(", ")}`,
  invalid_format: ({ message }) => ownMessage(message, "expected another form of text"),
  too_small: ({ origin, minimum, inclusive = true }) =>
    `expected ${COUNTED.get(origin)?.(`at least ${minimum}`) ?? `a number ${inclusive ? ">=" : ">"}${minimum}`}`,
  too_big: ({ origin, maximum, inclusive = true }) =>
    `expected ${COUNTED.get(origin)?.(`at most ${maximum}`) ?? `a number ${inclusive ? "<=" : "<"}${maximum}`}`,
  not_multiple_of: ({ divisor }) => `expected a multiple of ${divisor}`,
  unrecognized_keys: ({ keys }) => `${keys.map(shortText).join(", ")} not known here`,
  invalid_union: ({ errors: branches }) =>
    [...new Set(branches.flat().map((inner) => rule(inner as Issue)))].join(", or ") || "expected another value",
  invalid_key: () => "expected another name of the field",
  invalid_element: () => "expected other items",
  custom: ({ message }) => ownMessage(message, "expected another value"),
};

const TYPES: ReadonlyMap<string, string> = new Map([
  ["int", "integer"],
  ["array", "list"],
  ["tuple", "list"],
  ["record", "object"],
  ["string", "text"],
  ["boolean", "true or false"],
]);

const COUNTED: ReadonlyMap<string, (limit: string) => string> = new Map([
  ["array", (limit: string) => `${limit} in the list`],
  ["string", (limit: string) => `${limit} characters`],
]);

/** A message that the schema gives itself; zod's own begin with "Invalid". */
function ownMessage(message: string, otherwise: string): string {
  return message === "" || /^Invalid\b/.test(message) ? otherwise : message;
}

/** What a text that is none of the allowed ones most likely means. */
function nearestOf(at: JsonValue | undefined, issues: readonly Issue[]): string | undefined {
  const allowed = issues.flatMap((issue) => (issue.code === "invalid_value" ? issue.values : []));
  return nearestText(at, allowed.filter(isText));
}

function nearestText(at: JsonValue | undefined, names: readonly string[]): string | undefined {
  return typeof at === "string" ? nearest(at, names) : undefined;
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}

function valueAt(document: JsonValue, path: readonly (string | number)[]): JsonValue | undefined {
  let value: JsonValue | undefined = document;
  for (const step of path) {
    if (typeof value !== "object" || value === null || !Object.hasOwn(value, step)) return undefined;
    value = (value as { readonly [key: string]: JsonValue })[step];
  }
  return value;
}
