/** β of raised kernels: what routers give is named after convolutions, and shown or held. */

import { type Diagnostic, error, SmxcError } from "../base/diagnostics.js";
import { freshName } from "../base/fresh-name.js";
import { option, remedy } from "../base/remedy.js";
import type { FoldOptions } from "../compile-options.js";
import { exposeBetas } from "../ir/expose-betas.js";
import type { Graph, GraphInput, GraphOutput, NodeOf } from "../ir/graph.js";
import { mixConvInputs } from "../ir/ops/mixture.js";
import type { GraphProto } from "../onnx/graph/records.js";
import { allNames } from "../onnx/rewrite/names.js";
import { freezeBetas } from "../passes/freeze-betas.js";
import { frozenBetas, selectRouters } from "../passes/given-betas.js";
import { ROUTER_PASSES } from "../passes/index.js";
import type { Pass } from "../passes/pass.js";
import { removeDeadNodes } from "../passes/remove-dead-nodes.js";
import { runPasses } from "../passes/run.js";
import { chooseExperts } from "./choose-experts.js";

/** What is to become of β. */
export interface BetaOptions {
  /** Every β becomes an output `beta.<convolution>` [N,k,d] after the source's. */
  readonly exposeBeta?: boolean;
  /** Holds β at values, by the same names. */
  readonly fold?: FoldOptions;
  /** Every router chooses the expert of its largest β, which is another function than the source's. */
  readonly hard?: boolean;
  /** Receives warnings. */
  readonly report?: (diagnostic: Diagnostic) => void;
}

export interface RoutedIslands {
  readonly islands: readonly Graph[];
  /** Routers, by the names of their β, that choose one expert where the source mixes. */
  readonly hard: readonly string[];
}

/**
 * Islands with β shown, held or chosen by as asked for; as they are where nothing is.
 *
 * @throws SmxcError `compile/no-router` where there is none; `routing/not-allowed` where experts are no alternatives; where
 *   what is given does not fit the routers
 */
export function withBetas(
  islands: readonly Graph[],
  source: GraphProto,
  { exposeBeta = false, fold, hard = false, report = () => {} }: BetaOptions,
): RoutedIslands {
  if (!exposeBeta && fold === undefined && !hard) return { islands, hard: [] };
  const taken = allNames(source);
  const named = islands.map((island) => withNamedBetas(runPasses(island, ROUTER_PASSES), taken));
  const whole = together(named, source);
  if (whole.betas.length === 0) throw new SmxcError([noRouter()]);
  const frozen = fold ? frozenBetas(whole, selectRouters(whole, fold.layers ?? []), fold, report) : new Map();
  const routed = hard ? choosingHard(named) : { islands: named, hard: [] };
  return {
    ...routed,
    islands: routed.islands.map((graph) =>
      runPasses(exposeBeta ? exposeBetas(graph) : graph, [removeDeadNodes, freezeBetas(frozen), dropUnreadInputs]),
    ),
  };
}

/** The code of what is said of a graph without β. */
export const NO_ROUTER = "compile/no-router";

const noRouter = (): Diagnostic =>
  error(NO_ROUTER, "the graph has no β: smxc found no kernel that a router mixes from experts", {
    ...remedy`see what became of each computed kernel: compile without the flags for β, and with ${option("explain")}`,
    libraryHint: "see what became of each computed kernel: compile without the options for β, and read the report",
  });

/** Every router has the name of the first convolution that it weighs. @param taken names; those that are given come in */
function withNamedBetas(graph: Graph, taken: Set<string>): Graph {
  for (const { name } of [...graph.inputs, ...graph.nodes]) taken.add(name);
  const routers = new Set<string>();
  const betas: GraphOutput[] = [];
  for (const node of graph.nodes) {
    if (node.op !== "mix_conv") continue;
    for (const { name: value } of routersOf(node, graph)) {
      if (routers.has(value)) continue;
      routers.add(value);
      betas.push({ name: freshName(`beta.${node.origin.layer}`, taken), value });
    }
  }
  return { ...graph, betas };
}

/** The routers that weigh a mixture, by themselves or by a hard choice. */
function routersOf({ attributes, inputs }: NodeOf<"mix_conv">, { nodes }: Graph): readonly NodeOf<"route">[] {
  const giver = (value: string) => nodes.find(({ name }) => name === value);
  return mixConvInputs(attributes, inputs).factors.flatMap((factor) => {
    const weights = giver(factor);
    const router = weights?.op === "one_hot" ? giver(weights.inputs[0]!) : weights;
    return router?.op === "route" ? [router] : [];
  });
}

function choosingHard(islands: readonly Graph[]): RoutedIslands {
  const chosen = islands.map(chooseExperts);
  const refused = chosen.flatMap(({ refused: own }) => own);
  if (refused.length > 0) throw new SmxcError(refused);
  return { islands: chosen.map(({ graph }) => graph), hard: chosen.flatMap(({ changed }) => changed) };
}

/** All islands as one graph, which has the source's inputs: what can be given. */
function together(islands: readonly Graph[], { name = "", input }: GraphProto): Graph {
  const own = new Set(input.map((each) => each.name));
  const inputs = new Map<string, GraphInput>();
  for (const each of islands.flatMap((island) => island.inputs)) if (own.has(each.name)) inputs.set(each.name, each);
  return {
    name,
    inputs: [...inputs.values()],
    constants: new Map(islands.flatMap(({ constants }) => [...constants])),
    nodes: islands.flatMap(({ nodes }) => nodes),
    outputs: [],
    betas: islands.flatMap(({ betas }) => betas),
  };
}

/** What made them is not needed any more either. */
const dropUnreadInputs: Pass = {
  name: "drop-unread-inputs",
  why: "values that only folded routers read are no longer computed",
  run(graph) {
    const read = new Set([...graph.nodes.flatMap(({ inputs }) => inputs), ...graph.outputs.map(({ value }) => value)]);
    const inputs = graph.inputs.filter(({ name }) => read.has(name));
    return inputs.length === graph.inputs.length ? graph : { ...graph, inputs };
  },
};
