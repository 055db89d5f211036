/** How each convolution of a graph is run, and why: for people, and for the metadata. */
import type { Shape } from "../ir/dim.js";
import type { Graph, Node, NodeOf } from "../ir/graph.js";
import { definition, inferShapes } from "../ir/infer.js";
import type { EmitOptions } from "./emitter.js";
import { chooseLowering, mixConvProblem, weighLowerings } from "./mixtures/choose.js";
import { type DeviceCost, judgedShape } from "./mixtures/device-cost.js";
import type { MixConvProblem } from "./mixtures/lowering.js";
import { segmentsOf } from "./segments.js";
import { TARGET_PROFILES } from "./targets.js";
import { FORM_PREFIX, type LayerChoice } from "./winograd/choose-form.js";
import type { Cost } from "./winograd/cost.js";
import { type ConvolutionNode, planCanvases, refusesWinograd } from "./winograd/plan.js";

export interface LoweringChoice {
  readonly layer: string;
  /**
   * A name of `--lowering`; `conv` for a constant kernel that runs as ONNX's own Conv; `taps` for one of few outputs, of which the layer
   * before it computes what every tap adds.
   */
  readonly lowering: string;
  /** Whether it runs for one sample after the other, in a Scan. */
  readonly perSample: boolean;
  readonly reason: string;
  /** On devices that leave control flow to the host, of mixed convolutions: what was weighed. */
  readonly weighed?: WeighedChoice;
}

/** What the model for devices says of a layer. */
export interface WeighedChoice {
  /** The shape of the layer's input at which it was judged. */
  readonly at: readonly number[];
  /** Every lowering that can run the layer, the cheapest first. */
  readonly lowerings: readonly (DeviceFigures & { readonly lowering: string })[];
}

/** Times are estimates of a device that nobody measured; the rest is counted. */
export interface DeviceFigures {
  readonly ms: number;
  /** Nodes that run a shader or kernel. */
  readonly dispatches: number;
  /** Bytes that these read and write. */
  readonly bytes: number;
  /** Bytes of values inside the layer that are held at one time. */
  readonly temporaryBytes: number;
  /** Multiply-accumulates. */
  readonly macs: number;
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
    const before = plan.closings.get(node.name);
    if (before !== undefined)
      return {
        layer: node.name,
        lowering: "taps",
        perSample,
        reason: `computed with ${before}, whose result nobody else reads`,
      };
    const form = plan.layers.get(node.name)?.form;
    const problem = node.op === "mix_conv" ? problemOf(node, shapes, { perSample, oneHot, options }) : undefined;
    const plain = problem === undefined ? "conv" : chooseLowering(problem, options).name;
    const weighed = problem && weigh(problem, options);
    return {
      layer: node.name,
      lowering: form ? `${FORM_PREFIX}${form.name}` : plain,
      perSample,
      reason: reasonOf(plan.choices.get(node.name), plain, weighed, options),
      ...(weighed === undefined ? {} : { weighed }),
    };
  });
}

function isConvolution(node: Node): node is ConvolutionNode {
  return node.op === "conv" || node.op === "mix_conv";
}

function problemOf(
  { attributes, inputs }: NodeOf<"mix_conv">,
  shapes: ReadonlyMap<string, Shape>,
  {
    perSample,
    oneHot,
    options,
  }: { readonly perSample: boolean; readonly oneHot: ReadonlySet<string>; readonly options: EmitOptions },
): MixConvProblem {
  const operands = inputs.map((input, index) => operandShape(shapes.get(input), index === 0 && perSample));
  return mixConvProblem(attributes, operands, options.target, (index) => oneHot.has(inputs[index]!));
}

/** Constants have a shape of their own, which the problem does not ask for. */
function operandShape(shape: Shape | undefined, isSample: boolean): Shape {
  return isSample ? [1, ...shape!.slice(1)] : (shape ?? []);
}

/** Undefined where the table of lowerings is an order, and nothing is weighed. */
function weigh(problem: MixConvProblem, options: EmitOptions): WeighedChoice | undefined {
  if (TARGET_PROFILES[options.target].controlFlow) return undefined;
  return {
    at: judgedShape(problem.x),
    lowerings: weighLowerings(problem, options).map(({ lowering, cost }) => ({
      lowering: lowering.name,
      ...figuresOf(cost),
    })),
  };
}

function figuresOf({ ns, dispatches, bytes, temporary, macs }: DeviceCost): DeviceFigures {
  return { ms: ns / 1e6, dispatches, bytes, temporaryBytes: temporary, macs };
}

function reasonOf(
  form: LayerChoice | undefined,
  plain: string,
  weighed: WeighedChoice | undefined,
  options: EmitOptions,
): string {
  if (form) return weighedReason(form, options);
  if (weighed) return deviceReason(plain, weighed, options);
  return refusesWinograd(options) ?? "Winograd needs a 3×3 kernel, stride 1, padding 1 and one group";
}

function deviceReason(chosen: string, { at, lowerings }: WeighedChoice, { lowering }: EmitOptions): string {
  const own = lowerings.find((each) => each.lowering === chosen)!;
  const other = lowerings.find((each) => each.lowering !== chosen);
  return [
    `${chosen === lowering ? "requested: " : ""}estimated ${shownFigures(own)}`,
    other === undefined ? "no other lowering fits" : `as ${other.lowering} ${shownFigures(other)}`,
    `at ${at.join("×")}`,
  ].join(", ");
}

function shownFigures({ ms, dispatches, bytes, temporaryBytes }: DeviceFigures): string {
  const count = dispatches === 1 ? "1 dispatch" : `${dispatches} dispatches`;
  return `${ms.toPrecision(2)} ms (${count}, ${megabytes(bytes)} moved, ${megabytes(temporaryBytes)} temporary)`;
}

function megabytes(bytes: number): string {
  return `${Number((bytes / 1e6).toPrecision(3))} MB`;
}

function weighedReason({ form, candidate, winograd, direct }: LayerChoice, { lowering }: EmitOptions): string {
  if (form && lowering !== "auto") return "requested";
  const [best, other] = form ? [winograd, direct] : [direct, winograd];
  const against = form ? "as conv" : `as ${FORM_PREFIX}${candidate.name}`;
  return `${shown(best)}, ${shown(other)} ${against}`;
}

function shown({ ns, measured }: Cost): string {
  return `${measured ? "measured" : "estimated"} ${(ns / 1e6).toPrecision(2)} ms`;
}
