/** Another routing for a model's blocks, as a rewrite of its document, where the mathematics allows it. */
import { type Diagnostic, error, SmxcError } from "../../base/diagnostics.js";
import { pointerOf } from "../../base/json/parse.js";
import type { LayerSpec, ModelSpec } from "./document.js";
import { referencesOf } from "./references.js";
import type { RoutingMode } from "./routing-modes.js";

type Block = Extract<LayerSpec, { readonly op: "sparse_block" }>;
type Mixture = Extract<LayerSpec, { readonly op: "mix_conv" }>;
type Route = Extract<LayerSpec, { readonly op: "route" }>;

/** What a mode makes of the router of a block. */
type RouterChange = Pick<Route, "normalise" | "power">;

/** How each mode changes a block: what forbids it, and what its router becomes. */
interface Rule {
  refuses(block: Block, router: Route | undefined): string | undefined;
  readonly router: RouterChange | undefined;
}

const needsRouter = (block: Block, router: Route | undefined): string | undefined => {
  if (block.beta === undefined) return "a dense block has no router that computes the weights of its groups";
  if (!router) return `its β "${block.beta}" is not the result of a router of this document`;
  if (router.normalise !== "softmax" && router.normalise !== "argmax")
    return `its β is normalised by ${router.normalise}, not over the groups`;
  return undefined;
};

const needsOneBeta = (block: Block): string | undefined =>
  block.beta2 === undefined
    ? undefined
    : "its two convolutions each have a β, so the two would choose different groups in the sum Σ β_i W2_i F(W1_i X)";

const RULES: Readonly<Record<RoutingMode, Rule>> = {
  hard: {
    refuses: (block, router) => needsRouter(block, router) ?? needsOneBeta(block),
    router: { normalise: "argmax", power: 1 },
  },
  exact: {
    refuses: (block, router) =>
      needsRouter(block, router) ??
      needsOneBeta(block) ??
      (router && router.cardinals > 1
        ? "its router has more than one cardinal, but the exact sum weighs whole groups"
        : undefined),
    router: { normalise: "softmax", power: 1 },
  },
  merged: {
    refuses: (block, router) => needsRouter(block, router),
    router: { normalise: "softmax", power: 0.5 },
  },
  dense: { refuses: () => undefined, router: undefined },
};

/**
 * The document with every two-layer block in the given mode; for `hard`, plain mixed convolutions choose one expert
 * too. Throws SmxcError that says for each block why its mathematics does not allow the mode.
 */
export function retarget(spec: ModelSpec, mode: RoutingMode): ModelSpec {
  const routers = new Map(spec.layers.flatMap((layer) => (layer.op === "route" ? [[layer.name, layer] as const] : [])));
  const found: Diagnostic[] = [];
  const asking = new Set<string>();
  const { refuses, router: change } = RULES[mode];
  const layers = spec.layers.map((layer, index): LayerSpec => {
    const reason = refusalOf(layer, mode, routers, refuses);
    if (reason === UNTOUCHED) return layer;
    if (reason !== undefined) found.push(notAllowed(layer.name, index, mode, reason));
    else if (change) asking.add(layer.name);
    if (layer.op !== "sparse_block") return layer;
    const { beta, beta2, ...rest } = layer;
    return mode === "dense" ? { ...rest, mode } : { ...layer, mode };
  });
  const blocks = spec.layers.some(
    (layer) => layer.op === "sparse_block" || (mode === "hard" && layer.op === "mix_conv"),
  );
  if (!blocks) found.push(nothingToRetarget(spec, mode));
  if (found.length > 0) throw new SmxcError(found);
  return {
    ...spec,
    layers: change ? withRouters({ layers, routers, outputs: spec.outputs }, asking, mode, change) : layers,
  };
}

/** A layer that the mode has nothing to say about. */
const UNTOUCHED = Symbol("untouched");

function refusalOf(
  layer: LayerSpec,
  mode: RoutingMode,
  routers: ReadonlyMap<string, Route>,
  refuses: Rule["refuses"],
): string | undefined | typeof UNTOUCHED {
  if (layer.op === "mix_conv" && mode === "hard") return hardMixture(layer, routers);
  if (layer.op === "sparse_block" && layer.mode !== mode) return refuses(layer, routers.get(layer.beta ?? ""));
  return UNTOUCHED;
}

