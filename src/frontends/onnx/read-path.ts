/** All that leads to one value of a graph as one graph of the IR. */
import type { Graph } from "../../ir/graph.js";
import type { ModelProto, NodeProto } from "../../onnx/graph/records.js";
import type { SchemaRegistry } from "../../onnx/schemas/registry.js";
import { islandGraph } from "./island-graph.js";
import { readGraph } from "./read-graph.js";
import { SourceConstants } from "./source-constants.js";
import { valueUses } from "./value-uses.js";

export type PathReading =
  | { readonly kind: "read"; readonly graph: Graph }
  /** Nodes on the way that are not read; `reason` is null where smxc does not know the operator. */
  | {
      readonly kind: "left";
      readonly nodes: readonly { readonly node: NodeProto; readonly reason: string | null }[];
    };

/**
 * Constants that would have to be computed have a shape and no numbers: the graph can be looked at, not evaluated. The
 * model must be valid.
 */
export function readPath(model: ModelProto, output: string, schemas: SchemaRegistry): PathReading {
  const graph = model.graph!;
  const constants = new SourceConstants(model, graph, async (name) => {
    throw new RangeError(`the constant ${name} is not computed`);
  });
  const reading = readGraph(model, graph, constants, valueUses(graph), schemas);
  const uses = valueUses(graph, (index) => {
    const each = reading.readings[index];
    return each?.kind === "read" ? each.reads : undefined;
  });
  const needed = new Set<number>();
  const open = [output];
  for (let value = open.pop(); value !== undefined; value = open.pop()) {
    const giver = uses.givenBy.get(value);
    if (giver === undefined || needed.has(giver) || constants.has(value)) continue;
    needed.add(giver);
    open.push(...uses.reads[giver]!);
  }
  const path = [...needed].toSorted((a, b) => a - b);
  const left = path.flatMap((index) => {
    const each = reading.readings[index];
    if (each?.kind === "read") return [];
    return [{ node: graph.node[index]!, reason: each?.reason ?? null }];
  });
  if (left.length > 0) return { kind: "left", nodes: left };
  const island = islandGraph(graph.name ?? "", path, graph, reading, uses);
  return { kind: "read", graph: { ...island, outputs: [{ name: output, value: output }] } };
}
