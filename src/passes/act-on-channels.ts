import type { Graph, Node, NodeOf } from "../ir/graph.js";
import { type MixConvAttributes, mixConvInputs } from "../ir/ops/mixture.js";
import { reshaped } from "../weights/derived.js";
import { freshName } from "./edit-graph.js";
import type { Pass } from "./pass.js";

type MixConvNode = NodeOf<"mix_conv">;

export const actOnChannels: Pass = {
  name: "act-on-channels",
  description:
    "factors over input or output channels alone act on the activation instead of the kernel, which becomes constant; demodulation acts on the output",
  run(graph) {
    if (!graph.nodes.some((node) => node.op === "mix_conv" && applies(node.attributes))) return graph;
    const constants = new Map(graph.constants);
    const nodes = graph.nodes.flatMap((node) =>
      node.op === "mix_conv" && applies(node.attributes) ? rewritten(graph, node, constants) : [node],
    );
    return { ...graph, constants, nodes };
  },
};

/** One kernel, weighed along input channels and output channels, ungrouped where it is demodulated. */
function applies({ experts, factors, bias, demodulate, groups }: MixConvAttributes): boolean {
  const onChannels = factors.every((factor) => factor.over !== "tap" && (factor.on === "kernel" || bias !== "bank"));
  return experts === 1 && onChannels && bias !== "bank" && (demodulate === null || groups === 1);
}

/** Scales before, a plain convolution, scales after; demodulated rows are divided by their norm; then the bias. */
function rewritten(
  graph: Graph,
  node: MixConvNode,
  constants: Map<string, Graph["constants"] extends ReadonlyMap<string, infer T> ? T : never>,
): readonly Node[] {
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
  const perGroup = constants.get(bank)!.shape.reduce((a, b) => a * b, 1) / (out * kernel[0] * kernel[1]);
  const weight = freshName(graph, `${bank}.kernel`);
  constants.set(weight, reshaped(constants.get(bank)!, [out, perGroup, ...kernel]));
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
  return nodes;
}
