import type { Rule, RuleScope } from "./rule.js";

const SCOPES: Readonly<Record<RuleScope, string>> = {
  official: "always checked; `onnx.checker.check_model` of onnx 1.23.1 refuses a model that breaks it",
  full: "checked by `--full`, as by `onnx.checker.check_model(full_check=True)` of onnx 1.23.1",
  strict: "checked by `--strict`; the official checker accepts a model that breaks it",
  target: "checked by",
  note: "always reported, but not as an error",
};

/** The page about a rule, in Markdown. */
export function ruleDocument(id: string, rule: Rule): string {
  return `# ${id}

${rule.demand}

**Why.** ${rule.reason}

**What to do.** ${sentence(rule.remedy)}

**When.** ${sentence([SCOPES[rule.scope], ...targetFlags(rule)].join(" "))} Severity: ${rule.severity}.
`;
}

/** Name of the page's file. */
export function ruleDocumentName(id: string): string {
  return `${id.slice(id.indexOf("/") + 1)}.md`;
}

/** The flags that ask for a rule about targets. */
function targetFlags({ targets }: Rule): readonly string[] {
  return targets === undefined ? [] : [targets.map((target) => `\`--target ${target}\``).join(" and ")];
}

/** A remedy, which is a clause, as a sentence. */
export function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}
