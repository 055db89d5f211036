/** β given from outside: which routers they freeze, and whether they fit. */
import { type Diagnostic, error, type Place, SmxcError, warning } from "../base/diagnostics.js";
import { nearest } from "../base/nearest.js";
import { option, remedy } from "../base/remedy.js";
import type { Graph, NodeOf } from "../ir/graph.js";
import type { LazyTensor } from "../tensors/tensor.js";
import type { FrozenBetas } from "./freeze-betas.js";
import { decidedRouters, vectorInputs } from "./given-inputs.js";

/**
 * β by its public name, `beta.<layer>`: one row per expert, with one number per cardinal. In place of a β, the table
 * may give the vector input from which it is computed, by the name of the input, as one row.
 */
export type BetaTable = ReadonlyMap<string, readonly (readonly number[])[]>;

/** Where the value of a β was given, or where it is missing. */
export type BetaPlace = (name: string) => Place;

type RouteNode = NodeOf<"route">;

/** The routers of a graph by the public name of their β. */
export function routersByName(graph: Graph): ReadonlyMap<string, RouteNode> {
  const nodes = new Map(graph.nodes.map((node) => [node.name, node]));
  return new Map(
    graph.betas.flatMap(({ name, value }) => {
      const node = nodes.get(value);
      return node?.op === "route" ? [[name, node] as const] : [];
    }),
  );
}

/** The routers whose layer matches one of the patterns (`*` stands for any text); all for no pattern. */
export function selectRouters(graph: Graph, patterns: readonly string[]): readonly string[] {
  const routers = [...routersByName(graph).keys()];
  if (patterns.length === 0) return routers;
  const found = patterns.map((pattern) => ({
    pattern,
    names: routers.filter((name) => matches(pattern, name.slice("beta.".length))),
  }));
  const idle = found.filter(({ names }) => names.length === 0);
  if (idle.length > 0)
    throw new SmxcError(
      idle.map(({ pattern }) => nothingMatches(pattern, routers)),
      "usage",
    );
  const chosen = new Set(found.flatMap(({ names }) => names));
  return routers.filter((name) => chosen.has(name));
}

function matches(pattern: string, layer: string): boolean {
  const source = pattern.split("*").map((text) => text.replace(/[.+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${source.join(".*")}$`).test(layer);
}

/**
 * The β of the wanted routers as constants: given, or decided by inputs that are. All that does not fit is reported
 * together: names that no router or input has, routers without values, wrong shapes, values that are not finite. Throws
 * SmxcError.
 */
export function frozenBetas(
  graph: Graph,
  wanted: readonly string[],
  { betas: table, place = () => ({}) }: { readonly betas: BetaTable; readonly place?: BetaPlace },
  report: (d: Diagnostic) => void,
): FrozenBetas {
  const routers = routersByName(graph);
  const found: Diagnostic[] = [];
  const at = (name: string): Place => ({ place: name, ...place(name) });
  const widths = vectorInputs(graph);
  const given = new Map<string, LazyTensor>();
  for (const [name, values] of table) {
    const width = routers.has(name) ? undefined : widths.get(name);
    if (width !== undefined) {
      if (values.length !== 1 || values[0]!.length !== width) found.push(misshapenInput(name, at(name), width));
      else if (!values[0]!.every(Number.isFinite)) found.push(notFinite(name, at(name)));
      given.set(name, constant([1, width], values));
    } else if (!routers.has(name)) {
      found.push(unknownBeta(name, at(name), nearest(name, [...routers.keys(), ...widths.keys()])));
    }
  }
  const decided = decidedRouters(graph, given);
  const frozen = new Map<string, LazyTensor>();
  for (const name of wanted) {
    const router = routers.get(name)!;
    const { experts, cardinals, normalise } = router.attributes;
    const values = table.get(name);
    const ofInputs = decided.get(router.name);
    if (!values && ofInputs) frozen.set(router.name, ofInputs);
    else if (!values) found.push(missingBeta(name, at(name)));
    else if (values.length !== experts || values.some((row) => row.length !== cardinals))
      found.push(misshapenBeta(name, at(name), experts, cardinals));
    else if (values.some((row) => row.some((value) => !Number.isFinite(value)))) found.push(notFinite(name, at(name)));
    else {
      if (normalise === "softmax" && !sumsToOne(values, cardinals)) report(notNormalised(name, at(name)));
      frozen.set(router.name, constant([1, experts, cardinals], values));
    }
  }
  if (found.length > 0) throw new SmxcError(found);
  return frozen;
}

function constant(shape: readonly number[], rows: readonly (readonly number[])[]): LazyTensor {
  const data = Float64Array.from(rows.flat());
  return { shape, read: async () => data };
}

/** Softmax over float32 logits sums to one within a few units in the last place; people's files round to some digits. */
const SUM_TOLERANCE = 1e-3;

function sumsToOne(values: readonly (readonly number[])[], cardinals: number): boolean {
  return Array.from({ length: cardinals }, (_, d) => values.reduce((sum, row) => sum + row[d]!, 0)).every(
    (sum) => Math.abs(sum - 1) <= SUM_TOLERANCE,
  );
}

const unknownBeta = (name: string, at: Place, near: string | undefined): Diagnostic =>
  error("fold/unknown-beta", `no router of the model computes "${name}"`, {
    ...at,
    ...(near === undefined
      ? remedy`see the names in a graph that was compiled with ${option("exposeBeta")}`
      : { hint: `did you mean "${near}"?` }),
  });

const missingBeta = (name: string, at: Place): Diagnostic =>
  error("fold/missing-beta", `there is no value for "${name}"`, {
    ...at,
    ...remedy`give the β of every folded layer, or choose layers with ${option("fold.layers", undefined, "--fold-layers")}; ${option("exposeBeta")} shows all of them`,
  });

const misshapenBeta = (name: string, at: Place, experts: number, cardinals: number): Diagnostic =>
  error("fold/misshapen-beta", `"${name}" must be a nested array of ${experts} experts x ${cardinals} cardinals`, {
    ...at,
    ...remedy`write one row per expert with one number per cardinal (group of output channels), as ${option("exposeBeta")} shows them`,
  });

const misshapenInput = (name: string, at: Place, width: number): Diagnostic =>
  error("fold/misshapen-input", `"${name}" must be an array of ${width} numbers`, {
    ...at,
    hint: "give the value of the input for one sample",
  });

const notFinite = (name: string, at: Place): Diagnostic =>
  error("fold/beta-not-finite", `"${name}" holds a value that is not a finite number`, {
    ...at,
    hint: "give finite numbers; if the network computed this value, its weights hold NaN or overflow",
  });

const notNormalised = (name: string, at: Place): Diagnostic =>
  warning("fold/beta-sum", `the weights of the experts in "${name}" do not sum to 1, as they do after a softmax`, at);

const nothingMatches = (pattern: string, routers: readonly string[]): Diagnostic =>
  error("fold/no-match", `no layer with a router matches "${pattern}"`, {
    hint: `layers are ${routers
      .slice(0, 3)
      .map((name) => name.slice("beta.".length))
      .join(", ")}${routers.length > 3 ? ", …" : ""}; * stands for any text`,
  });
