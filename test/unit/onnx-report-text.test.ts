import { describe, expect, it } from "vitest";
import { type Finding, findingOf } from "../../src/onnx/check/finding.js";
import { Place } from "../../src/onnx/check/place.js";
import { type Paint, PLAIN, textReport } from "../../src/onnx/check/report/text.js";

const place = Place.root("graph").item("node", 3, "conv");
const error = findingOf("onnx/node-operator", place, "is wrong");
const warning = findingOf("onnx/strict-unused-node", place, "is idle");
const unchecked = findingOf("onnx/node-not-checked", place, "is foreign");
const typeError: Finding = findingOf("onnx/full-type", place, "is of two types");

const SHOWN: Paint = {
  severity: (severity, text) => `<${severity}>${text}</>`,
  strong: (text) => `<b>${text}</>`,
  faint: (text) => `<i>${text}</>`,
};

describe("the report for people", () => {
  it("gives each file a verdict, each finding a line, each rule its remedy once, and the counts", () => {
    const report = textReport(
      [
        { file: "a.onnx", findings: [error, error, warning, unchecked] },
        { file: "b.onnx", findings: [] },
        { file: "c.onnx", findings: [typeError] },
      ],
      PLAIN,
    );
    expect(report).toBe(
      `a.onnx: not a valid ONNX model
  error graph.node[3] "conv": is wrong [onnx/node-operator]
    = import the opset version that has it, or use another operator
  error graph.node[3] "conv": is wrong [onnx/node-operator]
  warning graph.node[3] "conv": is idle [onnx/strict-unused-node]
    = remove the node, or connect it
  unchecked graph.node[3] "conv": is foreign [onnx/node-not-checked]
b.onnx: valid
c.onnx: valid for onnx.checker, with errors all the same
  error graph.node[3] "conv": is of two types [onnx/full-type]
    = cast the input, or import the opset version that takes the type
3 files: 3 errors, 1 warning, 1 unchecked`.replace(/ {4}= cast.*\n/, `    = ${typeError.hint}\n`),
    );
  });

  it("names the model where a finding has no place", () => {
    const report = textReport(
      [{ file: "a.onnx", findings: [findingOf("onnx/graph-name", Place.root(""), "has none")] }],
      PLAIN,
    );
    expect(report).toContain("  error model: has none [onnx/graph-name]");
  });

  it("paints verdicts and counts by severity, and nothing that is zero", () => {
    expect(
      textReport([{ file: "a.onnx", findings: [error] }], SHOWN),
    ).toBe(`<b>a.onnx</>: <error>not a valid ONNX model</>
  <error>error</> <b>graph.node[3] "conv"</>: is wrong <i>[onnx/node-operator]</>
    <i>= import the opset version that has it, or use another operator</>
1 file: <error>1 error</>, 0 warnings`);
    expect(textReport([{ file: "a.onnx", findings: [] }], SHOWN)).toBe(
      "<b>a.onnx</>: valid\n1 file: 0 errors, 0 warnings",
    );
  });
});
