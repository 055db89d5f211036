import type { NodeOf } from "../ir/graph.js";
import { passOf, type Rule } from "./rule.js";

interface Gated {
  readonly product: NodeOf<"mul">;
  readonly gate: NodeOf<"activation">;
}

const rule: Rule<"mul", Gated> = {
  name: "recognise-silu",
  why: "x · sigmoid(x), which is how exporters write SiLU, becomes one activation",
  at: ["mul"],
  match(product, view) {
    const [a, b] = product.inputs as readonly [string, string];
    for (const [x, other] of [
      [a, b],
      [b, a],
    ] as const) {
      const gate = view.producer(other);
      if (gate?.op === "activation" && gate.attributes.fn === "sigmoid" && gate.inputs[0] === x)
        return { product, gate };
    }
    return undefined;
  },
  check: ({ gate: { name } }, view) =>
    view.isShown(name) || view.readers(name).length !== 1
      ? { declined: "other nodes also read its sigmoid", because: [name] }
      : undefined,
  rewrite: ({ product: { name, origin }, gate }) => ({
    nodes: new Map([
      [gate.name, []],
      [name, [{ op: "activation", name, inputs: gate.inputs, attributes: { fn: "silu" }, origin }]],
    ]),
  }),
};

export const recogniseSilu = passOf(rule);
