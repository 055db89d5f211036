/** How each convolution of a graph is run, and why: for people, and for the metadata. */
import type { Shape } from "../ir/dim.js";
import type { Graph, Node } from "../ir/graph.js";
import { definition, inferShapes } from "../ir/infer.js";
import { mixConvInputs } from "../ir/ops/mixture.js";
import type { EmitOptions } from "./emitter.js";
import { chooseLowering } from "./mixtures/choose.js";
import { segmentsOf } from "./segments.js";
import { FORM_PREFIX, type LayerChoice } from "./winograd/choose-form.js";
import type { Cost } from "./winograd/cost.js";
import { type ConvolutionNode, planCanvases, refusesWinograd } from "./winograd/plan.js";

export interface LoweringChoice {
  readonly layer: string;
  /** A name of `--lowering`, or `conv` for a constant kernel that runs as ONNX's own Conv. */
  readonly lowering: string;
  /** Whether it runs for one sample after the other, in a Scan. */
  readonly perSample: boolean;
  readonly reason: string;
}

/** The choices for a graph after its passes, in its order. Lowering by the same plan makes the same ones. */
export function loweringChoices(
  graph: Graph,
  options: EmitOptions,
  plan = planCanvases(graph, options),
): readonly LoweringChoice[] {
  const shapes = inferShapes(graph);
  const scanned = new Set(
    segmentsOf(graph, shapes, plan, options).flatMap(({ kind, nodes }) =>
      kind === "scan" ? nodes.map((node) => node.name) : [],
    ),
  );
  const oneHot = new Set(graph.nodes.filter((node) => definition(node).choosesOne).map((node) => node.name));
  return graph.nodes.filter(isConvolution).map((node): LoweringChoice => {
    const perSample = scanned.has(node.name);
    const weighed = plan.choices.get(node.name);
    const form = plan.layers.get(node.name)?.form;
    const plain = plainLowering(node, shapes, { perSample, oneHot, options });
    return {
      layer: node.name,
      lowering: form ? `${FORM_PREFIX}${form.name}` : plain,
      perSample,
      reason: weighed
        ? weighedReason(weighed, options)
        : (refusesWinograd(options) ?? "Winograd takes 3×3 kernels, stride 1, one zero around, one group"),
    };
  });
}

function isConvolution(node: Node): node is ConvolutionNode {
  return node.op === "conv" || node.op === "mix_conv";
}

function plainLowering(
  node: ConvolutionNode,
  shapes: ReadonlyMap<string, Shape>,
  {
    perSample,
    oneHot,
    options,
  }: { readonly perSample: boolean; readonly oneHot: ReadonlySet<string>; readonly options: EmitOptions },
): string {
  if (node.op === "conv") return "conv";
  const [batch, ...rest] = shapes.get(node.inputs[0]!)!;
  const { factors } = mixConvInputs(node.attributes, node.inputs);
  const problem = {
    attributes: node.attributes,
    x: [perSample ? 1 : batch!, ...rest],
    target: options.target,
    oneHot: factors.length === 1 && oneHot.has(factors[0]!),
  };
  return chooseLowering(problem, options.lowering).name;
}

function weighedReason({ form, candidate, winograd, direct }: LayerChoice, { lowering }: EmitOptions): string {
  if (form && lowering !== "auto") return "asked for";
  const [best, other] = form ? [winograd, direct] : [direct, winograd];
  const against = form ? "directly" : `as ${FORM_PREFIX}${candidate.name}`;
  return `${shown(best)}, ${shown(other)} ${against}`;
}

function shown({ ns, measured }: Cost): string {
  return `${measured ? "measured" : "estimated"} ${(ns / 1e6).toPrecision(2)} ms`;
}
