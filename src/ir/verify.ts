import { shapeText } from "./dim.js";
import type { Graph } from "./graph.js";
import { inferNode } from "./infer.js";
import { RuleError } from "./ops/operator.js";

/** A graph that breaks a rule of the IR: a defect of smxc, not of the user's input. */
export class BrokenGraphError extends Error {
  override readonly name = "BrokenGraphError";
}

/**
 * Checks that names are unique, that every input is defined before it is read, that shapes follow and that outputs
 * exist. `after` says what made the graph, e.g. a pass. Throws BrokenGraphError naming pass, node and origin.
 */
export function verifyGraph(graph: Graph, after: string): void {
  const shapes = new Map(graph.inputs.map((input) => [input.name, input.shape]));
  const fail = (message: string): never => {
    throw new BrokenGraphError(`after ${after}: ${message}`);
  };
  for (const [name, constant] of graph.constants) {
    if (shapes.has(name)) fail(`the constant "${name}" is defined twice`);
    shapes.set(name, constant.shape);
  }
  for (const node of graph.nodes) {
    const where = `node "${node.name}" (${node.op}, from layer "${node.origin.layer}" at ${node.origin.pointer})`;
    if (shapes.has(node.name)) fail(`${where} is defined twice`);
    const inputs = node.inputs.map(
      (input) => shapes.get(input) ?? fail(`${where} reads "${input}", which is not defined before it`),
    );
    try {
      shapes.set(node.name, inferNode(node, inputs));
    } catch (cause) {
      if (!(cause instanceof RuleError)) throw cause;
      fail(`${where}: ${cause.message} (inputs ${inputs.map(shapeText).join(", ")})`);
    }
  }
  const names = new Set<string>();
  for (const output of graph.outputs) {
    if (!shapes.has(output.value)) fail(`the output "${output.name}" shows "${output.value}", which is not defined`);
    if (names.has(output.name)) fail(`the output "${output.name}" is defined twice`);
    names.add(output.name);
  }
}
