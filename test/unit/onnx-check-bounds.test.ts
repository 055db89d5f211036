import { create } from "@bufbuild/protobuf";
import { type ModelProto, OperatorSetIdProtoSchema } from "onnx-buf";
import { describe, expect, it } from "vitest";
import { linesText } from "../../src/base/text/lines.js";
import { type CheckOptions, checkFile } from "../../src/onnx/check/check-model.js";
import { type Finding, isValid } from "../../src/onnx/check/finding.js";
import { MOST_FINDINGS } from "../../src/onnx/check/finding-list.js";
import { countFindings, jsonReport } from "../../src/onnx/check/report/file-report.js";
import { githubReport } from "../../src/onnx/check/report/github.js";
import { junitReport } from "../../src/onnx/check/report/junit.js";
import { sarifReport } from "../../src/onnx/check/report/sarif.js";
import { textReport } from "../../src/onnx/check/report/text.js";
import { Place } from "../../src/onnx/place.js";
import {
  AttributeType,
  attribute,
  broken,
  FLOAT,
  graphOf,
  INT64,
  localFunction,
  node,
  tensor,
  withFunctions,
} from "../errors/onnx-rules/case.js";
import { value } from "../errors/onnx-rules/target.js";

const call = (name: string, inputs: readonly string[], output: string) =>
  node({ opType: name, domain: "local", input: [...inputs], output: [output] });

const imports = () =>
  [
    { domain: "", version: 17n },
    { domain: "local", version: 1n },
  ].map((each) => create(OperatorSetIdProtoSchema, each));

const body = (name: string, nodes: ReturnType<typeof node>[], input = ["x"]) =>
  localFunction({ name, input, opsetImport: imports(), node: nodes });

const EVERYTHING = { strict: true, full: true, target: "cpu" } as const;

function check(change: (model: ModelProto) => void, options: CheckOptions = EVERYTHING): Promise<readonly Finding[]> {
  return checkFile(broken(change).source, options);
}

describe("findings of one rule", () => {
  const many = 3 * MOST_FINDINGS;
  const files = async () => {
    const findings = await checkFile(
      broken((m) => {
        for (let i = 0; i < many; i++) m.graph!.initializer.push(tensor({ name: `w${i}`, dims: [2n] }));
      }).source,
    );
    return [{ file: "m.onnx", findings }];
  };

  it("are told one by one up to a number, and counted from there", async () => {
    const [report] = await files();
    const { findings } = report!;
    expect(findings).toHaveLength(MOST_FINDINGS);
    expect(findings.slice(0, -1).every(({ omitted }) => omitted === undefined)).toBe(true);
    expect(findings.at(-1)).toMatchObject({ rule: "onnx/tensor-field-short", omitted: many - MOST_FINDINGS });
    expect(isValid(findings)).toBe(false);
    expect(countFindings([report!])).toEqual({ error: many, warning: 0, unchecked: 0 });
  });

  it("are counted in every format", async () => {
    const reports = await files();
    const words = `… and ${many - MOST_FINDINGS} more of onnx/tensor-field-short`;
    expect(linesText(textReport(reports))).toContain(`  error ${words}\n1 file: ${many} errors, 0 warnings`);
    expect(junitReport(reports).text).toContain(words);
    expect(githubReport(reports).text).toContain(words);
    const json = JSON.stringify(jsonReport(reports));
    expect(json.match(/"omitted":200/g)).toHaveLength(1);
    const sarif = JSON.stringify(sarifReport(reports));
    expect(sarif.match(/"properties":\{"omitted":200\}/g)).toHaveLength(1);
  });

  it("are counted by severity and rule, each for itself", async () => {
    const found = await check((m) => {
      for (let i = 0; i < many; i++) m.graph!.initializer.push(tensor({ name: `w${i}`, floatData: [Number.NaN] }));
    });
    expect(found.filter(({ omitted }) => omitted !== undefined)).toMatchObject([
      { rule: "onnx/strict-unused-initializer", omitted: many - MOST_FINDINGS },
      { rule: "onnx/strict-not-finite", omitted: many - MOST_FINDINGS },
    ]);
  });

  it("have messages and places that do not grow with the file", async () => {
    const found = await checkFile(
      broken((m) => void m.graph!.initializer.push(tensor({ dims: new Array<bigint>(100_000).fill(-1n) }))).source,
    );
    expect(found.every(({ message }) => message.length < 3000)).toBe(true);
    let place = Place.root("graph");
    for (let i = 0; i < 500; i++) place = place.item("node", i, "n".repeat(1000));
    expect(place.toString().length).toBeLessThan(10_000);
    expect(place.toString()).toMatch(/^graph\.node\[0\] .* … .*\.node\[499\] "n+…"$/);
  });
});

