/** Which nodes of an island run faster by smxc's lowerings. */
import { emitOptionsOf } from "../compile.js";
import type { LoweringOptions } from "../compile-options.js";
import { dimText } from "../ir/dim.js";
import type { Graph, Node, Origin } from "../ir/graph.js";
import { definition, inferShapes } from "../ir/infer.js";
import { mixConvInputs } from "../ir/ops/mixture.js";
import { type LoweringChoice, loweringChoices } from "../lowerings/choices.js";
import { runsOnCanvas } from "../lowerings/winograd/on-canvas.js";
import { planCanvases } from "../lowerings/winograd/plan.js";
import { PASSES } from "../passes/index.js";
import { runPasses } from "../passes/run.js";
import { takeIntoMixtures } from "../passes/take-into-mixtures.js";

export interface Gains {
  /** Where nodes come from that run faster than what the source says. */
  readonly origins: ReadonlySet<Origin>;
  /** Where nodes come from that cost nothing behind those. */
  readonly joining: ReadonlySet<Origin>;
  /** Where nodes come from of which the passes left nothing, as a Reshape to the shape that a value has. */
  readonly vanishing: ReadonlySet<Origin>;
  /** How many convolutions run faster. */
  readonly convolutions: number;
  /** How each convolution would run, and why. */
  readonly choices: readonly LoweringChoice[];
  /** The graph after its passes: what was judged. */
  readonly prepared: Graph;
}

export function gainsOf(graph: Graph, options: LoweringOptions): Gains {
  const emitOptions = emitOptionsOf(options);
  const taken = new Set<string>();
  const prepared = runPasses(graph, PASSES, ({ pass, node, declined }) => {
    if (pass === takeIntoMixtures.name && declined === undefined) taken.add(node);
  });
  const plan = planCanvases(prepared, emitOptions);
  const shapes = inferShapes(prepared);
  const mixes = (node: Node): boolean => definition(node).mixes === true;
  const gains = (node: Node): boolean => plan.layers.has(node.name) || mixes(node);
  const vanishing = goneFrom(graph, prepared);
  const originsOf = (nodes: readonly Node[]): ReadonlySet<Origin> => new Set(nodes.map(({ origin }) => origin));
  return {
    origins: originsOf([
      ...graph.nodes.filter((node) => mixes(node) || taken.has(node.name)),
      ...routersOf(graph),
      ...prepared.nodes.filter(gains),
    ]),
    joining: originsOf([
      ...prepared.nodes.filter((node) => plan.fused.has(node.name) || runsOnCanvas(node, shapes)),
      ...vanishing,
    ]),
    vanishing: originsOf(vanishing),
    convolutions: prepared.nodes.filter(gains).length,
    choices: loweringChoices(prepared, emitOptions, plan),
    prepared,
  };
}

function goneFrom(graph: Graph, prepared: Graph): readonly Node[] {
  const left = new Set(prepared.nodes.map(({ origin }) => origin));
  return graph.nodes.filter(({ origin }) => !left.has(origin));
}

/** What leads from pooled pictures and vectors to the weights of mixtures, the pools included: it belongs to the mixtures. */
function routersOf({ inputs, nodes, constants }: Graph): readonly Node[] {
  const vectors = new Set(inputs.filter(({ shape }) => shape.length === 2).map(({ name }) => name));
  const isVector = ({ op, inputs: read }: Node): boolean => {
    const values = read.filter((name) => !constants.has(name));
    return op === "global_pool" || (values.length > 0 && values.every((name) => vectors.has(name)));
  };
  for (const node of nodes) if (isVector(node)) vectors.add(node.name);
  const needed = new Set(
    nodes.flatMap((node) => (node.op === "mix_conv" ? mixConvInputs(node.attributes, node.inputs).factors : [])),
  );
  return nodes.toReversed().filter(({ op, name, inputs: read }) => {
    if (!needed.has(name) || !vectors.has(name)) return false;
    if (op !== "global_pool") for (const value of read) needed.add(value);
    return true;
  });
}

/**
 * Whether all pictures of an island have one batch, or a batch of one: what runs sample by sample takes them apart along it.
 * A kernel for each sample needs a picture for each.
 */
export function hasOneBatch(graph: Graph): boolean {
  const shapes = inferShapes(graph);
  const batches = [...shapes].flatMap(([name, shape]) =>
    graph.constants.has(name) || shape[0] === 1 ? [] : [dimText(shape[0]!)],
  );
  const hasFewerPictures = ({ op, inputs }: Node): boolean =>
    op === "mix_conv" &&
    shapes.get(inputs[0]!)![0] === 1 &&
    inputs.some((name) => !graph.constants.has(name) && shapes.get(name)![0] !== 1);
  return new Set(batches).size <= 1 && !graph.nodes.some(hasFewerPictures);
}

/** Why an island is left as it is. */
export function whyNothingGains(graph: Graph, { choices }: Gains): string {
  if (choices.length === 0) return "it has no convolution";
  const work = (layer: string): number => kernelSize(graph, layer);
  const largest = choices.reduce((a, b) => (work(b.layer) > work(a.layer) ? b : a));
  const count = choices.length === 1 ? "its convolution" : `none of its ${choices.length} convolutions`;
  return choices.length === 1
    ? `${count} would not become faster: ${largest.reason}`
    : `${count} would become faster; for the largest, ${largest.layer}: ${largest.reason}`;
}

function kernelSize(graph: Graph, layer: string): number {
  const node = graph.nodes.find(({ name }) => name === layer);
  const kernel = node && graph.constants.get(node.inputs[1] ?? "");
  return kernel?.shape.reduce((product, size) => product * size, 1) ?? 0;
}
