import type { NodeOf } from "../ir/graph.js";
import { passOf, type Rule } from "./rule.js";

const rule: Rule<"affine", NodeOf<"affine">> = {
  name: "remove-neutral-affines",
  why: "removes a scale of 1 with a shift of 0",
  at: ["affine"],
  match: (node) => (node.attributes.scale === 1 && node.attributes.shift === 0 ? node : undefined),
  check: () => undefined,
  rewrite: ({ name, inputs: [x] }) => ({ bypass: new Map([[name, x!]]) }),
};

export const removeNeutralAffines = passOf(rule);
