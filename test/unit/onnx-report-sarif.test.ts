import { readFileSync } from "node:fs";
import { Ajv } from "ajv";
import { describe, expect, it } from "vitest";
import { error } from "../../src/base/diagnostics.js";
import { type Finding, findingOf } from "../../src/onnx/check/finding.js";
import type { FileReport } from "../../src/onnx/check/report/file-report.js";
import { sarifReport } from "../../src/onnx/check/report/sarif.js";
import { RULES, type RuleId } from "../../src/onnx/check/rules.js";
import { Place } from "../../src/onnx/place.js";

const SCHEMA = JSON.parse(
  readFileSync(new URL("../../fixtures/sarif/sarif-schema-2.1.0.json", import.meta.url), "utf8"),
);

const isUri = (text: string, base?: string) => {
  try {
    return /^[!#-;=?-[\]_a-z~%]*$/i.test(text) && new URL(text, base) !== null;
  } catch {
    return false;
  }
};

/**
 * The schema is of draft-04; it uses nothing that later drafts read otherwise but the name of its id. Of its patterns,
 * one is none in Unicode mode.
 */
function validator() {
  const { $schema: _, id, ...schema } = SCHEMA;
  const ajv = new Ajv({ strict: false, allErrors: true, unicodeRegExp: false });
  ajv.addFormat("uri", { type: "string", validate: (text: string) => isUri(text) });
  ajv.addFormat("uri-reference", { type: "string", validate: (text: string) => isUri(text, "https://example.org/") });
  ajv.addFormat("date-time", { type: "string", validate: (text: string) => !Number.isNaN(Date.parse(text)) });
  return ajv.compile({ $id: id, ...schema });
}

interface Sarif {
  readonly runs: readonly [
    {
      readonly tool: { readonly driver: { readonly rules: readonly { readonly id: string }[] } };
      readonly results: readonly {
        readonly ruleId: string;
        readonly ruleIndex: number;
        readonly level: string;
        readonly message: { readonly text: string };
        readonly partialFingerprints: { readonly primaryLocationLineHash: string };
        readonly locations: readonly [
          {
            readonly physicalLocation: { readonly artifactLocation: { readonly uri: string }; readonly region: object };
            readonly logicalLocations?: readonly [{ readonly fullyQualifiedName: string }];
          },
        ];
      }[];
    },
  ];
}

const sarif = (...reports: readonly FileReport[]) => sarifReport(reports) as Sarif;

const everyRule: readonly Finding[] = (Object.keys(RULES) as RuleId[]).flatMap((rule) => [
  findingOf(rule, Place.root("graph").item("node", 3, 'a "quoted"\u0007 name').position("input", 1), "is wrong"),
  findingOf(rule, Place.root(""), ""),
]);

describe("SARIF", () => {
  const validate = validator();
  const problems = (document: object) => (validate(document) ? [] : validate.errors);

  it("is valid for findings of every rule, and for none", () => {
    expect(problems(sarif({ file: "models/a.onnx", findings: everyRule }))).toEqual([]);
    expect(problems(sarif({ file: "a.onnx", findings: [] }))).toEqual([]);
    expect(problems(sarif())).toEqual([]);
  });

  it("is valid, and says that it failed, where files could not be read", () => {
    const unread = [
      error("io/not-found", "there is no such file", { file: "./a b.onnx" }),
      error("io/system", "broken"),
    ];
    const document = sarifReport([], unread) as {
      readonly runs: readonly [{ readonly invocations: readonly object[] }];
    };
    expect(problems(document)).toEqual([]);
    expect(document.runs[0].invocations[0]).toMatchObject({
      executionSuccessful: false,
      toolExecutionNotifications: [{ message: { text: "there is no such file" } }, {}],
    });
  });

  it("has a fingerprint of its own for each place, without which GitHub takes the findings of a rule for one", () => {
    const at = (n: number) => findingOf("onnx/graph-topological", Place.root("graph").item("node", n, ""), "is wrong");
    const { results } = sarif({ file: "a.onnx", findings: [at(1), at(2), at(1)] }).runs[0];
    const [a, b, c] = results.map((result) => result.partialFingerprints.primaryLocationLineHash);
    expect(a).toMatch(/^[0-9a-f]{16}:1$/);
    expect(a).not.toBe(b);
    expect(a).toBe(c);
  });

  it("is refused by the schema when something is wrong, so the schema is in force", () => {
    const document = structuredClone(sarif({ file: "a.onnx", findings: everyRule }));
    (document.runs[0].results[0] as { level: string }).level = "fatal";
    expect(problems(document)).not.toEqual([]);
  });

  it("tells each result with its rule, level and place", () => {
    const { runs } = sarif({ file: "a.onnx", findings: everyRule });
    const { results, tool } = runs[0];
    expect(results).toHaveLength(everyRule.length);
    for (const { ruleId, ruleIndex, level } of results) {
      expect(tool.driver.rules[ruleIndex]!.id).toBe(ruleId);
      expect(level).toBe({ error: "error", warning: "warning", unchecked: "note" }[RULES[ruleId as RuleId].severity]);
    }
    const [first] = results;
    const place = 'graph.node[3] "a \\"quoted\\"\\u0007 name" input 1';
    expect(first!.message.text).toBe(`${place}: is wrong`);
    expect(first!.locations[0].logicalLocations).toEqual([{ fullyQualifiedName: place }]);
    expect(first!.locations[0].physicalLocation.region).toEqual({ startLine: 1 });
  });

  it("describes each rule that is used once, with the texts that GitHub demands", () => {
    const rules = sarif({ file: "a.onnx", findings: everyRule }).runs[0].tool.driver.rules;
    expect(rules.map(({ id }) => id)).toEqual(Object.keys(RULES).sort());
    for (const rule of rules) {
      expect(rule).toMatchObject({
        shortDescription: { text: expect.stringMatching(/\.$/) },
        fullDescription: { text: expect.stringMatching(/\.$/) },
        help: { text: expect.stringMatching(/^[^a-z].*\.$/) },
      });
    }
  });

  it.each([
    ["models/a.onnx", "models/a.onnx"],
    ["./models/a b#1.onnx", "models/a%20b%231.onnx"],
    ["models\\ä.onnx", "models/%C3%A4.onnx"],
    ["/srv/a.onnx", "file:///srv/a.onnx"],
    ["C:\\models\\a.onnx", "file:///C:/models/a.onnx"],
    ["a:b.onnx", "a%3Ab.onnx"],
  ])("names the file %s by the URI %s", (file, uri) => {
    const document = sarif({ file, findings: everyRule.slice(0, 1) });
    expect(document.runs[0].results[0]!.locations[0].physicalLocation.artifactLocation).toEqual({ uri });
    expect(problems(document)).toEqual([]);
  });
});
