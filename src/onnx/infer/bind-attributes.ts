import type { FunctionProto, GraphProto, NodeProto } from "../graph/records.js";

/** Puts the call's attributes, or their defaults, where the function's nodes refer to them. */
export function attributeBinder(fn: FunctionProto, call: NodeProto): (node: NodeProto) => NodeProto {
  const given = new Map(call.attribute.map((attribute) => [attribute.name ?? "", attribute]));
  const values = new Map(fn.attribute_proto.map((attribute) => [attribute.name ?? "", attribute]));
  for (const name of [...fn.attribute, ...values.keys()]) {
    const attribute = given.get(name);
    if (attribute !== undefined) values.set(name, attribute);
  }
  const bindNodes = (nodes: readonly NodeProto[]): NodeProto[] => nodes.map(bind);
  const bindGraph = (graph: GraphProto): GraphProto => ({ ...graph, node: bindNodes(graph.node) });
  const bind = (node: NodeProto): NodeProto => ({
    ...node,
    attribute: node.attribute.flatMap((attribute) => {
      if (!attribute.ref_attr_name)
        return [attribute.g === undefined ? attribute : { ...attribute, g: bindGraph(attribute.g) }];
      const value = values.get(attribute.ref_attr_name);
      return value === undefined ? [] : [{ ...value, name: attribute.name }];
    }),
  });
  return bind;
}