describe("functions inside functions", () => {
  const depth = 1000;
  const chain = (m: ModelProto, times: number): void => {
    const made = Array.from({ length: depth }, (_, i) =>
      body(
        `f${i}`,
        Array.from({ length: times }, (_, k) => {
          const [from, to] = [k === 0 ? "x" : `v${k}`, k === times - 1 ? "y" : `v${k + 1}`];
          return i === depth - 1
            ? node({ opType: "Relu", input: [from!], output: [to!] })
            : call(`f${i + 1}`, [from!], to!);
        }),
      ),
    );
    withFunctions(m, ...made);
    m.graph!.node[0]!.opType = "f0";
  };

  it.each([1, 2, 5])(
    "called %i times each are followed as deep as the checker allows, where it does not look",
    async (times) => {
      const found = await check((m) => {
        m.irVersion = 7n;
        chain(m, times);
      });
      expect(found).toMatchObject([{ rule: "onnx/full-not-followed", severity: "unchecked" }]);
      expect(found[0]!.message).toContain("is inside 100 calls");
    },
  );

  it("are refused for their depth where the checker looks", async () => {
    const found = await check((m) => chain(m, 2));
    expect(found.map(({ rule }) => rule)).toContain("onnx/function-depth");
  });

  it("that call themselves are not followed either", async () => {
    const found = await check((m) => {
      m.irVersion = 7n;
      withFunctions(m, body("f", [call("f", ["x"], "y")]));
    });
    expect(found.map(({ rule, severity }) => `${severity} ${rule}`)).toEqual(["unchecked onnx/full-not-followed"]);
  });

  it("in branches inside branches are followed until there are too many of both", async () => {
    const nested = (
      levels: number,
      output: string,
      innermost: (output: string) => ReturnType<typeof node>,
    ): ReturnType<typeof node> => {
      if (levels === 0) return innermost(output);
      const branch = (name: string, inner: number) =>
        attribute({
          name,
          type: AttributeType.GRAPH,
          g: graphOf({
            name,
            node: [nested(inner, `${output}.${name}`, innermost)],
            output: [value(`${output}.${name}`, FLOAT, "N")],
          }),
        });
      return node({
        opType: "If",
        input: ["c"],
        output: [output],
        attribute: [branch("then_branch", levels - 1), branch("else_branch", 0)],
      });
    };
    const found = await check((m) => {
      const functions = Array.from({ length: 60 }, (_, i) =>
        body(
          `f${i}`,
          [
            nested(20, "y", (output) =>
              i === 59
                ? node({ opType: "Relu", input: ["x"], output: [output] })
                : call(`f${i + 1}`, ["x", "c"], output),
            ),
          ],
          ["x", "c"],
        ),
      );
      withFunctions(m, ...functions);
      m.graph!.input.push(value("c", 9));
      m.graph!.node[0] = call("f0", ["x", "c"], "y");
    });
    expect(found.filter(({ severity }) => severity !== "unchecked")).toEqual([]);
    expect(found.map(({ rule }) => rule)).toEqual(["onnx/full-not-followed"]);
    expect(found[0]!.message).toContain("is inside 200 graphs and calls");
  });

  it("that were followed for the same types are not followed again, and give the same", async () => {
    const found = await check(
      (m) => {
        const functions = Array.from({ length: 60 }, (_, i) =>
          body(`f${i}`, [
            i === 59 ? node({ opType: "Flatten", input: ["x"], output: ["v"] }) : call(`f${i + 1}`, ["x"], "v"),
            i === 59 ? node({ opType: "Relu", input: ["v"], output: ["y"] }) : call(`f${i + 1}`, ["v"], "y"),
          ]),
        );
        withFunctions(m, ...functions);
        m.graph!.node[0]!.opType = "f0";
        m.graph!.input = [value("x", FLOAT, 2, 3, 4)];
        m.graph!.output = [value("y", FLOAT, 2, 11)];
      },
      { full: true },
    );
    expect(found).toMatchObject([{ rule: "onnx/full-dimension", severity: "error" }]);
    expect(found[0]!.message).toContain("[2, 12]");
  });
});

it("names the type of a constant by its number where ONNX has none", async () => {
  const found = await check(
    (m) => {
      m.graph!.initializer.push(tensor({ name: "shape", dataType: 99, floatData: [], rawData: new Uint8Array(8) }));
      m.graph!.node[0] = node({ opType: "Reshape", input: ["x", "shape"], output: ["y"] });
    },
    { full: true },
  );
  expect(found.map(({ message }) => message)).toContain("a constant of type INT64 was expected, not 99");
});

describe("wide nodes and shapes", () => {
  it("are checked without a defect: 150,000 inputs and outputs", async () => {
    const names = Array.from({ length: 150_000 }, () => "x");
    const summed = await check((m) => {
      m.graph!.node[0] = node({ opType: "Sum", input: names, output: ["y"] });
    });
    expect(summed).toEqual([]);
    const split = node({
      opType: "Split",
      input: ["x"],
      output: names.map((_, i) => (i === 0 ? "y" : `o${i}`)),
      attribute: [{ name: "axis", type: AttributeType.INT, i: 0n }],
    });
    const cut = await check((m) => {
      m.graph!.node[0] = split;
      m.graph!.output = [value("y", FLOAT, "M")];
    });
    expect(cut.filter(({ severity }) => severity === "error")).toEqual([]);
  });

  it("are not followed beyond what tensors have: 500 dimensions more with each of 300 nodes", async () => {
    const found = await check((m) => {
      m.graph!.initializer.push(
        tensor({
          name: "axes",
          dataType: INT64,
          dims: [500n],
          floatData: [],
          int64Data: Array.from({ length: 500 }, (_, i) => BigInt(i)),
        }),
      );
      m.graph!.node = Array.from({ length: 300 }, (_, i) =>
        node({
          opType: "Unsqueeze",
          input: [i === 0 ? "x" : `v${i}`, "axes"],
          output: [i === 299 ? "y" : `v${i + 1}`],
        }),
      );
      m.graph!.output = [value("y", FLOAT, "M")];
    });
    expect(found).toEqual([]);
  });
});
