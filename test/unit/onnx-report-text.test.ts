import { describe, expect, it } from "vitest";
import { lineText, type Paint } from "../../src/base/text/lines.js";
import { type Finding, findingOf } from "../../src/onnx/check/finding.js";
import type { FileReport } from "../../src/onnx/check/report/file-report.js";
import { textReport } from "../../src/onnx/check/report/text.js";
import { Place } from "../../src/onnx/place.js";

const place = Place.root("graph").item("node", 3, "conv");
const error = findingOf("onnx/node-operator", place, "is wrong");
const warning = findingOf("onnx/strict-unused-node", place, "is idle");
const unchecked = findingOf("onnx/node-not-checked", place, "is foreign");
const typeError: Finding = findingOf("onnx/full-type", place, "is of two types");

const TAGS = { error: "error", warning: "warning", unchecked: "unchecked", strong: "b", faint: "i" } as const;
const SHOWN: Paint = (style, text) => `<${TAGS[style]}>${text}</>`;

const textOf = (reports: readonly FileReport[], paint?: Paint): string =>
  textReport(reports)
    .map((line) => lineText(line, paint))
    .join("\n");

describe("the report for people", () => {
  it("gives each file a verdict, each finding a line, each rule its remedy once, and the counts", () => {
    const report = textOf([
      { file: "a.onnx", findings: [error, error, warning, unchecked] },
      { file: "b.onnx", findings: [] },
      { file: "c.onnx", findings: [typeError] },
    ]);
    expect(report).toBe(
      `a.onnx: not a valid ONNX model
  error graph.node[3] "conv": is wrong [onnx/node-operator]
    = import the opset version that has it, or use another operator
  error graph.node[3] "conv": is wrong [onnx/node-operator]
  warning graph.node[3] "conv": is idle [onnx/strict-unused-node]
    = remove the node, or connect it
  unchecked graph.node[3] "conv": is foreign [onnx/node-not-checked]
b.onnx: valid
c.onnx: valid for onnx.checker, but with other errors
  error graph.node[3] "conv": is of two types [onnx/full-type]
    = cast the input, or import an opset version that accepts the type
3 files: 3 errors, 1 warning, 1 unchecked`.replace(/ {4}= cast.*\n/, `    = ${typeError.hint}\n`),
    );
  });

  it("names the model where a finding has no place", () => {
    const report = textOf([{ file: "a.onnx", findings: [findingOf("onnx/graph-name", Place.root(""), "has none")] }]);
    expect(report).toContain("  error model: has none [onnx/graph-name]");
  });

  it("paints verdicts and counts by severity, and nothing that is zero", () => {
    expect(textOf([{ file: "a.onnx", findings: [error] }], SHOWN)).toBe(`<b>a.onnx</>: <error>not a valid ONNX model</>
  <error>error</> <b>graph.node[3] "conv"</>: is wrong <i>[onnx/node-operator]</>
    <i>= import the opset version that has it, or use another operator</>
1 file: <error>1 error</>, 0 warnings`);
    expect(textOf([{ file: "a.onnx", findings: [] }], SHOWN)).toBe("<b>a.onnx</>: valid\n1 file: 0 errors, 0 warnings");
  });

  it("tells findings once that are equal but for their names, and lists the places of the others", () => {
    const findings = Array.from({ length: 32 }, (_, n) =>
      findingOf("onnx/node-operator", Place.root("graph").item("node", n, `n${n}`), `the operator "op${n}" is unknown`),
    );
    expect(textOf([{ file: "a.onnx", findings }]).split("\n")).toEqual([
      "a.onnx: not a valid ONNX model",
      '  error graph.node[0] "n0": the operator "op0" is unknown [onnx/node-operator]',
      `    31 more like it: ${[1, 2, 3, 4, 5, 6, 7, 8].map((n) => `graph.node[${n}] "n${n}"`).join(", ")} … and 23 more`,
      `    = ${error.hint}`,
      "1 file: 32 errors, 0 warnings",
    ]);
  });

  it("counts what is too much to tell", () => {
    const findings = Array.from({ length: 130 }, (_, n) => findingOf("onnx/node-operator", place, `is wrong ${n}`));
    const lines = textOf([{ file: "a.onnx", findings }]).split("\n");
    expect(lines).toHaveLength(1 + 100 + 1 + 1 + 1);
    expect(lines.at(-2)).toBe("  … and 30 findings more: list them with --format json");
  });
});
