import type { Graph, NodeOf } from "../ir/graph.js";
import { dense } from "../ir/ops/dense-tensor.js";
import { type MixConvAttributes, mixBias, mixConvInputs, mixKernel } from "../ir/ops/mixture.js";
import { computed } from "../tensors/derived.js";
import type { LazyTensor, TensorData } from "../tensors/tensor.js";
import { freshName } from "./fresh-name.js";
import { passOf, type Rule } from "./rule.js";

interface Mixture {
  readonly node: NodeOf<"mix_conv">;
  readonly parts: ReturnType<typeof mixConvInputs<string>>;
}

const rule: Rule<"mix_conv", Mixture> = {
  name: "merge-constant-mixtures",
  why: "mixed convolutions with constant weights become ordinary convolutions with one kernel (computed in float64)",
  at: ["mix_conv"],
  match: (node) => ({ node, parts: mixConvInputs(node.attributes, node.inputs) }),
  check({ parts }, view) {
    const open = parts.factors.filter((factor) => view.constant(factor)?.shape[0] !== 1);
    return open.length === 0
      ? undefined
      : { declined: "the weights of its experts depend on the input", because: open };
  },
  rewrite({ node, parts }, view) {
    const { graph } = view;
    const channels = view.shape(parts.x)[1] as number;
    const { kernel: size, stride, dilation, pads, groups } = node.attributes;
    const merged = merge(graph, node.attributes, channels, parts);
    const kernel = freshName(graph, `${node.name}.merged_weight`);
    const bias = merged.bias && ([freshName(graph, `${node.name}.merged_bias`), merged.bias] as const);
    const constants = new Map([[kernel, merged.kernel], ...(bias ? [bias] : [])]);
    const conv: NodeOf<"conv"> = {
      ...node,
      op: "conv",
      inputs: [parts.x, ...constants.keys()],
      attributes: { kernel: size, stride, dilation, pads, groups },
    };
    return { nodes: new Map([[node.name, [conv]]]), constants };
  },
};

export const mergeConstantMixtures = passOf(rule);

/** Merged kernel and bias by the reference's own definition of the mixture. */
function merge(
  graph: Graph,
  attributes: MixConvAttributes,
  channels: number,
  parts: ReturnType<typeof mixConvInputs<string>>,
): { readonly kernel: LazyTensor; readonly bias: LazyTensor | undefined } {
  const tensor = (name: string): LazyTensor => graph.constants.get(name)!;
  const factors = parts.factors.map(tensor);
  const bank = tensor(parts.bank);
  const { out, groups, kernel } = attributes;
  const denseFactors = (alphas: readonly TensorData[]) => alphas.map((alpha, f) => dense(factors[f]!.shape, alpha));
  const weight = computed(
    [out, channels / groups, ...kernel],
    [bank, ...factors],
    (values, ...alphas) => mixKernel(attributes, channels, dense(bank.shape, values), denseFactors(alphas), 0).data,
  );
  if (parts.bias === undefined) return { kernel: weight, bias: undefined };
  const biases = tensor(parts.bias);
  const bias = computed(
    [out],
    [biases, ...factors],
    (values, ...alphas) => mixBias(attributes, channels, dense(biases.shape, values), denseFactors(alphas), 0).data,
  );
  return { kernel: weight, bias };
}
