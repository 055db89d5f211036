import type { Node, NodeOf } from "../ir/graph.js";
import { mixConvInputs } from "../ir/ops/mixture.js";
import { reshaped } from "../tensors/derived.js";
import { elementCount, type LazyTensor } from "../tensors/tensor.js";
import { freshName } from "./fresh-name.js";
import { type Edit, type GraphView, passOf, type Rule } from "./rule.js";

type MixConvNode = NodeOf<"mix_conv">;

const rule: Rule<"mix_conv", MixConvNode> = {
  name: "act-on-channels",
  why: "factors over only input or output channels are applied to the feature map instead of the kernel, which becomes constant; demodulation is applied to the output",
  at: ["mix_conv"],
  match: (node) => (node.attributes.experts === 1 ? node : undefined),
  check({ attributes: { factors, bias, demodulate, groups } }) {
    if (bias === "bank") return { declined: "its bias is mixed from experts" };
    if (factors.some(({ over }) => over === "tap"))
      return { declined: "a factor weighs the taps (spatial positions) of its kernel" };
    return demodulate !== null && groups !== 1 ? { declined: "its kernel is demodulated in groups" } : undefined;
  },
  rewrite: (node, view) => actingOnChannels(node, view),
};

export const actOnChannels = passOf(rule);

/** Scales before, a plain convolution, scales after; demodulated rows are divided by their norm; then the bias. */
function actingOnChannels(node: MixConvNode, view: GraphView): Edit {
  const { graph } = view;
  const { attributes, origin, name } = node;
  const { x, bank, bias, factors } = mixConvInputs(attributes, node.inputs);
  const over = (axis: "in" | "out"): readonly string[] =>
    factors.filter((_, f) => attributes.factors[f]!.over === axis && attributes.factors[f]!.on !== "bias");
  const inner = (step: string): string => freshName(graph, `${name}.${step}`);
  const nodes: Node[] = [];
  let value = x;
  over("in").forEach((factor, f) => {
    const scaled = inner(`input${f}`);
    nodes.push({ op: "channel_scale", name: scaled, inputs: [value, factor], attributes: {}, origin });
    value = scaled;
  });
  const { kernel, stride, dilation, pads, groups, out, demodulate } = attributes;
  const stored = view.constant(bank)!;
  const perGroup = elementCount(stored.shape) / (out * kernel[0] * kernel[1]);
  const weight = freshName(graph, `${bank}.kernel`);
  const constants = new Map<string, LazyTensor>([[weight, reshaped(stored, [out, perGroup, ...kernel])]]);
  const after = [...over("out")];
  if (demodulate !== null) {
    const norms = inner("demodulation");
    nodes.push({
      op: "demodulation",
      name: norms,
      inputs: [weight, ...over("in"), ...over("out")],
      attributes: { epsilon: demodulate, inputs: over("in").length },
      origin,
    });
    after.push(norms);
  }
  const steps = [
    ...after.map((factor) => ({ kind: "scale" as const, factor })),
    ...(bias === undefined ? [] : [{ kind: "bias" as const, factor: bias }]),
  ];
  const label = (step: number): string => (step === steps.length ? name : inner(`output${step}`));
  nodes.push({
    op: "conv",
    name: label(0),
    inputs: [value, weight],
    attributes: { kernel, stride, dilation, pads, groups },
    origin,
  });
  steps.forEach(({ kind, factor }, step) => {
    const inputs = [label(step), factor];
    nodes.push(
      kind === "scale"
        ? { op: "channel_scale", name: label(step + 1), inputs, attributes: {}, origin }
        : { op: "channel_bias", name: label(step + 1), inputs, attributes: {}, origin },
    );
  });
  return { nodes: new Map([[name, nodes]]), constants };
}