function hardMixture(layer: Mixture, routers: ReadonlyMap<string, Route>): string | undefined {
  const beta = betaOf(layer, routers);
  if (beta === undefined)
    return "its kernel is a product of several factors, none of which can choose one expert alone";
  const router = routers.get(beta);
  if (!router) return `its β "${beta}" is not the result of a router of this document`;
  return router.normalise === "softmax" || router.normalise === "argmax"
    ? undefined
    : `its β is normalised by ${router.normalise}, so the experts are not alternatives`;
}

/** The β of a mixture that weighs its experts, if there is but one. */
function betaOf(layer: Mixture | Block, routers: ReadonlyMap<string, Route>): string | undefined {
  if (layer.op === "sparse_block" || layer.beta !== undefined) return layer.beta;
  const [beta, ...others] = (layer.factors ?? []).filter((factor) => weighsExperts(factor.beta, layer, routers));
  return others.length === 0 ? beta?.beta : undefined;
}

/** Whether a factor can tell experts apart: the router of one that cannot gives a row for all of them. */
function weighsExperts(beta: string, { factors }: Mixture, routers: ReadonlyMap<string, Route>): boolean {
  return factors?.length === 1 || routers.get(beta)?.experts !== 1;
}

/**
 * The routers of the layers that ask for it, changed: in place where nobody else reads them, and as changed copies
 * behind them where somebody does, whose weights must stay what they are.
 */
function withRouters(
  {
    layers,
    routers,
    outputs,
  }: {
    readonly layers: readonly LayerSpec[];
    readonly routers: ReadonlyMap<string, Route>;
    readonly outputs: readonly string[];
  },
  asking: ReadonlySet<string>,
  mode: RoutingMode,
  change: RouterChange,
): LayerSpec[] {
  const asked = new Set(
    layers.flatMap((layer) => (isMixture(layer) && asking.has(layer.name) ? [betaOf(layer, routers)!] : [])),
  );
  const shared = new Set([
    ...outputs,
    ...layers.flatMap((layer, index) =>
      referencesOf(layer, index)
        .map(({ name }) => name)
        .filter((name) => !(isMixture(layer) && asking.has(layer.name) && betaOf(layer, routers) === name)),
    ),
  ]);
  const names = new Set(layers.map(({ name }) => name));
  const copies = new Map<string, string>();
  return layers.flatMap((layer): readonly LayerSpec[] => {
    if (isMixture(layer) && asking.has(layer.name)) {
      const before = betaOf(layer, routers)!;
      return [reading(layer, before, copies.get(before))];
    }
    if (layer.op !== "route" || !asked.has(layer.name)) return [layer];
    const same = layer.normalise === change.normalise && layer.power === change.power;
    if (same || !shared.has(layer.name)) return [{ ...layer, ...change }];
    let name = `${layer.name}.${mode}`;
    for (let n = 2; names.has(name); n++) name = `${layer.name}.${mode}${n}`;
    copies.set(layer.name, name);
    return [layer, { ...layer, ...change, name, weights: ownWeights(layer) }];
  });
}

function isMixture(layer: LayerSpec): layer is Mixture | Block {
  return layer.op === "mix_conv" || layer.op === "sparse_block";
}

/** A mixture with another β in place of one, if there is one. */
function reading<Layer extends Mixture | Block>(layer: Layer, before: string, beta: string | undefined): Layer {
  if (beta === undefined) return layer;
  if (layer.op !== "mix_conv" || !layer.factors) return { ...layer, beta };
  const factors = layer.factors.map((factor) => (factor.beta === before ? { ...factor, beta } : factor));
  return { ...layer, factors };
}

/** Where a router's tensors are, by name, so that a copy under another name finds them. */
function ownWeights({ name, mlp, weights }: Route): Route["weights"] {
  return Object.fromEntries(mlp.map((_, stage) => [`mlp.${stage}`, weights[`mlp.${stage}`] ?? `${name}.mlp.${stage}`]));
}

const notAllowed = (layer: string, index: number, mode: RoutingMode, reason: string): Diagnostic =>
  error("routing/not-allowed", `layer "${layer}" has no ${mode} form: ${reason}`, {
    pointer: pointerOf(["layers", index]),
    hint: "leave the routing as it is in the document; on the command line: --routing dynamic",
  });

const nothingToRetarget = (spec: ModelSpec, mode: RoutingMode): Diagnostic =>
  error("routing/no-blocks", `the model has no two-layer block, so its routing cannot be ${mode}`, {
    pointer: "/layers",
    hint: spec.layers.some((layer) => layer.op === "mix_conv")
      ? "use fold, or, if β is a softmax, hard; the model has only mixed convolutions"
      : "leave out the routing; the model has no layers with a router",
  });
