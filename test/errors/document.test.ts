/** Broken documents: each error with its code, its pointer, its place in the text and its remedy. */
import { describe, expect, it } from "vitest";
import { type Diagnostic, SmxcError } from "../../src/base/diagnostics.js";
import { compile } from "../../src/compile.js";
import { parseDocument } from "../../src/frontends/document/parse.js";
import {
  CONV_A,
  document,
  MARK,
  NO_JSON,
  REFERENCES,
  type Row,
  SCHEMA,
  SHAPES,
  store,
  WEIGHTS,
} from "./document/rows.js";

function refused(row: Row, act: (text: string) => void): void {
  const places = placesOf(row.text);
  const expected = row.errors.map((error, index) => ({ ...error, ...(places[index] ?? places.at(-1)!) }));
  const found = diagnosticsOf(() => act(row.text.replaceAll(MARK, "")));
  const inOrder = found.toSorted((a, b) => a.line! - b.line! || a.column! - b.column!);
  const brief = inOrder.map(({ code, pointer, line, column }) => ({
    code,
    ...(pointer === undefined ? {} : { pointer }),
    line,
    column,
  }));
  expect(brief).toEqual(
    expected.map(({ code, pointer, line, column }, index) => {
      const told = pointer ?? brief[index]?.pointer;
      return { code, ...(told === undefined ? {} : { pointer: told }), line, column };
    }),
  );
  for (const [index, { message, hint }] of expected.entries()) {
    const diagnostic = inOrder[index]!;
    expect(diagnostic.file).toBe("model.json");
    expect(diagnostic.severity).toBe("error");
    if (message) expect(diagnostic.message).toMatch(message);
    if (hint) expect(diagnostic.hint).toMatch(hint);
  }
}

/** Line and column of every mark, both from 1. */
function placesOf(text: string): readonly { readonly line: number; readonly column: number }[] {
  const pieces = text.split(MARK).slice(0, -1);
  return pieces.map((_, index) => {
    const before = pieces.slice(0, index + 1).join("");
    const lines = before.split("\n");
    return { line: lines.length, column: lines.at(-1)!.length + 1 };
  });
}

function diagnosticsOf(act: () => void): readonly Diagnostic[] {
  try {
    act();
  } catch (cause) {
    if (cause instanceof SmxcError) return cause.diagnostics;
    throw cause;
  }
  throw new Error("not refused");
}

describe.each([
  ["a text that is no document", NO_JSON],
  ["a document that breaks the schema", SCHEMA],
  ["references that lead nowhere", REFERENCES],
])("%s", (_, rows) => {
  it.each(rows)("$what", (row) => {
    refused(row, (text) => parseDocument(text, "model.json"));
  });
});

describe("a document that does not fit its weights", () => {
  it.each(SHAPES)("$what", (row) => {
    refused(row, (text) => {
      const { spec, place } = parseDocument(text, "model.json");
      try {
        compile(spec, WEIGHTS);
      } catch (cause) {
        throw cause instanceof SmxcError ? new SmxcError(cause.diagnostics.map(place)) : cause;
      }
    });
  });

  it("15 unused weight is a warning", () => {
    const { spec } = parseDocument(document({ layers: CONV_A, outputs: '"a"' }), "model.json");
    const warnings: Diagnostic[] = [];
    compile(spec, WEIGHTS, { report: (warning) => warnings.push(warning) });
    expect(warnings).toMatchObject([{ code: "weights/unused-tensor", severity: "warning", place: "spare.weight" }]);
  });
});

