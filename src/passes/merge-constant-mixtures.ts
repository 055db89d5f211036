import type { Graph, Node } from "../ir/graph.js";
import { inferShapes } from "../ir/infer.js";
import { dense } from "../ir/ops/dense-tensor.js";
import { type MixConvAttributes, mixBias, mixConvInputs, mixKernel } from "../ir/ops/mixture.js";
import { computed } from "../weights/derived.js";
import type { LazyTensor, TensorData } from "../weights/tensor.js";
import { freshName } from "./edit-graph.js";
import type { Pass } from "./pass.js";

export const mergeConstantMixtures: Pass = {
  name: "merge-constant-mixtures",
  description: "mixed convolutions whose weights are all constant become convolutions with the merged kernel (float64)",
  run(graph) {
    const shapes = inferShapes(graph);
    const constants = new Map(graph.constants);
    let changed = false;
    const nodes = graph.nodes.map((node): Node => {
      if (node.op !== "mix_conv") return node;
      const parts = mixConvInputs(node.attributes, node.inputs);
      if (!parts.factors.every((factor) => constants.get(factor)?.shape[0] === 1)) return node;
      changed = true;
      const channels = shapes.get(parts.x)![1] as number;
      const merged = merge(graph, node.attributes, channels, parts);
      const kernel = freshName(graph, `${node.name}.merged_weight`);
      constants.set(kernel, merged.kernel);
      const inputs = [parts.x, kernel];
      if (merged.bias) {
        const bias = freshName(graph, `${node.name}.merged_bias`);
        constants.set(bias, merged.bias);
        inputs.push(bias);
      }
      const { kernel: size, stride, dilation, pads, groups } = node.attributes;
      return { ...node, op: "conv", inputs, attributes: { kernel: size, stride, dilation, pads, groups } };
    });
    return changed ? { ...graph, constants, nodes } : graph;
  },
};

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
