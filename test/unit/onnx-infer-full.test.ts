/** What the full check finds by inference. */
import { describe, expect, it } from "vitest";
import { bytesSource } from "../../src/base/bytes/byte-source.js";
import { checkFile } from "../../src/onnx/check/check-model.js";
import { isFullyValid } from "../../src/onnx/check/finding.js";
import { bytesOf, type Init, ints, value } from "./onnx-infer/models.js";

describe("--full", () => {
  const foreign: Init = {
    opsetImport: [
      { domain: "", version: 17n },
      { domain: "com.example", version: 1n },
    ],
    graph: {
      name: "g",
      input: [value("x", [2])],
      node: [
        { opType: "Mystery", domain: "com.example", input: ["x"], output: ["m"] },
        { opType: "Relu", input: ["m"], output: ["r"] },
        { opType: "Relu", input: ["x"], output: ["y"] },
      ],
      output: [value("y", [3]), value("r", [7])],
    },
  };

  it("keeps what follows from foreign operators unjudged, and doubts what comes after them, as ONNX does", async () => {
    const findings = await checkFile(bytesSource("m", bytesOf(foreign)), { full: true });
    expect(findings.map((f) => `${f.severity} ${f.rule}`)).toEqual([
      "unchecked onnx/node-not-checked",
      "warning onnx/full-dimension",
    ]);
    expect(isFullyValid(findings)).toBe(true);
  });

  it("tells a contradiction once, not again in everything that follows", async () => {
    const findings = await checkFile(
      bytesSource(
        "m",
        bytesOf({
          graph: {
            name: "g",
            input: [value("x", [2, 3]), value("w", [4, 5])],
            node: [
              { opType: "MatMul", name: "wrong", input: ["x", "w"], output: ["a"] },
              { opType: "Relu", input: ["a"], output: ["b"] },
              { opType: "Relu", input: ["b"], output: ["y"] },
            ],
            output: [value("y", [2, 5])],
          },
        }),
      ),
      { full: true },
    );
    expect(findings).toMatchObject([
      {
        rule: "onnx/full-operator",
        place: 'graph.node[0] "wrong"',
        message: "a matrix of 3 columns cannot be multiplied with one of 4 rows",
      },
    ]);
  });

  it("does not judge by constants that it leaves in the file", async () => {
    const count = 5000;
    const bytes = bytesOf({
      graph: {
        name: "g",
        input: [value("x", [2])],
        initializer: [ints("sizes", ...new Array<number>(count).fill(1))],
        node: [{ opType: "Reshape", input: ["x", "sizes"], output: ["y"] }],
        output: [value("y", [2])],
      },
    });
    expect(await checkFile(bytesSource("m", bytes), { full: true })).toEqual([]);
  });
});
