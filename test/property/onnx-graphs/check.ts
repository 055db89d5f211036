/** Whether what became of a graph is the graph: valid, the same signature, the same nodes where it is not compiled, the same numbers. */
import { expect } from "vitest";
import { type Accelerated, accelerate } from "../../../src/accelerate/accelerate.js";
import { computeConstants } from "../../../src/accelerate/compute-constants.js";
import { asModern } from "../../../src/accelerate/modern-ir.js";
import { bytesSource, collect } from "../../../src/base/bytes/byte-source.js";
import type { LoweringOptions } from "../../../src/compile-options.js";
import { checkFile } from "../../../src/onnx/check/check-model.js";
import { raiseOpset } from "../../../src/onnx/convert/raise-opset.js";
import { decodeGraph } from "../../../src/onnx/decode.js";
import type { ModelProto, ModelWithGraph, NodeProto } from "../../../src/onnx/graph/records.js";
import { loadSchemas } from "../../../src/onnx/schemas/registry.js";
import { ropeStream } from "../../../src/onnx/write/rope.js";
import { messageRope } from "../../../src/onnx/write/write-message.js";
import { createNodeSession } from "../../../src/sessions/session-ort-node.js";
import { compareValues } from "../../../src/verify/compare.js";
import { TOLERANCES } from "../../../src/verify/tolerances.js";
import { absoluteError, encoded, runGraph, type Values } from "../../support/sessions.js";
import type { RandomGraph } from "./random-graph.js";
import { sensitivity } from "./sensitivity.js";

/** What the check of a graph came to. */
export interface Checked {
  /** How many islands were compiled. */
  readonly compiled: number;
  /** Whether outputs differ by no more than float32 arithmetic moves them, though by more than the tolerance. */
  readonly undecided: boolean;
}

export async function checkRandomGraph({ model, feeds }: RandomGraph, options: LoweringOptions): Promise<Checked> {
  const source = await encoded(model);
  await expectValid(source, "the source");
  const schemas = await loadSchemas();
  const raised = raiseOpset((await decodeGraph(bytesSource("source.onnx", source))).message, schemas);
  // What cannot be raised stays as it is: nothing is to be tested of it.
  if (!("model" in raised)) return { compiled: 0, undecided: false };
  const modern = asModern(raised.model as ModelWithGraph);
  const compute = computeConstants(modern, (bytes) =>
    createNodeSession({ name: "constants", bytes }, { target: "cpu", optimization: "disabled", threads: 1 }),
  );
  const done = accelerate({ model: modern, compute }, options, schemas);
  const result = await encoded(done.model);
  await expectValid(result, "the result");
  const written = (await decodeGraph(bytesSource("result.onnx", result))).message;
  expectSameSignature(written, modern);
  await expectSameNodes(written, modern, done);
  if (options.portable) for (const { model: part } of done.compiled) expect(operatorsOf(part)).not.toContain("Scan");
  const [wanted, found] = [await runGraph(source, feeds, "disabled"), await runResult(result, source, feeds)];
  let undecided = false;
  for (const [index, values] of wanted.entries())
    undecided = (await expectSame(model, feeds[index]!, found[index]!, values)) || undecided;
  return { compiled: done.compiled.length, undecided };
}

/** Runs the result as users do; not optimised where ONNX Runtime cannot even optimise the source. */
async function runResult(result: Uint8Array, source: Uint8Array, feeds: readonly Values[]): Promise<readonly Values[]> {
  try {
    return await runGraph(result, feeds);
  } catch (cause) {
    const isSourceFine = await runGraph(source, feeds).then(
      () => true,
      () => false,
    );
    if (isSourceFine) throw cause;
    return runGraph(result, feeds, "disabled");
  }
}

async function expectValid(bytes: Uint8Array<ArrayBuffer>, name: string): Promise<void> {
  const findings = await checkFile(bytesSource(name, bytes), { full: true });
  expect(
    findings.filter(({ severity }) => severity === "error"),
    name,
  ).toEqual([]);
}

function expectSameSignature(model: ModelProto, source: ModelProto): void {
  expect(model.graph!.input).toEqual(source.graph!.input);
  expect(model.graph!.output).toEqual(source.graph!.output);
  expect({ ...model, graph: null }).toEqual({ ...source, graph: null });
}

/** Nodes that are not new are the source's, byte for byte and in its order; what is gone was compiled, or is read by nobody. */
async function expectSameNodes(
  model: ModelProto,
  source: ModelProto,
  { compiled, report }: Accelerated,
): Promise<void> {
  const before = await Promise.all(source.graph!.node.map(textOf));
  const now = await Promise.all(model.graph!.node.map(textOf));
  const [known, left] = [new Set(before), new Set(now)];
  const added = model.graph!.node.filter((_, index) => !known.has(now[index]!));
  expect(added.length).toBe(compiled.reduce((sum, each) => sum + each.model.graph!.node.length, 0));
  const gone = source.graph!.node.filter((_, index) => !left.has(before[index]!));
  const taken = report.islands.reduce((sum, { became, nodes }) => sum + (became === "compiled" ? nodes : 0), 0);
  expect(gone.length).toBeGreaterThanOrEqual(taken);
  if (compiled.length === 0) expect(now).toEqual(before);
}

function operatorsOf({ graph }: ModelProto): readonly (string | undefined)[] {
  return graph!.node.map(({ op_type }) => op_type);
}

async function textOf(node: NodeProto): Promise<string> {
  return Buffer.from(await collect(ropeStream(messageRope("NodeProto", node)))).toString("latin1");
}

/** Winograd's transforms go through larger values than the convolution has: some 30 times for cells of 6x6. */
const ROUNDING = 32;

/** Returns whether rounding alone may be why some value is not within the tolerance. */
async function expectSame(model: ModelProto, feed: Values, values: Values, wanted: Values): Promise<boolean> {
  expect([...values.keys()]).toEqual([...wanted.keys()]);
  const beyond = [...wanted].filter(([name, { shape, data }]) => {
    const found = values.get(name)!;
    expect(found.shape, name).toEqual(shape);
    return !compareValues(data, found.data, TOLERANCES).passed;
  });
  if (beyond.length === 0) return false;
  const moves = await sensitivity(model, feed, wanted);
  for (const [name, value] of beyond)
    expect(absoluteError(values.get(name)!, value), name).toBeLessThanOrEqual(ROUNDING * moves.get(name)!);
  return true;
}
