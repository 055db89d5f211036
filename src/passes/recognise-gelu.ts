import type { Node, NodeOf } from "../ir/graph.js";
import { type GraphView, passOf, type Rule } from "./rule.js";

interface Match {
  readonly last: NodeOf<"affine" | "mul">;
  readonly x: string;
  /** What goes besides the last node. */
  readonly inner: readonly Node[];
}

/** A value as a number times others. */
interface Product {
  readonly scale: number;
  readonly factors: readonly string[];
  readonly nodes: readonly Node[];
}

/** float32 holds 1/√2 to this. */
const ROUNDING = 2 ** -23;

const rule: Rule<"affine" | "mul", Match> = {
  name: "recognise-gelu",
  why: "x/2 · (1 + erf(x/√2)), in any order of factors that exporters write, becomes one activation",
  at: ["affine", "mul"],
  match(last, view) {
    const { scale, factors, nodes } = productOf(last, view);
    const [a, b] = factors;
    if (scale !== 0.5 || factors.length !== 2) return undefined;
    for (const [x, gate] of [
      [a!, b!],
      [b!, a!],
    ] as const) {
      const chain = onePlusErf(x, gate, view);
      if (chain) return { last, x, inner: [...nodes.filter((node) => node !== last), ...chain] };
    }
    return undefined;
  },
  check: () => undefined,
  rewrite: ({ last: { name, origin }, x, inner }) => ({
    nodes: new Map<string, readonly Node[]>([
      ...inner.map((node): [string, readonly Node[]] => [node.name, []]),
      [name, [{ op: "activation", name, inputs: [x], attributes: { fn: "gelu" }, origin }]],
    ]),
  }),
};

export const recogniseGelu = passOf(rule);

/** Multiplied out as far as nobody else reads the parts. */
function productOf(node: NodeOf<"affine" | "mul">, view: GraphView): Product {
  const own = node.op === "affine" ? node.attributes.scale : 1;
  const parts = node.inputs.map((input): Product => {
    const giver = readOnce(input, view);
    const isFactor = giver?.op === "mul" || (giver?.op === "affine" && giver.attributes.shift === 0);
    return isFactor ? productOf(giver, view) : { scale: 1, factors: [input], nodes: [] };
  });
  if (node.op === "affine" && node.attributes.shift !== 0) return { scale: 1, factors: [node.name], nodes: [] };
  return {
    scale: parts.reduce((product, { scale }) => product * scale, own),
    factors: parts.flatMap(({ factors }) => factors),
    nodes: [...parts.flatMap(({ nodes }) => nodes), node],
  };
}

/** The nodes of 1 + erf(x/√2). */
function onePlusErf(x: string, gate: string, view: GraphView): readonly Node[] | undefined {
  const sum = readOnce(gate, view);
  if (sum?.op !== "affine" || sum.attributes.scale !== 1 || sum.attributes.shift !== 1) return undefined;
  const erf = readOnce(sum.inputs[0]!, view);
  if (erf?.op !== "activation" || erf.attributes.fn !== "erf") return undefined;
  const scaled = readOnce(erf.inputs[0]!, view);
  if (scaled?.op !== "affine" || scaled.inputs[0] !== x || scaled.attributes.shift !== 0) return undefined;
  return Math.abs(scaled.attributes.scale * Math.SQRT2 - 1) <= ROUNDING ? [sum, erf, scaled] : undefined;
}

/** What gives a value that one node reads, and the graph does not show. */
function readOnce(value: string, view: GraphView): Node | undefined {
  return view.readers(value).length === 1 && !view.isShown(value) ? view.producer(value) : undefined;
}
