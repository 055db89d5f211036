/** What a graph loses on the provider that it is compiled for. */
import { coverageOf } from "../../../src/inspect/onnx/coverage.js";
import type { Target } from "../../../src/lowerings/targets.js";
import type { ModelProto } from "../../../src/onnx/graph/records.js";
import { valueOrigins } from "../../../src/onnx/providers/value-origins.js";
import type { SchemaRegistry } from "../../../src/onnx/schemas/registry.js";
import { sitesOf } from "../../../src/onnx/work/sites.js";

/** Operators that are named; the others are counted. */
const NAMED = 4;
/** Opsets for which ONNX Runtime's providers other than the CPU's have few kernels. */
const NEW_OPSET = 22;

/** Undefined where every node runs on the provider. */
export function targetNote(
  model: ModelProto,
  opset: number,
  target: Target,
  schemas: SchemaRegistry,
): string | undefined {
  const origins = valueOrigins(model);
  const coverage = coverageOf(sitesOf(model, schemas), (node) => origins.get(node) ?? null);
  const { elsewhere = [] } = coverage.find(({ provider }) => provider === target) ?? {};
  const moved = elsewhere.filter(({ status }) => status === "moved");
  const count = moved.reduce((sum, each) => sum + each.count, 0);
  if (count === 0) return undefined;
  const named = moved.slice(0, NAMED).map(({ op, count: times }) => `${op} ${times}`);
  const rest = moved.length > NAMED ? ` and ${moved.length - NAMED} more operators` : "";
  const remedy = opset >= NEW_OPSET ? `; with --opset 21, ${target} has kernels for more of them` : "";
  return `${count} ${count === 1 ? "node runs" : "nodes run"} on the CPU, because ${target} has no kernel for ${count === 1 ? "it" : "them"}: ${named.join(", ")}${rest}${remedy}`;
}
