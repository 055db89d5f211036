/** The hard choice in place of a mixture: every router takes the expert of its largest β, the first of equals. */
import { type Diagnostic, error } from "../base/diagnostics.js";
import { freshName } from "../base/fresh-name.js";
import { remedy } from "../base/remedy.js";
import type { Graph, Node, NodeOf } from "../ir/graph.js";
import { inferShapes } from "../ir/infer.js";
import { mixConvInputs } from "../ir/ops/mixture.js";
import { verifyGraph } from "../ir/verify.js";

export interface HardIsland {
  readonly graph: Graph;
  /** The β, by name, that mixtures no longer read themselves. */
  readonly changed: readonly string[];
  /** Of every mixture whose experts are no alternatives: why. */
  readonly refused: readonly Diagnostic[];
}

/** @param island whose routers are single nodes, and named */
export function chooseExperts(island: Graph): HardIsland {
  const givers = new Map(island.nodes.map((node) => [node.name, node]));
  const shapes = inferShapes(island);
  const refused: Diagnostic[] = [];
  const routers = new Set<string>();
  for (const node of island.nodes) {
    if (node.op !== "mix_conv" || node.attributes.experts === 1) continue;
    const weights = new Set(
      mixConvInputs(node.attributes, node.inputs).factors.filter((name) => shapes.get(name)![1] !== 1),
    );
    const [first, ...others] = [...weights].map((name) => givers.get(name));
    const reason = others.length > 0 ? SEVERAL : whyNone(first);
    if (reason !== undefined) refused.push(notAllowed(node.origin.layer, reason));
    else if (first!.op === "route") routers.add(first!.name);
  }
  const changed = island.betas.filter(({ value }) => routers.has(value)).map(({ name }) => name);
  return { graph: routers.size === 0 ? island : chosenBy(island, routers), changed, refused };
}

const SEVERAL = "several factors weigh its experts, and none of them alone can choose one";

/** Why what weighs experts does not choose one of them; undefined where it can, or does. */
function whyNone(weights: Node | undefined): string | undefined {
  if (weights?.op === "one_hot") return undefined;
  if (weights?.op !== "route") return "the weights of its experts do not come from a router that smxc recognises";
  const { normalise } = weights.attributes;
  return normalise === "softmax"
    ? undefined
    : `each of its experts has a weight of its own (${normalise}), so the experts are not alternatives`;
}

/** Mixtures read the choice of a router in place of its β. */
function chosenBy(island: Graph, routers: ReadonlySet<string>): Graph {
  const taken = new Set([...[...island.inputs, ...island.nodes].map(({ name }) => name), ...island.constants.keys()]);
  const choices = new Map([...routers].map((name) => [name, freshName(`${name}/hard`, taken)]));
  const nodes = island.nodes.flatMap((node): readonly Node[] => {
    if (node.op === "mix_conv") return [choosing(node, choices)];
    const choice = choices.get(node.name);
    if (choice === undefined) return [node];
    return [node, { op: "one_hot", name: choice, inputs: [node.name], attributes: {}, origin: node.origin }];
  });
  const graph = { ...island, nodes };
  verifyGraph(graph, "choosing experts");
  return graph;
}

function choosing(node: NodeOf<"mix_conv">, choices: ReadonlyMap<string, string>): Node {
  const { factors } = mixConvInputs(node.attributes, node.inputs);
  const before = node.inputs.slice(0, node.inputs.length - factors.length);
  return { ...node, inputs: [...before, ...factors.map((name) => choices.get(name) ?? name)] };
}

const notAllowed = (node: string, reason: string): Diagnostic =>
  error("routing/not-allowed", `the convolution "${node}" cannot choose one expert: ${reason}`, {
    place: node,
    ...remedy`leave the routing as it is, or replace β by constants with ${{ flag: "--routing fold", library: "fold" }}`,
  });
