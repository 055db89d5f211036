import type { NodeOf } from "../ir/graph.js";
import { dense } from "../ir/ops/dense-tensor.js";
import { bankElementWeights, type MixConvAttributes, mixConvInputs } from "../ir/ops/mixture.js";
import { computed } from "../tensors/derived.js";
import type { LazyTensor } from "../tensors/tensor.js";
import { freshName } from "./fresh-name.js";
import { passOf, type Rule } from "./rule.js";

interface PartlyConstant {
  readonly node: NodeOf<"mix_conv">;
  readonly parts: ReturnType<typeof mixConvInputs<string>>;
  /** Numbers of the factors that are constant, and of the others. */
  readonly fixed: readonly number[];
  readonly open: readonly number[];
}

const rule: Rule<"mix_conv", PartlyConstant> = {
  name: "absorb-constant-factors",
  why: "constant factors are multiplied into the kernels of the experts, if other factors depend on the input",
  at: ["mix_conv"],
  match(node, view) {
    const parts = mixConvInputs(node.attributes, node.inputs);
    const numbers = [...parts.factors.keys()];
    const isFixed = (f: number): boolean => view.constant(parts.factors[f]!)?.shape[0] === 1;
    const [fixed, open] = [numbers.filter(isFixed), numbers.filter((f) => !isFixed(f))];
    return fixed.length > 0 && open.length > 0 ? { node, parts, fixed, open } : undefined;
  },
  check: () => undefined,
  rewrite({ node, parts: { x, bank, bias, factors }, fixed, open }, view) {
    const { attributes } = node;
    const channels = view.shape(x)[1] as number;
    const part: MixConvAttributes = { ...attributes, factors: fixed.map((f) => attributes.factors[f]!) };
    const alphas = fixed.map((f) => view.constant(factors[f]!)!);
    const constants = new Map<string, LazyTensor>();
    const absorb = (name: string, on: "kernel" | "bias"): string => {
      const absorbed = freshName(view.graph, `${name}.absorbed`, constants.keys());
      constants.set(absorbed, weighed(view.constant(name)!, part, channels, alphas, on));
      return absorbed;
    };
    const kernels = absorb(bank, "kernel");
    const biases = bias === undefined ? [] : [attributes.bias === "bank" ? absorb(bias, "bias") : bias];
    const mixture: NodeOf<"mix_conv"> = {
      ...node,
      inputs: [x, kernels, ...biases, ...open.map((f) => factors[f]!)],
      attributes: { ...attributes, factors: open.map((f) => attributes.factors[f]!) },
    };
    return { nodes: new Map([[node.name, [mixture]]]), constants };
  },
};

export const absorbConstantFactors = passOf(rule);

/** A bank, of kernels or biases, times the weights that constant factors give each of its elements. */
function weighed(
  tensor: LazyTensor,
  attributes: MixConvAttributes,
  channels: number,
  alphas: readonly LazyTensor[],
  on: "kernel" | "bias",
): LazyTensor {
  return computed(tensor.shape, [tensor, ...alphas], (values, ...weights) => {
    const factors = weights.map((weight, f) => dense(alphas[f]!.shape, weight));
    const weight = bankElementWeights(attributes, channels, factors, on);
    return Float64Array.from(values, (value, index) => value * weight(index));
  });
}
