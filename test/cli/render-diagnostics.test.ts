import { expect, test } from "vitest";
import { createColors } from "../../cli/colors.js";
import { errorsJson, renderDiagnostic, renderDiagnostics } from "../../cli/render-diagnostics.js";
import { error, warning } from "../../src/diagnostics.js";

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
  const text = errorsJson([
    error("a/b", "m", { file: "f", pointer: "/p", line: 1, column: 2, hint: "h" }),
    warning("w/w", "w"),
  ]);
  expect(JSON.parse(text)).toEqual({
    schemaVersion: 1,
    errors: [{ code: "a/b", message: "m", file: "f", pointer: "/p", line: 1, column: 2, hint: "h" }],
  });
});
