/** Writes an open batch into a graph of which it is proven. */

import { freshName } from "../../../base/fresh-name.js";
import * as build from "../../../onnx/graph/build.js";
import { type ElementTypeName, elementType } from "../../../onnx/graph/element-types.js";
import type { GraphProto, ModelWithGraph, NodeProto, ValueInfoProto } from "../../../onnx/graph/records.js";
import { inferModel } from "../../../onnx/infer/infer-model.js";
import type { TypeInfo } from "../../../onnx/infer/type-info.js";
import { allNames, namesRead } from "../../../onnx/rewrite/names.js";
import type { SchemaRegistry } from "../../../onnx/schemas/registry.js";
import type { InputEdit } from "./carried.js";
import type { NodeChange } from "./prover.js";
import { VectorWriter } from "./vector-writer.js";

export interface Opened {
  readonly model: ModelWithGraph;
  /** The name of the open size. */
  readonly symbol: string;
}

/**
 * @param types at a batch of one
 * @returns with where each node is now, by its position before
 */
export function withOpenBatch(
  model: ModelWithGraph,
  carried: ReadonlySet<string>,
  changes: ReadonlyMap<number, NodeChange>,
  types: ReadonlyMap<string, TypeInfo>,
): Opened & { readonly positions: readonly number[] } {
  const { graph } = model;
  const names = allNames(graph);
  const symbol = freshName("batch", symbolsIn(graph));
  const vectors = new VectorWriter(model, names, types);
  const changed = (node: NodeProto, change: NodeChange): readonly NodeProto[] => {
    const before: NodeProto[] = [];
    const edited = (edit: InputEdit, of: string): string => {
      if (edit === null) return "";
      if ("floats" in edit) return vectors.floats(edit.floats);
      return "elements" in edit ? vectors.computed(edit.elements, of, before) : vectors.integers(edit);
    };
    if (change.kind === "reshape") {
      const target = edited({ elements: change.target }, node.input[1] ?? "");
      return [...before, build.node("Reshape", [change.of, target], node.output, { name: node.name })];
    }
    const input = [...node.input];
    for (const [position, edit] of change.edits) input[position] = edited(edit, input[position] ?? "");
    while (input.at(-1) === "") input.pop();
    return [...before, { ...node, input }];
  };
  const positions: number[] = [];
  const node: NodeProto[] = [];
  for (const [index, each] of graph.node.entries()) {
    const change = changes.get(index);
    node.push(...(change === undefined ? [each] : changed(each, change)));
    positions.push(node.length - 1);
  }
  const open = (info: ValueInfoProto): ValueInfoProto =>
    carried.has(info.name ?? "") ? withSymbol(info, symbol) : info;
  const rewritten: GraphProto = {
    ...graph,
    node,
    initializer: [...graph.initializer, ...vectors.initializers],
    input: graph.input.map(open),
    output: graph.output.map(open),
    value_info: graph.value_info.map(open),
  };
  return { model: { ...model, graph: rewritten }, symbol, positions };
}

/** With the sizes of what carries the batch declared where they would not be inferred. @param types at a batch of one */
export function withDeclared(
  { model, symbol }: Opened,
  carried: ReadonlySet<string>,
  types: ReadonlyMap<string, TypeInfo>,
  schemas: SchemaRegistry,
): Opened {
  const { graph } = model;
  const now = inferModel(model, schemas);
  const declared = graph.node.flatMap(({ output }) =>
    output.flatMap((name) => {
      const [before, after] = [types.get(name), now.get(name)];
      if (!carried.has(name) || before?.kind !== "tensor" || !before.shape?.length || after?.kind !== "tensor")
        return [];
      const element = elementType(before.elem)?.name;
      if (element === undefined || after.shape?.[0] === symbol) return [];
      return [build.valueInfo(name, element as ElementTypeName, [symbol, ...before.shape.slice(1)])];
    }),
  );
  if (declared.length === 0) return { model, symbol };
  const again = new Set(declared.map(({ name }) => name));
  const value_info = [...graph.value_info.filter(({ name }) => !again.has(name)), ...declared];
  return { model: { ...model, graph: { ...graph, value_info } }, symbol };
}

/**
 * Without views that nobody reads any more, whose sizes hold for one sample, and without what computed such sizes alone.
 *
 * @param source the graph before
 */
export function withoutLeft(
  { model, symbol }: Opened,
  source: GraphProto,
  views: { has(name: string): boolean },
): Opened {
  const { graph } = model;
  const wasRead = new Set(source.node.flatMap((node) => [...namesRead(node)]));
  const read = new Set(graph.output.map(({ name = "" }) => name));
  const isLeft = (name: string): boolean => !read.has(name) && wasRead.has(name);
  const node = graph.node
    .toReversed()
    .filter((each) => {
      const isView = each.output.every((name) => views.has(name) && !read.has(name));
      if (isView || each.output.every(isLeft)) return false;
      for (const name of namesRead(each)) read.add(name);
      return true;
    })
    .toReversed();
  const ports = new Set(graph.input.map(({ name }) => name));
  const initializer = graph.initializer.filter(({ name = "" }) => ports.has(name) || !isLeft(name));
  const value_info = graph.value_info.filter(({ name = "" }) => !views.has(name));
  return { model: { ...model, graph: { ...graph, node, initializer, value_info } }, symbol };
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
