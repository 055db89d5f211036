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
import { limitOf, TOLERANCES } from "../../../src/verify/tolerances.js";
import { encoded, runGraph, type Values } from "../../support/sessions.js";
import type { RandomGraph } from "./random-graph.js";

/** Returns how many islands were compiled. */
export async function checkRandomGraph({ model, feeds }: RandomGraph, options: LoweringOptions): Promise<number> {
  const source = await encoded(model);
  await expectValid(source, "the source");
  const schemas = await loadSchemas();
  const raised = raiseOpset((await decodeGraph(bytesSource("source.onnx", source))).message, schemas);
  // What cannot be raised stays as it is: nothing is to be tested of it.
  if (!("model" in raised)) return 0;
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
  const [wanted, found] = [await runGraph(source, feeds, "disabled"), await runGraph(result, feeds)];
  for (const [index, values] of wanted.entries()) expectSame(found[index]!, values);
  return done.compiled.length;
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

async function textOf(node: NodeProto): Promise<string> {
  return Buffer.from(await collect(ropeStream(messageRope("NodeProto", node)))).toString("latin1");
}

function expectSame(values: Values, wanted: Values): void {
  expect([...values.keys()]).toEqual([...wanted.keys()]);
  for (const [name, { shape, data }] of wanted) {
    const found = values.get(name)!;
    expect(found.shape, name).toEqual(shape);
    const largest = data.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    let worst = 0;
    for (const [i, value] of data.entries()) {
      const difference = Math.abs(found.data[i]! - value);
      if (!(difference <= worst)) worst = difference;
    }
    expect(worst, `${name}: largest ${largest}`).toBeLessThanOrEqual(limitOf(TOLERANCES, largest));
  }
}
