import type { GraphProto, ModelProto, NodeProto } from "../graph/records.js";
import { type Place, quoted } from "../place.js";
import type { Report } from "./context.js";
import { walkModel } from "./walk.js";

export function checkUse(model: ModelProto, report: Report): void {
  walkModel(model, { graph: (graph, place) => checkGraphUse(graph, place, report) });
}

function checkGraphUse(graph: GraphProto, place: Place, report: Report): void {
  const used = usedNames(graph);
  const inputs = new Set(graph.input.map((value) => value.name ?? ""));
  for (const [i, { name = "" }] of graph.initializer.entries()) {
    if (!used.has(name) && !inputs.has(name)) {
      report("onnx/strict-unused-initializer", place.item("initializer", i, name), `nothing uses ${quoted(name)}`);
    }
  }
  for (const [i, node] of graph.node.entries()) {
    if (!node.output.some((name) => name !== "" && used.has(name))) {
      report(
        "onnx/strict-unused-node",
        place.item("node", i, node.name),
        `nothing uses the outputs of ${quoted(node.op_type ?? "")}`,
      );
    }
  }
}

/** Names that the graph's nodes and outputs, and the graphs inside it, refer to. */
export function usedNames(graph: GraphProto): ReadonlySet<string> {
  const used = new Set(graph.output.map((value) => value.name ?? ""));
  collectUses(graph.node, used);
  return used;
}

/** Names that nodes, and the graphs inside them, refer to. Inner definitions of a name only make it look used. */
function collectUses(nodes: readonly NodeProto[], used: Set<string>): void {
  for (const node of nodes) {
    for (const name of node.input) used.add(name);
    for (const { g, graphs } of node.attribute) {
      for (const graph of g === undefined ? graphs : [g, ...graphs]) {
        for (const { name = "" } of graph.output) used.add(name);
        collectUses(graph.node, used);
      }
    }
  }
}