it("reports all errors of a document at once, whatever their kind", () => {
  refused(
    {
      what: "",
      text: document({
        more: `\n  ${MARK}"colour": "rgb",`,
        layers: `{"name":"a","op":"conv","in":${MARK}"z","out":${MARK}-1,"kernel":3},\n    {"name":"b","op":${MARK}"rleu","in":${MARK}"zz"},\n    {"name":${MARK}"b","op":"relu","in":"a"}`,
        outputs: `"b", ${MARK}"c", ${MARK}5`,
      }),
      errors: [
        { code: "document/unknown-field", pointer: "/colour" },
        { code: "document/dangling-reference", pointer: "/layers/0/in" },
        { code: "document/invalid-value", pointer: "/layers/0/out" },
        { code: "document/unknown-op", pointer: "/layers/1/op" },
        { code: "document/dangling-reference", pointer: "/layers/1/in" },
        { code: "document/duplicate-name", pointer: "/layers/2/name" },
        { code: "document/dangling-reference", pointer: "/outputs/1" },
        { code: "document/invalid-value", pointer: "/outputs/2" },
      ],
    },
    (text) => parseDocument(text, "model.json"),
  );
});

describe("a document of twenty thousand layers", () => {
  const names = Array.from({ length: 20_000 }, (_, i) => `l${i}`);

  const found = (layer: (name: string, i: number) => object): readonly Diagnostic[] => {
    const inputs = [{ name: "x", shape: ["N", 3, "H", "W"] }];
    const spec = { version: 1, name: "test", inputs, layers: names.map(layer), outputs: ["l0"] };
    return diagnosticsOf(() => parseDocument(JSON.stringify(spec), "model.json"));
  };

  it.each([
    [
      "in the wrong order",
      (name: string, i: number) => ({ name, op: "relu", in: names[i + 1] ?? "x" }),
      "document/defined-later",
    ],
    ["of no kind", (name: string) => ({ name, op: name, in: "x" }), "document/unknown-op"],
  ])("%s: the first hundred errors are told", (_, layer, code) => {
    const diagnostics = found(layer);
    expect(diagnostics).toHaveLength(101);
    expect(diagnostics[0]).toMatchObject({ code });
    expect(diagnostics[100]).toMatchObject({ code: "document/too-many-errors" });
  });

  it("in one circle: it is told once, in short", () => {
    expect(found((name, i) => ({ name, op: "relu", in: names[(i + 1) % names.length] }))).toEqual([
      expect.objectContaining({
        code: "document/cycle",
        message: expect.stringMatching(/l0 → l1 → .*19991 more.* → l0$/),
      }),
    ]);
  });
});

it("takes bytes as well as text, and refuses those that are not UTF-8", () => {
  const bytes = new TextEncoder().encode(document({}));
  expect(parseDocument(bytes, "model.json").spec.name).toBe("test");
  bytes[bytes.indexOf(0x74)] = 0xff;
  expect(diagnosticsOf(() => parseDocument(bytes, "model.json"))).toMatchObject([
    { code: "json/invalid-utf8", line: 2 },
  ]);
});

describe("5 names that JavaScript gives objects", () => {
  it.each(["__proto__", "constructor", "toString", "hasOwnProperty"])(
    "%s is a layer and a tensor like any other",
    async (name) => {
      const layers = `{"name":"${name}","op":"conv","in":"x","out":4,"kernel":3,"weights":{"weight":"${name}","bias":"${name}.prototype"}}`;
      const { spec } = parseDocument(document({ layers, outputs: `"${name}"` }), "model.json");
      const weights = store(JSON.parse(`{"${name}":[4,3,3,3],"${name}.prototype":[4]}`));
      const { model } = compile(spec, weights);
      expect(model.graph.node.at(-1)).toMatchObject({ name, input: ["x", `${name}.tensor`, `${name}.prototype`] });
      expect(model.graph.output).toMatchObject([{ name }]);
      expect(Object.prototype).not.toHaveProperty("name");
    },
  );

  it("and their fields are unknown", () => {
    refused(
      {
        what: "",
        text: document({
          layers: `{"name":"y","op":"relu","in":"x",${MARK}"__proto__":{"op":"tanh"},${MARK}"constructor":1}`,
        }),
        errors: [
          { code: "document/unknown-field", pointer: "/layers/0/__proto__" },
          { code: "document/unknown-field", pointer: "/layers/0/constructor" },
        ],
      },
      (text) => parseDocument(text, "model.json"),
    );
  });
});
