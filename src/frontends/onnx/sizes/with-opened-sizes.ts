/** Writes open heights and widths into a graph of which it is proven what its sizes stand for. */
import * as build from "../../../onnx/graph/build.js";
import { type ElementTypeName, elementType } from "../../../onnx/graph/element-types.js";
import type { GraphProto, ModelWithGraph, NodeProto, ValueInfoProto } from "../../../onnx/graph/records.js";
import { inferModel } from "../../../onnx/infer/infer-model.js";
import { namesRead } from "../../../onnx/rewrite/names.js";
import type { SchemaRegistry } from "../../../onnx/schemas/registry.js";
import { type Extent, extentText, isOpen, showExtent } from "./extent.js";
import { OpenedVectors } from "./opened-vectors.js";
import type { SizeProver, SizeRefusal } from "./size-prover.js";

export function withOpenedSizes(
  model: ModelWithGraph,
  { shapes, edits }: SizeProver,
  schemas: SchemaRegistry,
): { readonly model: ModelWithGraph } | SizeRefusal {
  const { graph } = model;
  const vectors = new OpenedVectors(graph, shapes);
  const nodes: NodeProto[] = [];
  for (const [index, node] of graph.node.entries()) {
    const own = edits.get(index);
    const missing = own && vectors.missing(own, index);
    if (missing !== undefined)
      return { node: node.name || node.output[0]!, reason: `no earlier value has the size ${showExtent(missing)}` };
    nodes.push(...(own === undefined ? [node] : vectors.edited(node, index, own)));
  }
  const types = inferModel(model, schemas);
  const declared = [...shapes].flatMap(([name, shape]) => {
    const type = types.get(name);
    const element = type?.kind === "tensor" ? elementType(type.elem)?.name : undefined;
    return element === undefined ? [] : [build.valueInfo(name, element as ElementTypeName, shape.map(dimension))];
  });
  const infos = new Map(declared.map((info) => [info.name, info]));
  const ports = new Set([...graph.input, ...graph.output].map(({ name }) => name));
  const sized = (info: ValueInfoProto): ValueInfoProto => {
    const own = infos.get(info.name);
    return own === undefined ? info : { ...info, type: own.type };
  };
  const whole: GraphProto = {
    ...graph,
    node: nodes,
    initializer: [...graph.initializer, ...vectors.initializers],
    input: graph.input.map(sized),
    output: graph.output.map(sized),
    value_info: [
      ...graph.value_info.filter(({ name }) => !infos.has(name)),
      ...declared.filter(({ name }) => !ports.has(name)),
    ],
  };
  return { model: { ...model, graph: withoutUnread(whole, graph) } };
}

function dimension(size: Extent): number | string {
  return isOpen(size) ? extentText(size) : size.exported;
}

/** Without constants that only the exported sizes were read from. */
function withoutUnread(graph: GraphProto, source: GraphProto): GraphProto {
  const read = new Set([
    ...graph.node.flatMap((node) => [...namesRead(node)]),
    ...graph.output.map(({ name = "" }) => name),
  ]);
  const wasRead = new Set(source.node.flatMap((node) => [...namesRead(node)]));
  const ports = new Set(graph.input.map(({ name = "" }) => name));
  const isLeft = (name: string): boolean => wasRead.has(name) && !read.has(name) && !ports.has(name);
  const gone = graph.node.filter(({ op_type, output }) => op_type === "Constant" && output.every(isLeft));
  const lost = new Set(gone.flatMap(({ output }) => output));
  return {
    ...graph,
    node: graph.node.filter((node) => !gone.includes(node)),
    initializer: graph.initializer.filter(({ name = "" }) => !isLeft(name)),
    value_info: graph.value_info.filter(({ name = "" }) => !lost.has(name)),
  };
}
