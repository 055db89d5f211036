import { expect, it } from "vitest";
import { error } from "../../src/base/diagnostics.js";
import { findingOf } from "../../src/onnx/check/finding.js";
import { githubReport } from "../../src/onnx/check/report/github.js";
import { Place } from "../../src/onnx/place.js";

it("annotates files by GitHub's workflow commands, whose separators are escaped", () => {
  const place = Place.root("graph").item("node", 1, "50 %\n");
  const findings = [findingOf("onnx/graph-topological", place, "x"), findingOf("onnx/node-not-checked", place, "y")];
  const unread = [error("io/not-found", "is not there", { file: "b.onnx" })];
  const { text } = githubReport([{ file: "a:1,2.onnx", findings }], unread);
  expect(text.split("\n")).toEqual([
    expect.stringMatching(
      /^::error file=a%3A1%2C2\.onnx,line=1,title=onnx\/graph-topological::graph\.node\[1\] "50 %25\\n": x%0Asort the nodes/,
    ),
    expect.stringMatching(/^::notice file=a%3A1%2C2\.onnx,line=1,title=onnx\/node-not-checked::/),
    "::error file=b.onnx,line=1,title=io/not-found::is not there",
    "1 file: 1 error, 0 warnings, 1 unchecked",
    "",
  ]);
});

it("shows control characters of names, and ends no line by one", () => {
  const hostile = "x\u001b[2J\u009b1m\u202e\n::error::fake\r\n::stop-commands::y";
  const findings = [{ ...findingOf("onnx/graph-name", Place.root("graph"), hostile), place: hostile }];
  const { text } = githubReport([{ file: hostile, findings }], [error("io/not-found", hostile, { file: hostile })]);
  expect(text).not.toMatch(/[^\P{C}\n]/u);
  expect(
    text
      .split("\n")
      .filter((line) => line.startsWith("::"))
      .map((line) => line.slice(0, 12)),
  ).toEqual(["::error file", "::error file"]);
  expect(text).toContain("file=x\\u001b[2J");
});
