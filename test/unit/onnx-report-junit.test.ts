import { describe, expect, it } from "vitest";
import { type Finding, findingOf } from "../../src/onnx/check/finding.js";
import { junitReport } from "../../src/onnx/check/report/junit.js";
import { Place } from "../../src/onnx/place.js";

interface Element {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly children: Element[];
  text: string;
}

const ENTITIES: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"' };

function unescaped(text: string): string {
  expect(text).not.toMatch(/[<"]|&(?!(amp|lt|gt|quot);)/);
  return text.replace(/&(\w+);/g, (_, name: string) => ENTITIES[name]!);
}

/** XML without comments, CDATA or namespaces; throws where it is not well-formed. */
function parse(xml: string): Element {
  const head = '<?xml version="1.0" encoding="UTF-8"?>\n';
  expect(xml.startsWith(head)).toBe(true);
  const root: Element = { name: "", attributes: new Map(), children: [], text: "" };
  const open = [root];
  for (const [, text = "", tag = ""] of xml.slice(head.length).matchAll(/([^<]*)(?:<([^>]*)>|$)/g)) {
    open.at(-1)!.text += unescaped(text.trim());
    if (tag === "") continue;
    if (tag.startsWith("/")) {
      if (open.pop()!.name !== tag.slice(1)) throw new Error(`</${tag.slice(1)}> closes nothing`);
      continue;
    }
    const [, name = "", attributes = "", empty = ""] = /^(\w[\w-]*)((?: \w+="[^"]*")*)(\/?)$/s.exec(tag)!;
    const values = [...attributes.matchAll(/ (\w+)="([^"]*)"/g)].map(
      ([, key, value]) => [key!, unescaped(value!)] as const,
    );
    const element = { name, attributes: new Map(values), children: [], text: "" };
    expect(element.attributes.size).toBe(values.length);
    open.at(-1)!.children.push(element);
    if (empty === "") open.push(element);
  }
  expect(open).toEqual([root]);
  expect(root.children).toHaveLength(1);
  return root.children[0]!;
}

/** What the XSD that Jenkins' xUnit plugin publishes (junit-10) allows of each element. */
const RULES: Readonly<Record<string, { required: string[]; allowed: string[]; children: string[] }>> = {
  testsuites: {
    required: [],
    allowed: ["name", "time", "tests", "failures", "errors", "disabled"],
    children: ["testsuite"],
  },
  testsuite: {
    required: ["name", "tests"],
    allowed: [
      "name",
      "tests",
      "failures",
      "errors",
      "time",
      "disabled",
      "skipped",
      "timestamp",
      "hostname",
      "id",
      "package",
    ],
    children: ["properties", "testcase", "system-out", "system-err"],
  },
  testcase: {
    required: ["name"],
    allowed: ["name", "assertions", "time", "classname", "status"],
    children: ["skipped", "error", "failure", "system-out", "system-err"],
  },
  failure: { required: [], allowed: ["type", "message"], children: [] },
  "system-out": { required: [], allowed: [], children: [] },
};

function check({ name, attributes, children }: Element): void {
  const { required, allowed, children: kinds } = RULES[name]!;
  expect([...attributes.keys()].filter((key) => !allowed.includes(key))).toEqual([]);
  expect(required.filter((key) => !attributes.has(key))).toEqual([]);
  expect(children.map((child) => child.name).filter((kind) => !kinds.includes(kind))).toEqual([]);
  for (const child of children) check(child);
}

function descendants(element: Element, name: string): readonly Element[] {
  return element.children.flatMap((child) => [...(child.name === name ? [child] : []), ...descendants(child, name)]);
}

const place = Place.root("graph").item("node", 3, `<"&'> \u0000 name`);
const error = findingOf("onnx/node-operator", place, 'the operator "<Conv>" & others');
const warning = findingOf("onnx/strict-unused-node", place, "nothing \ud800 uses it");
const unchecked = findingOf("onnx/node-not-checked", place, "is foreign \u0007");

describe("JUnit XML", () => {
  const reports = [
    { file: 'a & "b".onnx', findings: [error, error, warning, unchecked], seconds: 1.25 },
    { file: "good.onnx", findings: [] as Finding[], seconds: 0.0104 },
  ];
  const document = parse(junitReport(reports).text);

  it("is well-formed and of the form that Jenkins' schema demands", () => {
    check(document);
    check(parse(junitReport([]).text));
  });

  it("counts what it holds", () => {
    expect(Object.fromEntries(document.attributes)).toEqual({
      name: "smxc check",
      tests: "5",
      failures: "2",
      errors: "0",
      time: "1.260",
    });
    for (const suite of document.children) {
      expect(suite.attributes.get("tests")).toBe(`${descendants(suite, "testcase").length}`);
      expect(suite.attributes.get("failures")).toBe(`${descendants(suite, "failure").length}`);
    }
  });

  it("tells how long a file took, as the sum of its tests", () => {
    expect(document.children.map((suite) => suite.attributes.get("time"))).toEqual(["1.250", "0.010"]);
    for (const suite of document.children) {
      const times = descendants(suite, "testcase").map((test) => Number(test.attributes.get("time")));
      expect(times.reduce((sum, time) => sum + time, 0)).toBe(Number(suite.attributes.get("time")));
    }
  });

  it("names files, rules and places as they are, and makes only errors failures", () => {
    expect(document.children.map((suite) => suite.attributes.get("name"))).toEqual(['a & "b".onnx', "good.onnx"]);
    const [failure] = descendants(document, "failure");
    expect(failure!.attributes.get("type")).toBe("onnx/node-operator");
    expect(failure!.attributes.get("message")).toContain('the operator "<Conv>" & others');
    expect(failure!.text).toBe(error.hint);
    expect(descendants(document, "system-out").map(({ text }) => text.slice(0, 9))).toEqual(["warning: ", "unchecked"]);
  });

  it("shows control characters and half pairs, and replaces what else XML has no form for", () => {
    const report = junitReport(reports).text;
    expect(report).toContain("is foreign \\u0007");
    expect(report).toContain("nothing \\ud800 uses it");
    const hostile = { ...error, message: "\ufffe \u009b \u202e \n" };
    expect(junitReport([{ file: "\ufffe \u009b \u202e", findings: [hostile] }]).text).toContain(
      'name="\ufffd \\u009b \\u202e"',
    );
    const formless = [...report].filter((c) => (c < " " && c !== "\n") || /\p{Surrogate}/u.test(c));
    expect(formless).toEqual([]);
  });
});
