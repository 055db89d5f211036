/** Documents that were sound once: whatever is changed in them, the parser says what is wrong, in words. */
import fc from "fast-check";
import { expect, it } from "vitest";
import { type Diagnostic, SmxcError } from "../../src/base/diagnostics.js";
import { LAYERS } from "../../src/frontends/document/layers/index.js";
import { parseDocument } from "../../src/frontends/document/parse.js";

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

/** A layer of every kind, and what else a document may hold. */
const SOUND: Json = {
  version: 1,
  name: "m",
  weights: { file: "m.safetensors", sha256: "0".repeat(64) },
  image: { range: [0, 1], color: "rgb", scale: 2 },
  context: {
    kind: "patch",
    patch: 32,
    frame: 4,
    stride: 24,
    borderWeight: 0.5,
    wholeBelow: 8,
    region: { from: "x", to: "y" },
  },
  inputs: [{ name: "x", dtype: "float32", shape: ["N", 3, "H", "W"] }],
  layers: Object.values(LAYERS).map(
    ({ example }, index): Json => ({ ...(example as { [key: string]: Json }), name: `l${index}` }),
  ),
  outputs: ["l0"],
};

/** Every way from the top to a value. */
function pathsOf(value: Json, path: readonly (string | number)[] = []): readonly (readonly (string | number)[])[] {
  if (typeof value !== "object" || value === null) return [path];
  const inner = Array.isArray(value)
    ? value.flatMap((item, index) => pathsOf(item, [...path, index]))
    : Object.entries(value).flatMap(([key, item]) => pathsOf(item, [...path, key]));
  return [path, ...inner];
}

const PATHS = pathsOf(SOUND);

const value = fc.oneof(
  fc.jsonValue({ maxDepth: 2 }) as fc.Arbitrary<Json>,
  fc.constantFrom<Json>({}, [], "", 0, -1, 1.5, 1e300, true, null, "relu", "tile", { kind: "tile" }, { op: {} }, [[]]),
);

type Change = (document: Json) => Json;

function changed(document: Json, path: readonly (string | number)[], change: (at: Json) => Json | undefined): Json {
  const [step, ...rest] = path;
  if (step === undefined) return change(document) ?? null;
  if (typeof document !== "object" || document === null) return document;
  const copy = structuredClone(document);
  const inside = copy as { [key: string]: Json };
  if (!Object.hasOwn(inside, step)) return copy;
  const next = rest.length > 0 ? changed(inside[step]!, rest, change) : change(inside[step]!);
  if (next !== undefined) inside[step] = next;
  else if (Array.isArray(copy)) copy.splice(Number(step), 1);
  else delete inside[step];
  return copy;
}

const change: fc.Arbitrary<Change> = fc.constantFrom(...PATHS).chain((path) =>
  fc.oneof(
    value.map(
      (put): Change =>
        (document) =>
          changed(document, path, () => put),
    ),
    fc.constant<Change>((document) => (path.length === 0 ? document : changed(document, path, () => undefined))),
    fc.tuple(fc.string({ minLength: 1, maxLength: 4 }), value).map(
      ([key, put]): Change =>
        (document) =>
          changed(document, path, (at) =>
            typeof at === "object" && at !== null && !Array.isArray(at) ? { ...at, [key]: put } : at,
          ),
    ),
  ),
);

function findingsOf(text: string): readonly Diagnostic[] {
  try {
    parseDocument(text, "m.json");
    return [];
  } catch (cause) {
    if (cause instanceof SmxcError) return cause.diagnostics;
    throw cause;
  }
}

it("every change of a document is sound, or is told with a message and a place", { timeout: 120_000 }, () => {
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 3 }), (changes) => {
      const document = changes.reduce<Json>((so, each) => each(so), SOUND);
      for (const { message, file, line, hint } of findingsOf(JSON.stringify(document))) {
        expect(message).toMatch(/\w{2}/);
        expect(message).not.toMatch(/\bundefined\b|\[object|^, |: $/);
        expect({ file, line: line !== undefined, hint: hint !== undefined }).toEqual({
          file: "m.json",
          line: true,
          hint: true,
        });
      }
    }),
    { numRuns: Number(process.env.SMXC_CASES ?? 150) },
  );
});

it.each<[what: string, document: Json, code: string, pointer: string, message: RegExp]>([
  ["an object for the kind of a layer", { op: {} }, "document/unknown-op", "/layers/0/op", /^an object is not a kind/],
  ["a list for it", { op: [] }, "document/unknown-op", "/layers/0/op", /^an empty list is not a kind/],
  ["a number for it", { op: 3 }, "document/unknown-op", "/layers/0/op", /^3 is not a kind/],
  ["null for it", { op: null }, "document/unknown-op", "/layers/0/op", /^null is not a kind/],
])("%s", (_, layer, code, pointer, message) => {
  const document = { ...(SOUND as object), layers: [{ name: "y", in: "x", ...(layer as object) }], outputs: ["y"] };
  const found = findingsOf(JSON.stringify(document));
  expect(found).toContainEqual(expect.objectContaining({ code, pointer, message: expect.stringMatching(message) }));
});

it("a kind of context that there is not is named, with those that there are", () => {
  const found = findingsOf(JSON.stringify({ ...(SOUND as object), context: { kind: "patches", size: 48 } }));
  expect(found).toContainEqual(
    expect.objectContaining({
      code: "document/invalid-value",
      pointer: "/context/kind",
      message: 'expected one of "patch", "whole", found "patches"',
      hint: 'did you mean "patch"?',
    }),
  );
});
