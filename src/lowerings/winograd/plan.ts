/** Which convolutions of a graph run on a canvas, in which form, and what is fused behind them. */
import { type Dim, dimText, type Shape } from "../../ir/dim.js";
import type { Graph, Node, NodeOf } from "../../ir/graph.js";
import { inferShapes, withInputShapes } from "../../ir/infer.js";
import type { EmitOptions } from "../emitter.js";
import { isComputable, sizeSources } from "../size-source.js";
import { TARGET_PROFILES } from "../targets.js";
import type { CanvasShape } from "./canvas.js";
import { chooseForms, chunkFor, FORM_PREFIX, type LayerChoice } from "./choose-form.js";
import { closingFinder, type PlannedClosing } from "./closing.js";
import type { LayerProblem } from "./cost.js";
import { fitsForms } from "./eligible.js";
import { type FusedActivation, type FusedTail, FusionFinder } from "./fusion.js";
import { layoutChanges } from "./layout-changes.js";
import { pointsToKeep } from "./shared-points.js";
import { cellsPerStrip } from "./strip-count.js";

export type ConvolutionNode = NodeOf<"conv" | "mix_conv">;

/** A convolution on a canvas and the nodes behind it that its lowering computes too. */
export interface PlannedLayer extends CanvasShape {
  /** Points of the width that are worked on together; 0 for all. */
  readonly chunk: number;
  readonly activation: FusedActivation | undefined;
  /** The values that are added to the result, one after the other. */
  readonly residuals: readonly string[];
  /** The last node of the fused ones: the value that the layer gives. */
  readonly result: string;
  /** Whether a router reads the result. */
  readonly sums: boolean;
  /** Whether it can read values in the points: its kernel is constant, and all its points are worked on at once. */
  readonly readsPoints: boolean;
  /** Values that it takes to the points for later layers too. */
  readonly keeps: ReadonlySet<string>;
  /** What it computes in place of its result. */
  readonly closing: PlannedClosing | undefined;
}

export interface CanvasPlan {
  readonly layers: ReadonlyMap<string, PlannedLayer>;
  /** Nodes that a layer computes besides its own. */
  readonly fused: ReadonlySet<string>;
  /** Values that layers read. */
  readonly read: ReadonlySet<string>;
  /** Convolutions of few outputs that are computed with the layer before them, and the name of that. */
  readonly closings: ReadonlyMap<string, string>;
  /** What was weighed, of every convolution that a form fits. */
  readonly choices: ReadonlyMap<string, LayerChoice>;
}

const NONE: ReadonlySet<string> = new Set();
const EMPTY: CanvasPlan = { layers: new Map(), fused: NONE, read: NONE, closings: new Map(), choices: new Map() };

/** Plans a graph as one sample of it runs. */
export function planCanvases(batched: Graph, options: EmitOptions): CanvasPlan {
  if (refusesWinograd(options) !== undefined) return EMPTY;
  const graph = withInputShapes(
    batched,
    new Map(batched.inputs.map(({ name, shape }) => [name, [1, ...shape.slice(1)]])),
  );
  const shapes = inferShapes(graph);
  const sources = sizeSources(graph, shapes);
  const candidates = graph.nodes.filter(
    (node): node is ConvolutionNode =>
      isEligible(node) &&
      shapes
        .get(node.name)!
        .slice(2)
        .every((size) => isComputable(size, sources)),
  );
  const bySize = new Map<string, ConvolutionNode[]>();
  for (const node of candidates) {
    const [, , height, width] = shapes.get(node.name)!;
    const key = `${dimText(height!)}x${dimText(width!)}`;
    bySize.set(key, [...(bySize.get(key) ?? []), node]);
  }
  const tails = tailsOf(candidates, graph, batched);
  const changes = layoutChanges(graph, shapes, tails);
  const closingBehind = closingFinder(graph, shapes);
  const planning = { graph, shapes, tails, changes, closingBehind };
  const plans = [...bySize.values()].map((nodes) => planSize(nodes, planning, options));
  const layers = withClosings(new Map(plans.flatMap((plan) => [...plan.layers])));
  const taken = candidates.filter(({ name }) => layers.has(name));
  return {
    layers,
    fused: new Set(taken.flatMap(({ name }) => [...tails.get(name)!.covered, ...closingNodes(layers.get(name)!)])),
    read: new Set(taken.map(({ inputs }) => inputs[0]!)),
    closings: new Map([...layers].flatMap(([name, { closing }]) => (closing ? [[closing.conv.name, name]] : []))),
    choices: new Map(plans.flatMap((plan) => [...plan.choices])),
  };
}

