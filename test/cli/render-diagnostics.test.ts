import { expect, test } from "vitest";
import { createColors } from "../../cli/terminal/colors.js";
import { errorsJson, renderDiagnostic, renderDiagnostics } from "../../cli/terminal/render-diagnostics.js";
import { error, warning } from "../../src/base/diagnostics.js";

const PLAIN = createColors(false);
const DOCUMENT = '{\n\t"layers": [\n    { "name": "b", "op": "mixconv" }\n  ]\n}\n';
const read = (file: string) => (file === "model.json" ? DOCUMENT : undefined);

test("a place in a text is shown with the line before it and a caret under the column", () => {
  const finding = error("document/unknown-operator", 'there is no operator "mixconv"', {
    file: "model.json",
    pointer: "/layers/0/op",
    line: 3,
    column: 26,
    hint: 'did you mean "mix_conv"?',
  });
  expect(renderDiagnostic(finding, PLAIN, read)).toBe(
    [
      'error[document/unknown-operator]: there is no operator "mixconv"',
      "  --> model.json:3:26 (/layers/0/op)",
      '2 |  "layers": [',
      '3 |     { "name": "b", "op": "mixconv" }',
      "  |                          ^",
      '  = did you mean "mix_conv"?',
      "",
    ].join("\n"),
  );
});

test("a place in a binary is named beside the file", () => {
  const finding = warning("safetensors/nan", "the tensor holds NaN", {
    file: "w.safetensors",
    place: "tensor a.weight",
  });
  expect(renderDiagnostic(finding, PLAIN, read)).toBe(
    "warning[safetensors/nan]: the tensor holds NaN\n  --> w.safetensors (tensor a.weight)\n",
  );
});

test("a line past the end of the file shows no frame", () => {
  const finding = error("a/b", "c", { file: "model.json", line: 99, column: 1 });
  expect(renderDiagnostic(finding, PLAIN, read)).toBe("error[a/b]: c\n  --> model.json:99:1\n");
});

test("of a line that fits nothing is left out, wherever the column is", () => {
  const text = `first\n${" ".repeat(80)}x`;
  const rows = renderDiagnostic(error("a/b", "c", { file: "f", line: 2, column: 81 }), PLAIN, () => text).split("\n");
  expect(rows.slice(2, 5)).toEqual(["1 | first", `2 | ${" ".repeat(80)}x`, `  | ${" ".repeat(80)}^`]);
});

test("of a very long line only the part around the column is shown", () => {
  const long = `${"x".repeat(50_000)}!${"y".repeat(50_000)}`;
  const finding = error("a/b", "c", { file: "f", line: 1, column: 50_001 });
  const [, , source = "", caret = ""] = renderDiagnostic(finding, PLAIN, () => long).split("\n");
  expect(source.length).toBeLessThan(120);
  expect(source.charAt(caret.indexOf("^"))).toBe("!");
});

test("names from files cannot steer the terminal", () => {
  const hostile = "\u001b[2J\u0007\u202eevil\nerror[x]: spoofed";
  const finding = error("a/b", `tensor ${hostile}`, { file: hostile, place: hostile, hint: hostile });
  const text = renderDiagnostic(finding, PLAIN, () => undefined);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: their absence is what is tested
  expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202e]/);
  expect(text.trimEnd().split("\n")).toHaveLength(3);
});

test("several errors are all shown, and counted", () => {
  const text = renderDiagnostics([error("a/b", "one"), error("a/c", "two"), warning("a/d", "three")], PLAIN, read);
  expect(text).toBe("error[a/b]: one\n\nerror[a/c]: two\n\nwarning[a/d]: three\n\n2 errors, 1 warning\n");
});

test("colours mark severity only when wanted", () => {
  expect(renderDiagnostic(error("a/b", "c"), createColors(true), read)).toContain("\u001b[31merror[a/b]");
});

test("the JSON form has the fields of the contract, and errors only", () => {
  const json = errorsJson([
    error("a/b", "m", { file: "f", pointer: "/p", line: 1, column: 2, hint: "h" }),
    warning("w/w", "w"),
  ]);
  expect(json).toEqual({
    schemaVersion: 1,
    errors: [{ code: "a/b", message: "m", file: "f", pointer: "/p", line: 1, column: 2, hint: "h" }],
  });
});

test("errors that are equal but for a name are told once, with the names of the others", () => {
  const missing = Array.from({ length: 32 }, (_, n) =>
    error("import/missing", `the tensor "t${n}.weight" is missing`, { file: "a.pt", place: `t${n}.weight`, hint: "h" }),
  );
  const text = renderDiagnostics([...missing, error("a/b", "another")], PLAIN, read);
  expect(text).toBe(`error[import/missing]: the tensor "t0.weight" is missing
  --> a.pt (t0.weight)
  = h
  = 31 more like it: ${[1, 2, 3, 4, 5, 6, 7, 8].map((n) => `"t${n}.weight"`).join(", ")} … and 23 more

error[a/b]: another

33 errors
`);
  expect((errorsJson(missing) as { readonly errors: readonly object[] }).errors).toHaveLength(32);
});

test("a few of a kind are told one by one, and different messages always", () => {
  const three = [1, 2, 3].map((n) => error("a/b", `the tensor "t${n}" is missing`));
  expect(renderDiagnostics(three, PLAIN, read).match(/is missing/g)).toHaveLength(3);
  const sizes = [1, 2, 3, 4, 5].map((n) => error("a/b", `the tensor "t" has ${n} values`));
  expect(renderDiagnostics(sizes, PLAIN, read).match(/has \d values/g)).toHaveLength(5);
});

test("what is too much for people, and for scripts, is counted", () => {
  const many = Array.from({ length: 10_050 }, (_, n) => error("a/b", `value ${n}`));
  const text = renderDiagnostics(many, PLAIN, read);
  expect(text.match(/^error/gm)).toHaveLength(100);
  expect(text).toContain("… and 9950 errors more: list them with --json");
  expect(errorsJson(many)).toMatchObject({ omitted: 50, errors: { length: 10_000 } });
});
