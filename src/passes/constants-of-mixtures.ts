/** Constant scales and shifts of channels behind mixed convolutions, such as a BatchNorm's, folded into their banks. */
import type { Node, NodeOf } from "../ir/graph.js";
import { mixConvInputs } from "../ir/ops/mixture.js";
import { computed } from "../tensors/derived.js";
import { elementCount, type LazyTensor } from "../tensors/tensor.js";
import { type ChannelMap, type ChannelNode, channelMap, ofChannel } from "./fold-channel-affines.js";
import { freshName } from "./fresh-name.js";
import type { Decline } from "./pass.js";
import type { Edit, GraphView } from "./rule.js";

/** A constant map of channels behind a mixed convolution. */
export interface Constants extends ChannelMap {
  readonly node: ChannelNode;
  readonly mixture: NodeOf<"mix_conv">;
}

export function constantsAt(node: ChannelNode, view: GraphView): Constants | undefined {
  const mixture = view.producer(node.inputs[0]!);
  const map = channelMap(node, view);
  return mixture?.op === "mix_conv" && map ? { node, mixture, ...map } : undefined;
}

/** Why a map stays where it is. */
export function whyNotFolded({ mixture, scale }: Constants, view: GraphView): Decline | undefined {
  const { name, attributes } = mixture;
  if (view.isShown(name) || view.readers(name).length !== 1)
    return { declined: "other nodes also read the mixed convolution before it", because: [name] };
  if (scale !== undefined && attributes.demodulate !== null)
    return { declined: "the kernel is demodulated, which would undo a scale", because: [name] };
  return scale === undefined && attributes.bias === "bank" && !sumsToOne(mixture, view)
    ? { declined: "the bias is mixed from experts, but the value to add is not", because: [name] }
    : undefined;
}

/** Whether what weighs a mixed bias is a softmax over the experts: what is added to all of them is added to their mixture. */
function sumsToOne({ attributes, inputs }: NodeOf<"mix_conv">, view: GraphView): boolean {
  const { factors } = mixConvInputs(attributes, inputs);
  const weighing = factors.filter((_, index) => attributes.factors[index]!.on !== "kernel");
  const router = weighing.length === 1 ? view.producer(weighing[0]!) : undefined;
  if (router?.op !== "route") return false;
  // One weight for all experts would be added once for each.
  return router.attributes.normalise === "softmax" && router.attributes.experts === attributes.experts;
}

/** The bank times the scale; a plain bias scaled and shifted, a mixed one scaled, and shifted where its weights sum to one. */
export function folded({ node, mixture, scale, shift }: Constants, view: GraphView): Edit {
  const { attributes, inputs } = mixture;
  const { out, experts, bias } = attributes;
  const parts = mixConvInputs(attributes, inputs);
  const constants = new Map<string, LazyTensor>();
  const added = (label: string, tensor: LazyTensor): string => {
    const name = freshName(view.graph, `${node.name}.${label}`, constants.keys());
    constants.set(name, tensor);
    return name;
  };
  const scaled = (name: string, label: string): string => {
    const tensor = view.constant(name)!;
    return scale === undefined ? name : added(label, timesChannels(tensor, scale, { experts, out }));
  };
  const bank = scaled(parts.bank, "folded_bank");
  const mixedWith = (kind: typeof bias, biases: readonly string[]): NodeOf<"mix_conv"> => ({
    ...mixture,
    inputs: [parts.x, bank, ...biases, ...parts.factors],
    attributes: { ...attributes, bias: kind },
  });
  if (bias === "bank") {
    if (shift !== undefined && sumsToOne(mixture, view)) {
      const moved = eachShifted(view.constant(parts.bias!)!, { scale, shift }, out);
      const taken = mixedWith(bias, [added("folded_bias", moved)]);
      return { nodes: new Map([[mixture.name, [taken]]]), constants, bypass: new Map([[node.name, mixture.name]]) };
    }
    const taken = mixedWith(bias, [scaled(parts.bias!, "folded_bias")]);
    const left: NodeOf<"channel_bias">[] =
      shift === undefined
        ? []
        : [{ ...node, op: "channel_bias", inputs: [mixture.name, node.inputs.at(-1)!], attributes: {} }];
    return {
      nodes: new Map<string, readonly Node[]>([
        [mixture.name, [taken]],
        ...left.map((each) => [node.name, [each]] as const),
      ]),
      constants,
      ...(shift === undefined ? { bypass: new Map([[node.name, mixture.name]]) } : {}),
    };
  }
  const before = parts.bias === undefined ? undefined : view.constant(parts.bias)!;
  const taken =
    before === undefined && shift === undefined
      ? mixedWith("none", [])
      : mixedWith("plain", [added("folded_bias", biasOf(before, { scale, shift }, out))]);
  return { nodes: new Map([[mixture.name, [taken]]]), constants, bypass: new Map([[node.name, mixture.name]]) };
}

/** A bank of kernels or biases, expert-major, each row times its channel's scale. */
function timesChannels(
  bank: LazyTensor,
  scale: LazyTensor,
  { experts, out }: { readonly experts: number; readonly out: number },
): LazyTensor {
  const row = elementCount(bank.shape) / (experts * out);
  return computed(bank.shape, [bank, scale], (values, scales) =>
    Float64Array.from(values, (value, i) => value * ofChannel(scales, Math.floor(i / row) % out, out)),
  );
}

/** A bank of biases, expert-major, each times its channel's scale and shifted. */
function eachShifted(bank: LazyTensor, { scale, shift }: ChannelMap, out: number): LazyTensor {
  const present = [bank, scale, shift].filter((tensor) => tensor !== undefined);
  return computed(bank.shape, present, (biases, ...maps) => {
    const shifts = maps.at(-1)!;
    const scales = maps.length > 1 ? maps[0]! : undefined;
    return Float64Array.from(
      biases,
      (value, i) => value * (scales ? ofChannel(scales, i % out, out) : 1) + ofChannel(shifts, i % out, out),
    );
  });
}

/** bias · scale + shift [out]; what is absent is 0, 1 and 0. */
function biasOf(bias: LazyTensor | undefined, { scale, shift }: ChannelMap, out: number): LazyTensor {
  const present = [bias, scale, shift].filter((tensor) => tensor !== undefined);
  return computed([out], present, (...values) => {
    const rest = [...values];
    const [b, s, t] = [bias, scale, shift].map((tensor) => (tensor === undefined ? undefined : rest.shift()));
    return Float64Array.from({ length: out }, (_, o) => (b?.[o] ?? 0) * (s ? ofChannel(s, o, out) : 1) + (t?.[o] ?? 0));
  });
}
