/** Which rewrites a graph did not get, and why. */
import type { PassStep } from "../passes/pass.js";

/** Nodes that a rule left as they are, for one reason. */
export interface DeclinedRewrite {
  readonly rule: string;
  readonly reason: string;
  /** In the graph's order. */
  readonly nodes: readonly string[];
}

/** Groups what was declined by rule and reason, in the order in which they were met first. */
export function declinedRewrites(steps: readonly PassStep[]): readonly DeclinedRewrite[] {
  const groups = new Map<string, DeclinedRewrite & { readonly nodes: string[] }>();
  for (const { pass: rule, node, declined: reason } of steps) {
    if (reason === undefined) continue;
    const key = JSON.stringify([rule, reason]);
    const group = groups.get(key) ?? { rule, reason, nodes: [] };
    group.nodes.push(node);
    groups.set(key, group);
  }
  return [...groups.values()];
}
