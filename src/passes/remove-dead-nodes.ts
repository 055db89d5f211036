import type { Pass } from "./pass.js";

export const removeDeadNodes: Pass = {
  name: "remove-dead-nodes",
  why: "drops nodes and constants that no output depends on",
  run(graph) {
    const live = new Set(graph.outputs.map((output) => output.value));
    for (const node of graph.nodes.toReversed()) {
      if (live.has(node.name)) for (const input of node.inputs) live.add(input);
    }
    const nodes = graph.nodes.filter((node) => live.has(node.name));
    const constants = new Map([...graph.constants].filter(([name]) => live.has(name)));
    const same = nodes.length === graph.nodes.length && constants.size === graph.constants.size;
    return same ? graph : { ...graph, nodes, constants, betas: graph.betas.filter((beta) => live.has(beta.value)) };
  },
};
