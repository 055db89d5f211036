/** Weights of channels before and behind mixed convolutions, as factors of their kernels. */
import { type Shape, sameDim } from "../ir/dim.js";
import type { Node, NodeOf } from "../ir/graph.js";
import { bankSizes, type Factor, type MixConvAttributes, mixConvInputs } from "../ir/ops/mixture.js";
import { sampleSize } from "../ir/typical-size.js";
import { computed, reshaped } from "../tensors/derived.js";
import type { LazyTensor } from "../tensors/tensor.js";
import { channelMap } from "./fold-channel-affines.js";
import { freshName } from "./fresh-name.js";
import type { Decline } from "./pass.js";
import type { Edit, GraphView } from "./rule.js";

export type GateNode = NodeOf<"channel_scale" | "mul">;
type MixConvNode = NodeOf<"mix_conv">;

/** A gate that could be a factor of a mixed convolution. */
export interface Gate {
  readonly node: GateNode;
  readonly mixture: MixConvNode;
  readonly over: "in" | "out";
  /** The feature map that is weighed, and what weighs it: [N or 1, C], [N or 1, 1, blocks] or [N or 1, C or 1, 1, 1]. */
  readonly map: string;
  readonly weights: string;
}

/**
 * What a kernel's element costs, in elements of feature maps: 0.1 to 0.3 ns by size, against 0.09 to 0.16, measured in ONNX
 * Runtime with one thread on x86-64.
 */
const KERNEL_ELEMENT = 1.5;

/** The places that a node could be taken to, the convolution before it first. */
export function gatesAt(node: GateNode, view: GraphView): readonly Gate[] {
  const sides: readonly (readonly [string, string])[] =
    node.op === "mul"
      ? [
          [node.inputs[0]!, node.inputs[1]!],
          [node.inputs[1]!, node.inputs[0]!],
        ]
      : [[node.inputs[0]!, node.inputs[1]!]];
  return sides
    .filter(([map, weights]) => weighsChannels(map, weights, node, view))
    .flatMap(([map, weights]): readonly Gate[] => {
      const producer = view.producer(map);
      const behind = producer?.op === "mix_conv" ? [{ mixture: producer, over: "out" as const }] : [];
      const before = view
        .readers(node.name)
        .filter((reader): reader is MixConvNode => reader.op === "mix_conv" && reader.inputs[0] === node.name)
        .map((mixture) => ({ mixture, over: "in" as const }));
      return [...behind, ...before].map((place) => ({ node, map, weights, ...place }));
    });
}

function weighsChannels(map: string, weights: string, node: GateNode, view: GraphView): boolean {
  if (view.constant(weights) !== undefined || map === weights) return false;
  if (node.op === "channel_scale") return true;
  const [whole, own] = [view.shape(map), view.shape(weights)];
  const isWhole = view.shape(node.name).every((dim, axis) => sameDim(dim, whole[axis]!));
  return isWhole && whole.length === 4 && isColumn(own, whole);
}

function isColumn([batch, channels, ...area]: Shape, [mapBatch, mapChannels]: Shape): boolean {
  const ofSamples = batch === 1 || sameDim(batch!, mapBatch!);
  const ofChannels = channels === 1 || sameDim(channels!, mapChannels!);
  return ofSamples && ofChannels && area.every((dim) => dim === 1);
}

/** Why a gate stays where it is. */
export function whyOutside(gate: Gate, view: GraphView): Decline | undefined {
  const { node, mixture, over } = gate;
  if (mixture.attributes.demodulate !== null)
    return { declined: "the kernel is demodulated, which would undo a weight", because: [mixture.name] };
  const inner = over === "out" ? mixture.name : node.name;
  if (view.isShown(inner) || view.readers(inner).length !== 1)
    return { declined: "other nodes also read a value between it and the mixed convolution", because: [inner] };
  return kernelElements(gate, view) * KERNEL_ELEMENT > mapElements(gate, view)
    ? { declined: "weighing the mixed kernel costs more than weighing the feature map", because: [mixture.name] }
    : undefined;
}

