import type { NodeOf } from "../ir/graph.js";
import { type Constants, constantsAt, folded, whyNotFolded } from "./constants-of-mixtures.js";
import { type Gate, gatesAt, takenIn, whyOutside } from "./gates-of-mixtures.js";
import type { Decline } from "./pass.js";
import { type Edit, type GraphView, passOf, type Rule } from "./rule.js";

type WeighingNode = NodeOf<"channel_affine" | "channel_bias" | "channel_scale" | "mul">;

/** What is beside a mixed convolution: constants, or gates, of which the first that may is taken. */
type Beside =
  | { readonly kind: "constants"; readonly constants: Constants }
  | { readonly kind: "gates"; readonly gates: readonly Gate[] };

const rule: Rule<WeighingNode["op"], Beside> = {
  name: "take-into-mixtures",
  why: "weights of the channels before or after a mixed convolution are applied to its kernel, if that costs less; constant scales and shifts after it are multiplied into its kernels and bias, in float64",
  at: ["channel_affine", "channel_bias", "channel_scale", "mul"],
  match(node, view) {
    const constants = node.op === "mul" ? undefined : constantsAt(node, view);
    if (constants) return { kind: "constants", constants };
    const gates = node.op === "mul" || node.op === "channel_scale" ? gatesAt(node, view) : [];
    return gates.length > 0 ? { kind: "gates", gates } : undefined;
  },
  check: (beside, view) =>
    beside.kind === "constants" ? whyNotFolded(beside.constants, view) : whyAllOutside(beside.gates, view),
  rewrite: (beside, view): Edit =>
    beside.kind === "constants"
      ? folded(beside.constants, view)
      : takenIn(beside.gates.find((gate) => whyOutside(gate, view) === undefined)!, view),
};

export const takeIntoMixtures = passOf(rule);

function whyAllOutside(gates: readonly Gate[], view: GraphView): Decline | undefined {
  const reasons = gates.map((gate) => whyOutside(gate, view));
  return reasons.includes(undefined) ? undefined : reasons[0];
}
