import type { NodeOf } from "../ir/graph.js";
import { computed } from "../tensors/derived.js";
import type { LazyTensor, TensorData } from "../tensors/tensor.js";
import { freshName } from "./fresh-name.js";
import { type GraphView, passOf, type Rule } from "./rule.js";

export type ChannelNode = NodeOf<"channel_affine" | "channel_bias" | "channel_scale">;
type Producer = NodeOf<"conv" | "conv_transpose" | "linear">;

export interface ChannelMap {
  /** One for each of some blocks of channels; absent: 1. */
  readonly scale: LazyTensor | undefined;
  /** One for each channel; absent: 0. */
  readonly shift: LazyTensor | undefined;
}

interface Normalised extends ChannelMap {
  readonly node: ChannelNode;
  /** What the node reads. */
  readonly producer: Producer;
}

const rule: Rule<ChannelNode["op"], Normalised> = {
  name: "fold-channel-affines",
  why: "a constant scale and shift of each channel, such as a BatchNorm, is multiplied into the convolution or linear layer before it, in float64",
  at: ["channel_affine", "channel_bias", "channel_scale"],
  match(node, view) {
    const producer = view.producer(node.inputs[0]!);
    const map = channelMap(node, view);
    const takes = producer?.op === "conv" || producer?.op === "conv_transpose" || producer?.op === "linear";
    return takes && map ? { node, producer, ...map } : undefined;
  },
  check: ({ producer: { name } }, view) =>
    view.isShown(name) || view.readers(name).length !== 1
      ? { declined: "other nodes also read the layer before it", because: [name] }
      : undefined,
  rewrite({ node, producer, scale, shift }, view) {
    const [input, weightName, biasName] = producer.inputs as [string, string, string | undefined];
    const weight = view.constant(weightName)!;
    const out = view.shape(producer.name)[1] as number;
    const bias: LazyTensor =
      biasName === undefined ? { shape: [out], read: async () => new Float64Array(out) } : view.constant(biasName)!;
    const constants = new Map<string, LazyTensor>();
    const added = (label: string, tensor: LazyTensor): string => {
      const name = freshName(view.graph, `${node.name}.${label}`);
      constants.set(name, tensor);
      return name;
    };
    const channelOf = channelsOfWeight(producer, weight.shape, out);
    const newWeight =
      scale === undefined
        ? weightName
        : added(
            "folded_weight",
            computed(weight.shape, [weight, scale], (w, s) =>
              Float64Array.from(w, (value, i) => value * ofChannel(s, channelOf(i), out)),
            ),
          );
    const sources = [bias, ...(scale ? [scale] : []), ...(shift ? [shift] : [])];
    const newBias = computed([out], sources, (b, ...maps) => {
      const s = scale && maps[0];
      const t = shift && maps.at(-1);
      return Float64Array.from(b, (value, o) => value * (s ? ofChannel(s, o, out) : 1) + (t ? t[o]! : 0));
    });
    return {
      nodes: new Map([[producer.name, [{ ...producer, inputs: [input, newWeight, added("folded_bias", newBias)] }]]]),
      constants,
      bypass: new Map([[node.name, node.inputs[0]!]]),
    };
  },
};

export const foldChannelAffines = passOf(rule);

/** The constants of a node; undefined where it reads others. */
export function channelMap(node: ChannelNode, view: GraphView): ChannelMap | undefined {
  const [first, second] = node.inputs.slice(1).map((name) => view.constant(name));
  if (first === undefined) return undefined;
  if (node.op === "channel_bias") return { scale: undefined, shift: first };
  if (node.op === "channel_affine") return { scale: first, shift: second };
  return first.shape[0] === 1 ? { scale: first, shift: undefined } : undefined;
}

export function ofChannel(values: TensorData, channel: number, channels: number): number {
  return values[Math.floor((channel * values.length) / channels)]!;
}

/** The output channel that an element of a weight belongs to. */
function channelsOfWeight(producer: Producer, shape: readonly number[], out: number): (index: number) => number {
  if (producer.op !== "conv_transpose") {
    const row = shape.slice(1).reduce((a, b) => a * b, 1);
    return (index) => Math.floor(index / row);
  }
  const [channels, perGroup, kh, kw] = shape as readonly [number, number, number, number];
  const inGroup = (channels * perGroup) / out;
  return (index) => {
    const row = Math.floor(index / (kh * kw));
    return Math.floor(row / perGroup / inGroup) * perGroup + (row % perGroup);
  };
}
