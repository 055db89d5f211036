/** What must hold of every case: the node as IR computes what ONNX Runtime computes of the node. */
import { expect } from "vitest";
import { compileGraph } from "../../../src/compile.js";
import { evaluate } from "../../../src/ir/evaluate.js";
import type { Graph } from "../../../src/ir/graph.js";
import { dense } from "../../../src/ir/ops/dense-tensor.js";
import { verifyGraph } from "../../../src/ir/verify.js";
import type { ModelProto } from "../../../src/onnx/graph/records.js";
import { compareValues } from "../../../src/verify/compare.js";
import { TOLERANCES } from "../../../src/verify/tolerances.js";
import { encoded, runGraph, type Values } from "../../support/sessions.js";
import { dataOf, graphOf, type Input, modelOf, type NodeCase, nodeOf } from "./node-case.js";

export async function checkCase(each: NodeCase): Promise<void> {
  try {
    const graph = graphOf(each, await nodeOf(each));
    await checkGraph(graph, modelOf(each), feedsOf(each, each.inputs));
  } catch (cause) {
    throw new Error(`${(cause as Error).message}: ${JSON.stringify(each)}`, { cause });
  }
}

export function feedsOf(each: NodeCase, inputs: readonly Input[]): Values {
  return new Map(
    inputs.flatMap((input, index) =>
      input.kind === "value" ? [[`input${index}`, dense(input.size, dataOf(each, index, input))] as const] : [],
    ),
  );
}

/** The interpreter, and ONNX Runtime on what smxc makes of the graph, against ONNX Runtime on the source. */
export async function checkGraph(graph: Graph, source: ModelProto, feeds: Values): Promise<void> {
  verifyGraph(graph, "reading a node");
  const [expected] = await runGraph(await encoded(source), [feeds], "disabled");
  const values = await evaluate(graph, feeds);
  compareOutputs("evaluated", graph, expected!, new Map(graph.outputs.map(({ name }) => [name, values.get(name)!])));
  const [compiled] = await runGraph(await encoded(compileGraph(graph, {}).model), [feeds]);
  compareOutputs("compiled", graph, expected!, compiled!);
}

function compareOutputs(how: string, graph: Graph, expected: Values, actual: Values): void {
  for (const { name } of graph.outputs) {
    const [want, got] = [expected.get(name)!, actual.get(name)!];
    expect([how, got.shape]).toEqual([how, want.shape]);
    const { passed, maxError, limit } = compareValues(want.data, got.data, TOLERANCES);
    if (!passed) throw new Error(`${how}, "${name}" differs by ${maxError}, more than ${limit}`);
  }
}