/** Elements of the kernel that are computed because of the gate. */
function kernelElements({ mixture: { attributes, inputs }, over }: Gate, view: GraphView): number {
  const { out, perGroup, taps } = bankSizes(attributes, view.shape(inputs[0]!)[1] as number);
  const { factors } = mixConvInputs(attributes, inputs);
  // What weighs whole rows already, or is in the table that mixes each row by itself, is joined by the gate.
  const isJoined = attributes.factors.some((factor, f) => {
    const [, experts, blocks] = view.shape(factors[f]!);
    if (factor.on === "bias") return false;
    return over === "in" ? factor.over !== "out" && experts === 1 : factor.over === "out" && blocks === out;
  });
  return isJoined ? 0 : out * perGroup * taps;
}

/** Elements of feature maps that are not computed any more: of the gate, and of a scale and shift that then can be folded. */
function mapElements({ node, over }: Gate, view: GraphView): number {
  const [reader, ...others] = view.readers(node.name);
  const isMap = reader?.op === "channel_affine" || reader?.op === "channel_bias" || reader?.op === "channel_scale";
  const folds =
    over === "out" && isMap && others.length === 0 && !view.isShown(node.name) ? channelMap(reader, view) : undefined;
  const passes = [1, folds?.scale, folds?.shift].filter((pass) => pass !== undefined).length;
  return passes * sampleSize(view.shape(node.name));
}

/** The gate as a factor of the kernel, and of the bias where there is one. */
export function takenIn({ node, mixture, over, map, weights }: Gate, view: GraphView): Edit {
  const constants = new Map<string, LazyTensor>();
  const { attributes, inputs } = mixture;
  const parts = mixConvInputs(attributes, inputs);
  const shape = view.shape(weights);
  const name = shape.length === 3 ? weights : freshName(view.graph, `${node.name}.factor`);
  const row: NodeOf<"reshape"> = {
    op: "reshape",
    name,
    inputs: [weights],
    attributes: { shape: [1, shape[1] as number] },
    origin: node.origin,
  };
  const reshapes = name === weights ? [] : [row];
  const scaled = over === "out" && attributes.bias !== "none";
  const isBanked = scaled && attributes.bias === "plain";
  const biases = parts.bias === undefined ? [] : [isBanked ? freshName(view.graph, `${parts.bias}.bank`) : parts.bias];
  if (isBanked) constants.set(biases[0]!, countedOnce(view.constant(parts.bias!)!, attributes));
  const others = attributes.factors
    .map(
      ({ over: axis, on }, f): Weighing => ({
        factor: { over: axis, on: isBanked ? "kernel" : on },
        value: parts.factors[f]!,
      }),
    )
    // What weighs a plain bias weighs nothing.
    .filter((_, f) => !isBanked || attributes.factors[f]!.on !== "bias");
  const all: readonly Weighing[] = [...others, { factor: { over, on: scaled ? "both" : "kernel" }, value: name }];
  const taken: MixConvNode = {
    ...mixture,
    inputs: [over === "in" ? map : parts.x, parts.bank, ...biases, ...all.map(({ value }) => value)],
    attributes: {
      ...attributes,
      bias: scaled ? "bank" : attributes.bias,
      factors: all.map(({ factor: each }) => each),
    },
  };
  return over === "in"
    ? {
        nodes: new Map<string, readonly Node[]>([
          [node.name, reshapes],
          [mixture.name, [taken]],
        ]),
        constants,
      }
    : {
        nodes: new Map<string, readonly Node[]>([
          [mixture.name, []],
          [node.name, [...reshapes, taken]],
        ]),
        constants,
        bypass: new Map([[node.name, mixture.name]]),
      };
}

interface Weighing {
  readonly factor: Factor;
  readonly value: string;
}

/** A plain bias [O] as a bank [k,O] whose sum it is. */
function countedOnce(bias: LazyTensor, { experts, out }: MixConvAttributes): LazyTensor {
  return computed([experts, out], [reshaped(bias, [out])], (values) => {
    const bank = new Float64Array(experts * out);
    bank.set(values);
    return bank;
  });
}
