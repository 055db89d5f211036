import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { ruleDocument, ruleDocumentName } from "../../src/onnx/check/rule-document.js";
import { RULES } from "../../src/onnx/check/rules.js";

const folder = new URL("../../docs/rules/", import.meta.url);

describe("docs/rules (written by scripts/generate-rule-docs.mjs)", () => {
  it.each(Object.entries(RULES))("has the page of %s", (id, rule) => {
    expect(readFileSync(new URL(ruleDocumentName(id), folder), "utf8")).toBe(ruleDocument(id, rule));
  });

  it("has no page of a rule that is gone, and an index of all", () => {
    const pages = Object.keys(RULES).map(ruleDocumentName);
    expect(new Set(readdirSync(folder))).toEqual(new Set([...pages, "README.md"]));
    const index = readFileSync(new URL("README.md", folder), "utf8");
    for (const page of pages) expect(index).toContain(`(${page})`);
  });
});
