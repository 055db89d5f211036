/** An island as a graph of the IR. */
import type { Shape } from "../../ir/dim.js";
import type { Graph, Node } from "../../ir/graph.js";
import type { GraphProto } from "../../onnx/graph/records.js";
import type { LazyTensor } from "../../tensors/tensor.js";
import type { GraphReading } from "./graph-reading.js";
import type { Island } from "./islands.js";
import type { ValueUses } from "./value-uses.js";

/** Outputs are what nodes outside read and what the graph shows. @param name of the island */
export function islandGraph(
  name: string,
  island: Island,
  source: GraphProto,
  { readings, shapes }: GraphReading,
  uses: ValueUses,
): Graph {
  const nodes: Node[] = [];
  const constants = new Map<string, LazyTensor>();
  for (const index of island) {
    const reading = readings[index]!;
    if (reading.kind !== "read") continue;
    nodes.push(...reading.nodes);
    for (const [key, tensor] of reading.constants) constants.set(key, tensor);
  }
  const given = new Set(nodes.map((node) => node.name));
  const read = new Set(nodes.flatMap(({ inputs }) => inputs));
  const inputs = [...read].filter((value) => !given.has(value) && !constants.has(value));
  const members = new Set(island);
  const isSeen = (value: string): boolean =>
    uses.shown.has(value) || (uses.readBy.get(value) ?? []).some((reader) => !members.has(reader));
  const outputs = island.flatMap((index) =>
    source.node[index]!.output.filter((value) => given.has(value) && isSeen(value)),
  );
  return {
    name,
    inputs: inputs.map((value) => ({ name: value, shape: shapes.get(value) as Shape })),
    constants,
    nodes,
    outputs: outputs.map((value) => ({ name: value, value })),
    betas: [],
  };
}
