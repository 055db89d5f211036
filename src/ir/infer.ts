import type { Shape } from "./dim.js";
import type { Graph, Node } from "./graph.js";
import { OPS } from "./ops/index.js";
import type { OpDefinition } from "./ops/operator.js";

/** The definition of a node's operator, with the node's attribute type forgotten. */
export function definition(node: Node): OpDefinition<Node["attributes"]> {
  return OPS[node.op] as OpDefinition<Node["attributes"]>;
}

/** Shape of one node from the shapes of its inputs. Throws RuleError. */
export function inferNode(node: Node, inputs: readonly Shape[]): Shape {
  return definition(node).infer(node.attributes, inputs);
}

/** Shapes of all values of a well-formed graph. Throws RuleError at the first node that breaks its rule. */
export function inferShapes(graph: Graph): ReadonlyMap<string, Shape> {
  const shapes = new Map<string, Shape>(graph.inputs.map((input) => [input.name, input.shape]));
  for (const [name, constant] of graph.constants) shapes.set(name, constant.shape);
  for (const node of graph.nodes) {
    shapes.set(
      node.name,
      inferNode(
        node,
        node.inputs.map((input) => shapes.get(input)!),
      ),
    );
  }
  return shapes;
}

/** The same graph with other sizes for its inputs, e.g. a batch of one, or concrete heights and widths. */
export function withInputShapes(graph: Graph, shapes: ReadonlyMap<string, Shape>): Graph {
  return {
    ...graph,
    inputs: graph.inputs.map((input) => ({ ...input, shape: shapes.get(input.name) ?? input.shape })),
  };
}