/** A convolution that is a layer of its own closes none. */
function withClosings(layers: ReadonlyMap<string, PlannedLayer>): ReadonlyMap<string, PlannedLayer> {
  return new Map(
    [...layers].map(([name, layer]) => {
      const { closing } = layer;
      return [name, closing && layers.has(closing.conv.name) ? { ...layer, closing: undefined } : layer];
    }),
  );
}

function closingNodes({ closing }: PlannedLayer): readonly string[] {
  if (closing === undefined) return [];
  return [...(closing.shuffle ? [closing.shuffle.name] : []), closing.conv.name];
}

interface PlannedTail extends FusedTail {
  /** Whether a router reads the result. */
  readonly sums: boolean;
}

function tailsOf(candidates: readonly Node[], graph: Graph, batched: Graph): ReadonlyMap<string, PlannedTail> {
  const fusion = new FusionFinder(graph, inferShapes(batched));
  return new Map(
    candidates.map((node) => {
      const tail = fusion.behind(node);
      return [node.name, { ...tail, sums: fusion.isRouted(tail.covered.at(-1) ?? node.name) }];
    }),
  );
}

interface Planning {
  readonly graph: Graph;
  readonly shapes: ReadonlyMap<string, Shape>;
  readonly tails: ReadonlyMap<string, PlannedTail>;
  readonly changes: ReturnType<typeof layoutChanges>;
  readonly closingBehind: ReturnType<typeof closingFinder>;
}

/** The layers of one size, which share a form, and what was weighed of each. */
function planSize(
  nodes: readonly ConvolutionNode[],
  { graph, shapes, tails, changes, closingBehind }: Planning,
  options: EmitOptions,
): Pick<CanvasPlan, "layers" | "choices"> {
  const problems = nodes.map((node) => problemOf(node, shapes));
  const chosen = chooseForms(problems, options, (taken) =>
    changes(new Set(nodes.filter((_, index) => taken[index]).map(({ name }) => name))),
  );
  const taken = nodes.flatMap((node, index) => {
    const { form, problem } = chosen[index]!;
    return form ? [{ node, form, problem, chunk: chunkFor(problem) }] : [];
  });
  const widths = taken.map(({ problem }) => Math.max(problem.channels, problem.out));
  const width = Math.round(widths.reduce((sum, each) => sum + each, 0) / widths.length);
  const readsPoints = ({ node, chunk }: (typeof taken)[number]): boolean => node.op === "conv" && chunk === 0;
  const readers = taken.filter(readsPoints).map(({ node }) => ({ name: node.name, input: node.inputs[0]! }));
  const kept = pointsToKeep(graph, shapes, readers);
  const layers = taken.map((layer): readonly [string, PlannedLayer] => {
    const { node, form, chunk } = layer;
    const { activation, residuals, covered, sums } = tails.get(node.name)!;
    const result = covered.at(-1) ?? node.name;
    return [
      node.name,
      {
        form,
        cellsPerStrip: cellsPerStrip(width),
        chunk,
        activation,
        residuals,
        result,
        sums,
        readsPoints: readsPoints(layer),
        keeps: kept.get(node.name) ?? NONE,
        closing: closingBehind(result),
      },
    ];
  });
  return { layers: new Map(layers), choices: new Map(nodes.map(({ name }, index) => [name, chosen[index]!])) };
}

/** Why no convolution of a graph may run on a canvas; undefined when they may. */
export function refusesWinograd({
  target,
  lowering,
  winograd = true,
  portable = false,
}: EmitOptions): string | undefined {
  if (lowering !== "auto" && !lowering.startsWith(FORM_PREFIX)) return `the lowering ${lowering} was requested`;
  if (!winograd) return "Winograd is switched off";
  if (portable) return "Winograd needs a Scan, which a portable graph may not have";
  return TARGET_PROFILES[target].canvas ? undefined : `Winograd is not used on ${target}`;
}

function isEligible(node: Node): boolean {
  return (node.op === "conv" || node.op === "mix_conv") && fitsForms(node.attributes);
}

export function problemOf(node: ConvolutionNode, shapes: ReadonlyMap<string, Shape>): LayerProblem {
  const [, out, height, width] = shapes.get(node.name)! as readonly [Dim, number, Dim, Dim];
  const channels = shapes.get(node.inputs[0]!)![1] as number;
  return { channels, out, height, width, experts: node.op === "mix_conv" ? node.attributes.experts : 0 };
}
