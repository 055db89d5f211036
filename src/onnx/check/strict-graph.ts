import { elementType } from "../graph/element-types.js";
import type { GraphProto, ModelProto, NodeProto, TypeProto, ValueInfoProto } from "../graph/records.js";
import { type Place, quoted } from "../place.js";
import type { Report } from "./context.js";
import { walkModel } from "./walk.js";

export function checkGraphsStrictly(model: ModelProto, report: Report): void {
  const names = new Map<GraphProto, ReadonlySet<string>>();
  walkModel(model, {
    function: (fn, place) => checkNodeNames(fn.node, place, report),
    graph: (graph, place, outer) => {
      if (outer.length === 0 && graph === model.graph && graph.output.length === 0) {
        report("onnx/strict-graph-outputs", place, "the graph has no outputs");
      }
      checkOutputNames(graph, place, report);
      checkNodeNames(graph.node, place, report);
      const known = definedNames(graph);
      names.set(graph, known);
      checkDescriptions(graph, known, place, report);
      checkShadowing(
        graph,
        place,
        outer.map((around) => names.get(around)!),
        report,
      );
    },
  });
}

function checkOutputNames(graph: GraphProto, place: Place, report: Report): void {
  const outputs = new Set<string>();
  for (const [i, { name = "" }] of graph.output.entries()) {
    if (outputs.has(name)) {
      report(
        "onnx/strict-output-unique",
        place.item("output", i, name),
        `the graph already has an output ${quoted(name)}`,
      );
    }
    outputs.add(name);
  }
}

function checkNodeNames(nodes: readonly NodeProto[], place: Place, report: Report): void {
  for (const [at, message] of repeatedNodeNames(nodes, place)) report("onnx/strict-node-name-unique", at, message);
}

/** Nodes that have the name of one before them. */
export function* repeatedNodeNames(
  nodes: readonly NodeProto[],
  place: Place,
): Iterable<readonly [place: Place, message: string]> {
  const seen = new Set<string>();
  for (const [i, { name = "" }] of nodes.entries()) {
    if (name !== "" && seen.has(name)) yield [place.item("node", i, name), `there is already a node ${quoted(name)}`];
    seen.add(name);
  }
}

/** What the graph says about its values. */
function checkDescriptions(graph: GraphProto, known: ReadonlySet<string>, place: Place, report: Report): void {
  const described = new Set<string>();
  const strangers: [Place, string][] = [];
  for (const [i, value] of graph.value_info.entries()) {
    const { name = "" } = value;
    const at = place.item("value_info", i, name);
    if (!known.has(name)) strangers.push([at, name]);
    if (described.has(name)) report("onnx/strict-value-info-unique", at, `${quoted(name)} already has a value_info`);
    described.add(name);
  }
  // Optimizers leave them by the hundred.
  const [first] = strangers;
  if (first !== undefined) {
    const more = strangers.length > 1 ? `; ${strangers.length - 1} more like it` : "";
    report("onnx/strict-value-info-known", first[0], `the graph has no value ${quoted(first[1])}${more}`);
  }
  for (const list of ["input", "output", "value_info"] as const) {
    for (const [i, value] of graph[list].entries()) checkType(value, place.item(list, i, value.name), report);
  }
}

export function definedNames(graph: GraphProto): Set<string> {
  return new Set([
    ...graph.input.map((value) => value.name ?? ""),
    ...graph.initializer.map((tensor) => tensor.name ?? ""),
    ...graph.sparse_initializer.map((tensor) => tensor.values?.name ?? ""),
    ...graph.node.flatMap((node) => node.output),
  ]);
}

function checkType({ type }: ValueInfoProto, place: Place, report: Report): void {
  for (const tensor of tensorTypes(type)) {
    const { elem_type, shape } = tensor;
    if (elem_type !== undefined && elementType(elem_type) === null) {
      report("onnx/strict-elem-type", place, `has the element type ${elem_type}`);
    }
    for (const [d, { dim_value = 0 }] of shape?.dim.entries() ?? []) {
      if (dim_value < 0) report("onnx/strict-dimension", place, `has the dimension ${d} of ${dim_value}`);
    }
  }
}

type TensorType = NonNullable<TypeProto["tensor_type"]>;

function* tensorTypes(type: TypeProto | undefined): Iterable<TensorType> {
  if (type === undefined) return;
  const { tensor_type, sparse_tensor_type, sequence_type, optional_type, map_type } = type;
  const tensor = tensor_type ?? sparse_tensor_type;
  if (tensor !== undefined) yield tensor;
  yield* tensorTypes(sequence_type?.elem_type ?? optional_type?.elem_type ?? map_type?.value_type);
}

function checkShadowing(graph: GraphProto, place: Place, outer: readonly ReadonlySet<string>[], report: Report): void {
  for (const { name = "" } of [...graph.input, ...graph.initializer]) {
    if (name !== "" && outer.some((names) => names.has(name))) {
      report("onnx/strict-shadowing", place, `${quoted(name)} is also a value of a graph around it`);
    }
  }
}
