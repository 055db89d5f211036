/** A network taken apart at its routers, so that each β can be computed over all of a picture before the next layers run. */
import type { Graph, NodeOf } from "../ir/graph.js";
import { inferShapes } from "../ir/infer.js";
import { macsOf } from "../ir/work.js";
import { cutGraph } from "./cut-graph.js";

export type RouteNode = NodeOf<"route">;

export interface Stage {
  /** From what is kept, the picture and the β before, to what is kept next and the values that are pooled. */
  readonly graph: Graph;
  /** The routers whose β this stage leads to: all that pool what can be computed then. */
  readonly routers: readonly RouteNode[];
  /** Values that are kept for the stages after this one; those that are not among the stage's results were kept before. */
  readonly kept: readonly string[];
}

export interface Stages {
  readonly stages: readonly Stage[];
  /** From what is kept and all β to the network's output. */
  readonly last: Graph;
}

/**
 * @param keep whether what a stage computes is kept for the next, or computed again from the picture
 */
export function stagesOf(graph: Graph, keep: boolean): Stages {
  const picture = graph.inputs[0]!.name;
  const shapes = inferShapes(graph);
  const routers = graph.nodes.filter(
    (node): node is RouteNode => node.op === "route" && shapes.get(node.inputs[0]!)!.length === 4,
  );
  const isWorthKeeping = worthKeeping(graph, routers);
  const betas: string[] = [];
  const stages: Stage[] = [];
  let kept: readonly string[] = [];
  for (let left = routers; left.length > 0; ) {
    const waiting = dependents(
      graph,
      left.map(({ name }) => name),
    );
    const ready = left.filter(({ inputs }) => !waiting.has(inputs[0]!));
    left = left.filter((router) => !ready.includes(router));
    const pooled = [...new Set(ready.map(({ inputs }) => inputs[0]!))];
    const before = kept;
    const from = [picture, ...before, ...betas];
    const reached = cutGraph(graph, from, pooled);
    const computed = new Set([...from, ...reached.nodes.map(({ name }) => name)]);
    if (keep) {
      const read = readLater(graph, computed, left);
      kept = [...computed].filter((name) => read.has(name) && (pooled.includes(name) || isWorthKeeping(name)));
    }
    const results = [...new Set([...pooled, ...kept.filter((name) => !before.includes(name))])];
    stages.push({ graph: cutGraph(graph, from, results), routers: ready, kept });
    betas.push(...ready.map(({ name }) => name));
  }
  return { stages, last: cutGraph(graph, [picture, ...kept, ...betas], [graph.outputs[0]!.value]) };
}

/** Values, of those that are computed, from which the output and what is left to pool are made. */
function readLater(graph: Graph, computed: Iterable<string>, left: readonly RouteNode[]): ReadonlySet<string> {
  const wanted = [graph.outputs[0]!.value, ...left.map(({ inputs }) => inputs[0]!)];
  return new Set(cutGraph(graph, computed, wanted).inputs.map(({ name }) => name));
}

/** Multiply-accumulates for a value, up to which it is computed again from the picture: reading it takes as long. */
const CHEAP = 64;
/** A side, in pixels, at which borders and what is computed once weigh little. */
const SIDE = 64;

/** Whether a value is a map that would cost more to compute again than to keep. What no β leads to can be computed again. */
function worthKeeping(graph: Graph, routers: readonly RouteNode[]): (name: string) => boolean {
  const picture = graph.inputs[0]!;
  const shapes = inferShapes(graph);
  const routed = dependents(
    graph,
    routers.map(({ name }) => name),
  );
  return (name) => {
    const shape = shapes.get(name)!;
    if (name === picture.name || shape.length !== 4) return false;
    if (routed.has(name)) return true;
    const sample = new Map([[picture.name, [1, picture.shape[1] as number, SIDE, SIDE]]]);
    return macsOf(cutGraph(graph, [picture.name], [name]), sample) > CHEAP * (shape[1] as number) * SIDE ** 2;
  };
}

/** All values that depend on some. */
function dependents(graph: Graph, names: readonly string[]): ReadonlySet<string> {
  const found = new Set(names);
  for (const { name, inputs } of graph.nodes) if (inputs.some((input) => found.has(input))) found.add(name);
  return found;
}
