/** The part of a network that runs on patches. */
import { SmxcError } from "../base/diagnostics.js";
import { nearest } from "../base/nearest.js";
import type { Graph, Node } from "../ir/graph.js";
import { faultOf, type PatchRule } from "../ir/patch-rule.js";
import * as errors from "./errors.js";

/** How pictures are cut, and what part of the network runs on the patches. */
export interface PatchContext extends PatchRule {
  /** Names of values: the region reads the one and gives the other. */
  readonly region: { readonly from: string; readonly to: string };
}

/**
 * The names of the nodes that depend on the region's start and lead to its end.
 *
 * @throws SmxcError with all that is wrong with the context: a rule that leaves pixels without a value, names that are
 *   no values, layers that would read patches beside whole pictures
 */
export function regionOf(graph: Graph, context: PatchContext): ReadonlySet<string> {
  const { from, to } = context.region;
  const fault = faultOf(context);
  const found = fault === undefined ? [] : [errors.badRule(fault)];
  const values = [...graph.inputs, ...graph.nodes].map(({ name }) => name);
  for (const end of ["from", "to"] as const) {
    const name = context.region[end];
    if (!values.includes(name)) found.push(errors.noRegionEnd(end, name, nearest(name, values)));
  }
  if (found.length > 0) throw new SmxcError(found);
  const region = between(graph, from, to);
  if (region.size === 0) throw new SmxcError([errors.emptyRegion(from, to)]);
  const known = (name: string): boolean => name === from || region.has(name) || graph.constants.has(name);
  for (const { name, inputs } of graph.nodes) {
    const inside = region.has(name);
    for (const input of inputs) {
      if (inside && !known(input)) found.push(errors.regionReads(name, input));
      if (!inside && region.has(input) && input !== to) found.push(errors.regionLeaks(name, input));
    }
  }
  const shown = new Set(graph.betas.map(({ value }) => value));
  for (const { name, value } of graph.outputs) {
    if (region.has(value) && value !== to && !shown.has(value)) found.push(errors.regionLeaks(name, value));
  }
  if (found.length > 0) throw new SmxcError(found);
  return region;
}

function between(graph: Graph, from: string, to: string): ReadonlySet<string> {
  const reached = new Set([from]);
  for (const { name, inputs } of graph.nodes) if (inputs.some((input) => reached.has(input))) reached.add(name);
  reached.delete(from);
  const leading = new Set([to]);
  const region = new Set<string>();
  for (const { name, inputs } of graph.nodes.toReversed() as readonly Node[]) {
    if (!leading.has(name)) continue;
    for (const input of inputs) leading.add(input);
    if (reached.has(name)) region.add(name);
  }
  return region;
}
