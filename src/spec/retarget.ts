/** Another routing for a model's blocks, as a rewrite of its document, where the mathematics allows it. */
import { type Diagnostic, error, SmxcError } from "../diagnostics.js";
import { pointerOf } from "../json/parse.js";
import type { LayerSpec, ModelSpec } from "./document.js";

export const ROUTING_MODES = ["hard", "exact", "merged", "dense"] as const;
export type RoutingMode = (typeof ROUTING_MODES)[number];

type Block = Extract<LayerSpec, { readonly op: "sparse_block" }>;
type Route = Extract<LayerSpec, { readonly op: "route" }>;

/** What a mode makes of the router of a block. */
type RouterChange = Pick<Route, "normalise" | "power">;

/** How each mode changes a block: what forbids it, and what its router becomes. */
interface Rule {
  refuses(block: Block, router: Route | undefined): string | undefined;
  readonly router: RouterChange | undefined;
}

const needsRouter = (block: Block, router: Route | undefined): string | undefined => {
  if (block.beta === undefined) return "a dense block has no router, so nothing says how much each group weighs";
  if (!router) return `its β "${block.beta}" is not the result of a router of this document`;
  if (router.normalise !== "softmax" && router.normalise !== "argmax")
    return `its β is normalised by ${router.normalise}, not over the groups`;
  return undefined;
};

const needsOneBeta = (block: Block): string | undefined =>
  block.beta2 === undefined
    ? undefined
    : "its two convolutions have a β each, and groups chosen apart are not the groups of the sum Σ β_i W2_i F(W1_i X)";

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
        ? "its router has more than one cardinal, and the exact sum weighs whole groups"
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
  const changed = new Map<string, RouterChange>();
  const { refuses, router: change } = RULES[mode];
  const layers = spec.layers.map((layer, index): LayerSpec => {
    if (layer.op === "mix_conv" && mode === "hard") {
      const reason = hardMixture(layer, routers);
      if (reason !== undefined) found.push(notAllowed(layer.name, index, mode, reason));
      else changed.set(layer.beta!, RULES.hard.router!);
      return layer;
    }
    if (layer.op !== "sparse_block" || layer.mode === mode) return layer;
    const reason = refuses(layer, routers.get(layer.beta ?? ""));
    if (reason !== undefined) found.push(notAllowed(layer.name, index, mode, reason));
    else if (change) changed.set(layer.beta!, change);
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
    layers: layers.map((layer) => (layer.op === "route" ? { ...layer, ...changed.get(layer.name) } : layer)),
  };
}

function hardMixture(
  layer: Extract<LayerSpec, { readonly op: "mix_conv" }>,
  routers: ReadonlyMap<string, Route>,
): string | undefined {
  if (layer.beta === undefined) return "its kernel is a product of several factors, not a choice among experts";
  const router = routers.get(layer.beta);
  if (!router) return `its β "${layer.beta}" is not the result of a router of this document`;
  return router.normalise === "softmax" || router.normalise === "argmax"
    ? undefined
    : `its β is normalised by ${router.normalise}, so experts are not alternatives`;
}

const notAllowed = (layer: string, index: number, mode: RoutingMode, reason: string): Diagnostic =>
  error("routing/not-allowed", `layer "${layer}" has no ${mode} form: ${reason}`, {
    pointer: pointerOf(["layers", index]),
    hint: "compile it with --routing dynamic",
  });

const nothingToRetarget = (spec: ModelSpec, mode: RoutingMode): Diagnostic =>
  error("routing/no-blocks", `the model has no two-layer block whose routing could be ${mode}`, {
    pointer: "/layers",
    hint: spec.layers.some((layer) => layer.op === "mix_conv")
      ? "each of its mixed convolutions has a β of its own, from its own input; only hard and fold apply to those"
      : "it has no routed layers at all",
  });
