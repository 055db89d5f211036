import { shapeText } from "./dim.js";
import type { Graph } from "./graph.js";
import { inferShapes } from "./infer.js";

/** The graph as text, one line a value, for golden tests and for people: `%name: [shape] = op(%inputs) {attributes}`. */
export function printGraph(graph: Graph): string {
  const shapes = inferShapes(graph);
  const typed = (name: string): string => `%${name}: ${shapeText(shapes.get(name)!)}`;
  const lines = [
    `graph ${graph.name}`,
    ...graph.inputs.map((input) => `  input ${typed(input.name)}`),
    ...[...graph.constants.keys()].map((name) => `  constant ${typed(name)}`),
    ...graph.nodes.map((node) => {
      const attributes = Object.keys(node.attributes).length > 0 ? ` ${JSON.stringify(node.attributes)}` : "";
      return `  ${typed(node.name)} = ${node.op}(${node.inputs.map((input) => `%${input}`).join(", ")})${attributes}`;
    }),
    ...graph.outputs.map((output) => `  output ${output.name} = %${output.value}`),
  ];
  return `${lines.join("\n")}\n`;
}
