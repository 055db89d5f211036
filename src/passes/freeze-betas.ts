import type { LazyTensor } from "../tensors/tensor.js";
import type { Pass } from "./pass.js";
import { removeDeadNodes } from "./remove-dead-nodes.js";

/** Values of β by the name of the IR value that they replace, [1, experts, cardinals]. */
export type FrozenBetas = ReadonlyMap<string, LazyTensor>;

/** Replaces routers by constants; the mixtures that read them can then be merged at compile time. */
export function freezeBetas(betas: FrozenBetas): Pass {
  return {
    name: "freeze-betas",
    why: "replaces routers by constant β",
    run(graph, report) {
      const frozen = graph.nodes.filter((node) => betas.has(node.name));
      if (frozen.length === 0) return graph;
      const constants = new Map([
        ...graph.constants,
        ...frozen.map((node) => [node.name, betas.get(node.name)!] as const),
      ]);
      const shown = new Set(frozen.map((node) => node.name));
      for (const { name } of frozen) report({ pass: "freeze-betas", node: name });
      return removeDeadNodes.run(
        {
          ...graph,
          constants,
          nodes: graph.nodes.filter((node) => !betas.has(node.name)),
          outputs: graph.outputs.filter((output) => !shown.has(output.value)),
          betas: graph.betas.filter((beta) => !shown.has(beta.value)),
        },
        report,
      );
    },
  };
}
