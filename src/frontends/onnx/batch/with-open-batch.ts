/** Writes an open batch into a graph of which it is proven. */
import * as build from "../../../onnx/graph/build.js";
import type {
  GraphProto,
  ModelWithGraph,
  NodeProto,
  TensorProto,
  ValueInfoProto,
} from "../../../onnx/graph/records.js";
import { allNames } from "../../../onnx/rewrite/names.js";
import type { NodeChange } from "./prover.js";

export function withOpenBatch(
  model: ModelWithGraph,
  carried: ReadonlySet<string>,
  changes: ReadonlyMap<number, NodeChange>,
): { readonly model: ModelWithGraph; readonly symbol: string } {
  const { graph } = model;
  const names = allNames(graph);
  const symbol = fresh("batch", symbolsIn(graph));
  const initializers: TensorProto[] = [];
  const integers = (values: readonly number[]): string => {
    const name = fresh(`batch/${values.join("x")}`, names);
    initializers.push(build.intTensor(name, [values.length], values));
    return name;
  };
  const changed = (node: NodeProto, change: NodeChange): NodeProto => {
    if (change.kind === "reshape")
      return build.node("Reshape", [change.of, integers(change.target)], node.output, { name: node.name });
    const input = [...node.input];
    for (const [position, values] of change.integers) input[position] = integers(values);
    return { ...node, input };
  };
  const node = graph.node.map((each, index) => {
    const change = changes.get(index);
    return change === undefined ? each : changed(each, change);
  });
  const open = (info: ValueInfoProto): ValueInfoProto =>
    carried.has(info.name ?? "") ? withSymbol(info, symbol) : info;
  const rewritten: GraphProto = {
    ...graph,
    node,
    initializer: [...graph.initializer, ...initializers],
    input: graph.input.map(open),
    output: graph.output.map(open),
    value_info: graph.value_info.map(open),
  };
  return { model: { ...model, graph: rewritten }, symbol };
}

function withSymbol(info: ValueInfoProto, symbol: string): ValueInfoProto {
  const tensor = info.type?.tensor_type;
  const dim = tensor?.shape?.dim;
  if (dim === undefined || dim.length === 0) return info;
  const first = build.record("TensorShapeProto.Dimension", { ...dim[0], dim_value: undefined, dim_param: symbol });
  const shape = { ...tensor!.shape!, dim: [first, ...dim.slice(1)] };
  return { ...info, type: { ...info.type!, tensor_type: { ...tensor!, shape } } };
}

function symbolsIn(graph: GraphProto): Set<string> {
  const infos = [...graph.input, ...graph.output, ...graph.value_info];
  return new Set(
    infos.flatMap(({ type }) => (type?.tensor_type?.shape?.dim ?? []).map(({ dim_param = "" }) => dim_param)),
  );
}

function fresh(wanted: string, taken: Set<string>): string {
  let name = wanted;
  for (let n = 2; taken.has(name); n++) name = `${wanted}#${n}`;
  taken.add(name);
  return name;
}
