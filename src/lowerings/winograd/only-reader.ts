/** Who alone reads a value. */
import { consumers, type Graph, type Node } from "../../ir/graph.js";

/** @returns for the name of a value: the node that reads it, where no other does and the graph does not show it */
export function onlyReaders(graph: Graph): (value: string) => Node | undefined {
  const readers = consumers(graph);
  const shown = new Set(graph.outputs.map((output) => output.value));
  return (value) => {
    const [reader, ...others] = readers.get(value) ?? [];
    return others.length === 0 && !shown.has(value) ? reader : undefined;
  };
}
