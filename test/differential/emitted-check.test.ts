/** What smxc emits passes its own check, strictly, with types and shapes, and for the target that it was made for. */
import { describe, expect, it } from "vitest";
import { bytesSource, collect } from "../../src/base/bytes/byte-source.js";
import { compile } from "../../src/compile.js";
import type { CompileOptions } from "../../src/compile-options.js";
import { TARGETS, type Target } from "../../src/lowerings/targets.js";
import { checkFile } from "../../src/onnx/check/check-model.js";
import type { RuleId } from "../../src/onnx/check/rules.js";
import { encodeModel } from "../../src/onnx/encode.js";
import { importOracle, ORACLE_CASES } from "../support/fixtures.js";

/** What lies in the nature of a graph, as docs/reference/check.md tells. */
const EXPECTED: Readonly<Record<Target, readonly RuleId[]>> = {
  cpu: ["onnx/target-constant-kernel"],
  wasm: [],
  webgpu: ["onnx/target-constant-kernel"],
  cuda: ["onnx/target-dynamic-shape"],
};

const VARIANTS: Readonly<Record<string, CompileOptions>> = {
  auto: {},
  direct: { lowering: "direct" },
  "fixed sizes": { batch: 1, height: 24, width: 20 },
  "exposed β": { exposeBeta: true, opset: 18 },
  "half precision": { dtype: "float16" },
};

describe.each(ORACLE_CASES)("$name", (oracle) => {
  const opened = importOracle(oracle);

  it.each(TARGETS)("for %s", async (target) => {
    const { spec, weights } = await opened;
    for (const [label, options] of Object.entries(VARIANTS)) {
      const { model } = compile(spec, weights, { target, ...options });
      const source = bytesSource("model.onnx", await collect(encodeModel(model).model));
      const findings = await checkFile(source, { strict: true, full: true, target });
      const allowed = new Set<RuleId>(EXPECTED[target]);
      if (options.dtype === "float16" && (target === "cpu" || target === "wasm")) allowed.add("onnx/target-float16");
      expect(
        findings.filter(({ rule }) => !allowed.has(rule)),
        label,
      ).toEqual([]);
    }
  });
});
