/** Writes docs/rules: a page for every rule of `smxc check`, from the built package (npx tsc -b first). */
import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";

const { RULES } = await import("../dist/src/onnx/check/rules.js");
const { ruleDocument, ruleDocumentName } = await import("../dist/src/onnx/check/rule-document.js");

const folder = new URL("../docs/rules/", import.meta.url);
mkdirSync(folder, { recursive: true });
for (const name of readdirSync(folder)) rmSync(new URL(name, folder));
const rows = Object.entries(RULES).map(([id, rule]) => {
  writeFileSync(new URL(ruleDocumentName(id), folder), ruleDocument(id, rule));
  return `- [${id}](${ruleDocumentName(id)}): ${rule.demand}`;
});
const head = "# The rules of `smxc check`\n\nWritten by `scripts/generate-rule-docs.mjs` from the rules' tables.\n\n";
writeFileSync(new URL("README.md", folder), `${head}${rows.join("\n")}\n`);
