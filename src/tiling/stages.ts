/** A network taken apart at its routers, so that each β can be computed over all tiles before the next layers run. */
import type { Graph, NodeOf } from "../ir/graph.js";
import { inferShapes } from "../ir/infer.js";
import { cutGraph } from "./cut-graph.js";

export type RouteNode = NodeOf<"route">;

export interface Stage {
  /** From what is kept, the picture and the β before, to what is kept next and the value that is pooled. */
  readonly graph: Graph;
  /** The router whose β this stage leads to. */
  readonly router: RouteNode;
  /** Values that are kept for the stages after this one; those that are not among the stage's results were kept before. */
  readonly kept: readonly string[];
}

export interface Stages {
  readonly stages: readonly Stage[];
  /** From what is kept and all β to the network's output. */
  readonly last: Graph;
  /** Channels of all that is kept at once, at most. */
  readonly channels: number;
}

/**
 * @param keep whether what a stage computes is kept for the next, or computed again from the picture
 */
export function stagesOf(graph: Graph, keep: boolean): Stages {
  const picture = graph.inputs[0]!.name;
  const routers = graph.nodes.filter(
    (node): node is RouteNode => node.op === "route" && inferShapes(graph).get(node.inputs[0]!)!.length === 4,
  );
  const betas = routers.map(({ name }) => name);
  const routed = dependents(graph, betas);
  const shapes = inferShapes(graph);
  let kept: readonly string[] = [];
  let channels = 0;
  const stages = routers.map((router): Stage => {
    const pooled = router.inputs[0]!;
    const before = kept;
    const reached = cutGraph(graph, [picture, ...before, ...betas], [pooled]);
    const computed = new Set([...before, picture, ...reached.nodes.map(({ name }) => name)]);
    if (keep) kept = frontier(graph, computed, new Set(betas), (name) => name === pooled || routed.has(name));
    const together = new Set([...before, ...kept]);
    channels = Math.max(
      channels,
      [...together].reduce((sum, name) => sum + (shapes.get(name)![1] as number), 0),
    );
    const results = [...new Set([pooled, ...kept.filter((name) => !before.includes(name))])];
    return { graph: cutGraph(graph, [picture, ...before, ...betas], results), router, kept };
  });
  const output = graph.outputs[0]!;
  const last = cutGraph(graph, [picture, ...kept, ...betas], [output.value]);
  return { stages, last, channels };
}

/** Values that are computed and that others, which are not, read; what is cheap, since no β leads to it, is left out. */
function frontier(
  graph: Graph,
  computed: ReadonlySet<string>,
  betas: ReadonlySet<string>,
  isWorthKeeping: (name: string) => boolean,
): readonly string[] {
  const read = new Set<string>();
  for (const { name, inputs } of graph.nodes) {
    if (computed.has(name) || betas.has(name)) continue;
    for (const input of inputs) read.add(input);
  }
  return [...computed].filter((name) => read.has(name) && isWorthKeeping(name));
}

/** All values that depend on some. */
function dependents(graph: Graph, names: readonly string[]): ReadonlySet<string> {
  const found = new Set(names);
  for (const { name, inputs } of graph.nodes) if (inputs.some((input) => found.has(input))) found.add(name);
  return found;
}
