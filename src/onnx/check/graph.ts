import type { GraphProto, NodeProto } from "../graph/records.js";
import { type Place, quoted } from "../place.js";
import type { CheckContext } from "./context.js";
import { checkNode } from "./node.js";
import { Scope } from "./scope.js";
import { checkSparseTensor } from "./sparse.js";
import { checkTensor } from "./tensor.js";
import { checkValueInfo } from "./value-info.js";

const LAST_WITH_INITIALIZERS_AS_INPUTS = 3;

export function checkGraph(graph: GraphProto, place: Place, context: CheckContext, outer: Scope | null): void {
  const { report } = context;
  if (!graph.name) report("onnx/graph-name", place, "the graph has no name");
  const scope = new Scope(outer);
  for (const [i, value] of graph.input.entries()) checkValueInfo(value, place.item("input", i, value.name), context);
  for (const [i, value] of graph.output.entries()) checkValueInfo(value, place.item("output", i, value.name), context);
  for (const [i, { name = "" }] of graph.input.entries()) {
    if (scope.definesHere(name)) {
      report("onnx/graph-input-unique", place.item("input", i, name), `the graph already has an input ${quoted(name)}`);
    }
    scope.define(name);
  }
  checkInitializers(graph, place, context, scope);
  checkNodes(graph.node, place, context, scope);
  for (const [i, { name = "" }] of graph.output.entries()) {
    if (!scope.definesHere(name)) {
      report("onnx/graph-output", place.item("output", i, name), `nothing in the graph defines ${quoted(name)}`);
    }
  }
}

function checkInitializers(graph: GraphProto, place: Place, context: CheckContext, scope: Scope): void {
  const { report } = context;
  const seen = new Set<string>();
  const checkName = (name: string | undefined, at: Place): name is string => {
    if (!name) report("onnx/initializer-name", at, "has no name");
    else if (seen.has(name)) report("onnx/initializer-unique", at, `there is already an initializer ${quoted(name)}`);
    if (name) seen.add(name);
    return Boolean(name);
  };
  for (const [i, tensor] of graph.initializer.entries()) {
    const at = place.item("initializer", i, tensor.name);
    const named = checkName(tensor.name, at);
    checkTensor(tensor, at, context);
    if (!named) continue;
    if (context.irVersion > LAST_WITH_INITIALIZERS_AS_INPUTS) scope.define(tensor.name!);
    else if (!scope.definesHere(tensor.name!)) {
      report("onnx/initializer-input", at, `is not among the inputs of a graph of ir_version ${context.irVersion}`);
    }
  }
  for (const [i, sparse] of graph.sparse_initializer.entries()) {
    const at = place.item("sparse_initializer", i, sparse.values?.name);
    if (checkName(sparse.values?.name, at)) scope.define(sparse.values!.name!);
    checkSparseTensor(sparse, at, context);
  }
}

/** Which nodes may use which names, for graphs. */
function checkNodes(nodes: readonly NodeProto[], place: Place, context: CheckContext, scope: Scope): void {
  const makers = new Makers(nodes);
  for (const [n, node] of nodes.entries()) {
    const at = place.item("node", n, node.name);
    for (const [i, name] of node.input.entries()) {
      if (name !== "" && !scope.defines(name)) {
        const message = makers.explain(name, n, place);
        context.report("onnx/graph-topological", at.position("input", i), message);
      }
    }
    checkNode(node, at, context, scope);
    defineOutputs(node, at, scope, (output, name) => {
      context.report("onnx/graph-ssa", output, `the name ${quoted(name)} is already used`);
    });
  }
}

/** Adds the outputs of a node to the scope and returns those that were there. */
export function defineOutputs(
  node: NodeProto,
  place: Place,
  scope: Scope,
  taken: (output: Place, name: string) => void,
): void {
  for (const [i, name] of node.output.entries()) {
    if (name === "") continue;
    if (scope.defines(name)) taken(place.position("output", i), name);
    scope.define(name);
  }
}

/** Which node makes a value, found out only when one is missing. */
export class Makers {
  private byOutput: Map<string, number> | null = null;

  constructor(private readonly nodes: readonly NodeProto[]) {}

  explain(name: string, user: number, place: Place): string {
    this.byOutput ??= new Map(
      this.nodes.flatMap((node, n) => node.output.map((output): [string, number] => [output, n])),
    );
    const maker = this.byOutput.get(name);
    if (maker === undefined) return `nothing defines ${quoted(name)}`;
    const made = place.item("node", maker, this.nodes[maker]?.name);
    return maker === user
      ? `uses its own output ${quoted(name)}`
      : `${quoted(name)} is computed only later, by ${made}`;
  }
}
