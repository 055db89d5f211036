/** Verdicts of smxc, one JSON line per file of a list. Run by onnx_check.py on the built package. */
import { readFileSync } from "node:fs";
import { dirname } from "node:path";

const base = process.env.SMXC_PEER_BUILD ?? new URL("../../dist/src/", import.meta.url).href;
const { checkFile } = await import(new URL("onnx/check/check-model.js", base).href);
const { isValid, isFullyValid } = await import(new URL("onnx/check/finding.js", base).href);
const { modelFolder } = await import(new URL("onnx/check/external-data-node.js", base).href);
const { bytesSource } = await import(new URL("weights/byte-source.js", base).href);

const full = process.argv.includes("--full");
for (const path of readFileSync(process.argv.at(-1), "utf8").split("\n")) {
  const source = bytesSource(path, new Uint8Array(readFileSync(path)));
  const findings = await checkFile(source, { folder: modelFolder(dirname(path)), full });
  const valid = full ? isFullyValid(findings) : isValid(findings);
  const errors = findings.filter((finding) => finding.severity === "error");
  const said = errors.slice(0, 3).map(({ rule, place, message }) => `${rule} ${place}: ${message}`);
  const rules = findings.map((finding) => finding.rule);
  const unchecked = findings.some((finding) => finding.severity === "unchecked");
  console.log(JSON.stringify({ valid, unchecked, rules, said: said.join("; ") }));
}
