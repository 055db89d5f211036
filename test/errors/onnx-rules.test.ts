import { describe, expect, it } from "vitest";
import { checkFile } from "../../src/onnx/check/check-model.js";
import { type Finding, isFullyValid, isValid } from "../../src/onnx/check/finding.js";
import type { RuleScope } from "../../src/onnx/check/rule.js";
import { RULES, type RuleId } from "../../src/onnx/check/rules.js";
import { checkStoredValue } from "../../src/onnx/check/stored-value.js";
import { PROVIDERS } from "../../src/onnx/providers/provider.js";
import { broken, type RuleCase } from "./onnx-rules/case.js";
import { FULL_CASES } from "./onnx-rules/full.js";
import { GRAPH_AND_NODE_CASES } from "./onnx-rules/graph-and-node.js";
import { SOUND_VALUES, STORED_VALUE_CASES } from "./onnx-rules/stored-value.js";
import { STRICT_CASES } from "./onnx-rules/strict.js";
import { TARGET_CASES } from "./onnx-rules/target.js";
import { TENSOR_AND_FUNCTION_CASES } from "./onnx-rules/tensor-and-function.js";
import { WIRE_AND_MODEL_CASES } from "./onnx-rules/wire-and-model.js";

/** The compiler finds the rule without a case. */
const CASES: Readonly<Record<RuleId, RuleCase>> = {
  ...WIRE_AND_MODEL_CASES,
  ...GRAPH_AND_NODE_CASES,
  ...TENSOR_AND_FUNCTION_CASES,
  ...STRICT_CASES,
  ...FULL_CASES,
  ...STORED_VALUE_CASES,
  ...TARGET_CASES,
};

async function check(ruleCase: RuleCase, scope: RuleScope | null): Promise<readonly Finding[]> {
  const { source, kind, notes } = ruleCase;
  const findings = await (kind === undefined
    ? checkFile(source, options(ruleCase, scope))
    : checkStoredValue(source, kind));
  return findings.filter(({ rule }) => !notes?.includes(rule));
}

function options({ folder, target }: RuleCase, scope: RuleScope | null) {
  const asks = { strict: scope === "strict", full: scope === "full" || scope === "note" };
  const targets = scope === "target" && target !== undefined ? { target } : {};
  return { ...asks, ...targets, ...(folder === undefined ? {} : { folder }) };
}

function casesOf(scope: RuleScope) {
  return (Object.entries(CASES) as [RuleId, RuleCase][]).filter(([rule]) => RULES[rule].scope === scope);
}

describe("each rule has a model that breaks it and no other", () => {
  it.each(Object.entries(CASES) as [RuleId, RuleCase][])("%s", async (rule, ruleCase) => {
    const { scope, severity, remedy } = RULES[rule];
    const findings = await check(ruleCase, scope);
    expect(new Set(findings.map((f) => f.rule))).toEqual(new Set([rule]));
    expect(findings[0]).toMatchObject({ severity, hint: ruleCase.hint ?? remedy });
    if (ruleCase.place !== undefined) expect(findings[0]!.place).toEqual(ruleCase.place);
    expect(isValid(findings)).toBe(scope !== "official");
  });

  it.each([...casesOf("strict"), ...casesOf("target")])("%s is silent unless asked for", async (_, ruleCase) => {
    expect(await check(ruleCase, null)).toEqual([]);
  });

  it.each(casesOf("full"))("%s is a warning unless asked for", async (rule, ruleCase) => {
    const findings = await check(ruleCase, null);
    expect(findings).toMatchObject([{ rule, severity: "warning" }]);
    expect([isValid(findings), isFullyValid(findings)]).toEqual([true, true]);
    expect(isFullyValid(await check(ruleCase, "full"))).toBe(false);
  });

  it.each(SOUND_VALUES)("finds nothing in a sound $kind", async (value) => {
    expect(await check(value, null)).toEqual([]);
  });

  it("the model they start from breaks none", async () => {
    for (const target of PROVIDERS) {
      expect(await checkFile(broken(() => {}).source, { strict: true, full: true, target })).toEqual([]);
    }
  });
});
