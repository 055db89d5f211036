/** A part of a model as a model of its own. */
import { record } from "../graph/build.js";
import type { ModelProto, NodeProto, ValueInfoProto } from "../graph/records.js";
import { namesRead } from "./names.js";

/** What gives some values of the main graph, and nothing else. Inputs that the part does not read are gone. */
export function extract(model: ModelProto, outputs: readonly ValueInfoProto[]): ModelProto {
  const graph = model.graph ?? record("GraphProto", {});
  const givers = new Map(graph.node.flatMap((node) => node.output.map((name) => [name, node] as const)));
  const needed = new Set<NodeProto>();
  const read = new Set<string>();
  const open = outputs.map(({ name = "" }) => name);
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (read.has(name)) continue;
    read.add(name);
    const giver = givers.get(name);
    if (giver === undefined || needed.has(giver)) continue;
    needed.add(giver);
    open.push(...namesRead(giver));
  }
  const isRead = ({ name = "" }: { readonly name: string | undefined }): boolean => read.has(name);
  return {
    ...model,
    graph: {
      ...graph,
      node: graph.node.filter((node) => needed.has(node)),
      initializer: graph.initializer.filter(isRead),
      sparse_initializer: graph.sparse_initializer.filter(({ values }) => values !== undefined && isRead(values)),
      input: graph.input.filter(isRead),
      value_info: graph.value_info.filter(isRead),
      output: outputs,
    },
  };
}

/** The model with further values of its main graph as outputs, whose types a runtime infers. */
export function withOutputs(model: ModelProto, names: Iterable<string>): ModelProto {
  const { graph } = model;
  if (graph === undefined) return model;
  const shown = new Set(graph.output.map(({ name }) => name));
  const more = [...names].filter((name) => !shown.has(name)).map((name) => record("ValueInfoProto", { name }));
  return { ...model, graph: { ...graph, output: [...graph.output, ...more] } };
}
