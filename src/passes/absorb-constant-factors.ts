import type { Node } from "../ir/graph.js";
import { inferShapes } from "../ir/infer.js";
import { dense } from "../ir/ops/dense-tensor.js";
import { bankElementWeights, type MixConvAttributes, mixConvInputs } from "../ir/ops/mixture.js";
import { computed } from "../weights/derived.js";
import type { LazyTensor } from "../weights/tensor.js";
import { freshName } from "./edit-graph.js";
import type { Pass } from "./pass.js";

export const absorbConstantFactors: Pass = {
  name: "absorb-constant-factors",
  description: "multiplies factors that are constant into the bank, where others depend on the input",
  run(graph) {
    const shapes = inferShapes(graph);
    const constants = new Map(graph.constants);
    const isConstant = (name: string): boolean => constants.get(name)?.shape[0] === 1;
    let changed = false;
    const nodes = graph.nodes.map((node): Node => {
      if (node.op !== "mix_conv") return node;
      const { x, bank, bias, factors } = mixConvInputs(node.attributes, node.inputs);
      const fixed = factors.flatMap((factor, f) => (isConstant(factor) ? [f] : []));
      if (fixed.length === 0 || fixed.length === factors.length) return node;
      changed = true;
      const channels = shapes.get(x)![1] as number;
      const part: MixConvAttributes = { ...node.attributes, factors: fixed.map((f) => node.attributes.factors[f]!) };
      const alphas = fixed.map((f) => constants.get(factors[f]!)!);
      const absorb = (name: string, on: "kernel" | "bias"): string => {
        const tensor = constants.get(name)!;
        const absorbed = freshName({ ...graph, constants }, `${name}.absorbed`);
        constants.set(absorbed, weighed(tensor, part, channels, alphas, on));
        return absorbed;
      };
      const rest = factors.flatMap((factor, f) =>
        (fixed.includes(f) ? [] : [f]).map((index) => ({ factor, attribute: node.attributes.factors[index]! })),
      );
      const biases = bias === undefined ? [] : [node.attributes.bias === "bank" ? absorb(bias, "bias") : bias];
      return {
        ...node,
        inputs: [x, absorb(bank, "kernel"), ...biases, ...rest.map(({ factor }) => factor)],
        attributes: { ...node.attributes, factors: rest.map(({ attribute }) => attribute) },
      };
    });
    return changed ? { ...graph, constants, nodes } : graph;
  },
};

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
