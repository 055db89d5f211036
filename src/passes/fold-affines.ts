import type { NodeOf } from "../ir/graph.js";
import { definition } from "../ir/infer.js";
import { computed } from "../tensors/derived.js";
import type { LazyTensor } from "../tensors/tensor.js";
import { freshName } from "./fresh-name.js";
import type { Pass } from "./pass.js";
import { type Edit, type GraphView, passOf, type Rule } from "./rule.js";

type AffineNode = NodeOf<"affine">;
type ConvNode = NodeOf<"conv">;

const NAME = "fold-affines";

interface Before {
  readonly affine: AffineNode;
  readonly conv: ConvNode;
}

/**
 * conv → … → affine: the kernel is scaled and the bias scaled and shifted. On the way back the affine map passes
 * rearranging operators and, when it only shifts, one operand of an addition. Every value on the way has one reader.
 */
const intoConvBefore: Rule<"affine", Before> = {
  name: NAME,
  why: "scale and shift are multiplied into the weights of the convolution before it",
  at: ["affine"],
  match(affine, view) {
    const conv = convBefore(affine, affine.inputs[0]!, view);
    return conv && { affine, conv };
  },
  check: () => undefined,
  rewrite({ affine, conv }, view) {
    const { scale, shift } = affine.attributes;
    const weights = withTensors(
      conv,
      view,
      (weight) => scaled(weight, scale),
      (bias) => bias.map((b) => b * scale + shift),
    );
    return { ...weights, bypass: new Map([[affine.name, affine.inputs[0]!]]) };
  },
};

function convBefore(affine: AffineNode, value: string, view: GraphView): ConvNode | undefined {
  const node = view.producer(value);
  if (!node || view.readers(value).length !== 1 || view.isShown(value)) return undefined;
  if (node.op === "conv") return node;
  if (definition(node).rearranges) return convBefore(affine, node.inputs[0]!, view);
  if (node.op !== "add" || affine.attributes.scale !== 1) return undefined;
  const [a, b] = node.inputs as readonly [string, string];
  // A sum of a value with itself would double the shift.
  return a === b ? undefined : (convBefore(affine, a, view) ?? convBefore(affine, b, view));
}

interface After {
  readonly affine: AffineNode;
  readonly convs: readonly ConvNode[];
}

/**
 * affine → conv: the kernel takes the scale and the bias the shift times the kernel's sum. A shift before zero padding is
 * another value at the border than after it, so a shift folds only where nothing is padded.
 */
const intoConvAfter: Rule<"affine", After> = {
  name: NAME,
  why: "scale and shift are multiplied into the weights of the convolutions after it",
  at: ["affine"],
  match(affine, view) {
    const convs = view.readers(affine.name).filter((reader): reader is ConvNode => reader.op === "conv");
    return convs.length > 0 ? { affine, convs } : undefined;
  },
  check({ affine, convs }, view) {
    if (view.isShown(affine.name) || convs.length !== view.readers(affine.name).length)
      return { declined: "nodes other than convolutions read it" };
    const padded = convs.find(({ attributes }) => attributes.pads.some((pad) => pad !== 0));
    return affine.attributes.shift === 0 || padded === undefined
      ? undefined
      : {
          declined: "the convolution after it pads with zeros, to which the shift does not apply",
          because: [padded.name],
        };
  },
  rewrite({ affine, convs }, view) {
    const { scale, shift } = affine.attributes;
    const edits = convs.map((conv) => {
      const weight = view.constant(conv.inputs[1]!)!;
      const row = weight.shape.slice(1).reduce((a, b) => a * b, 1);
      const addition =
        shift === 0
          ? undefined
          : computed([weight.shape[0]!], [weight], (w) => rowSums(w, row).map((sum) => sum * shift));
      return withTensors(
        conv,
        view,
        (w) => scaled(w, scale),
        (bias, extra) => bias.map((b, o) => b + (extra?.[o] ?? 0)),
        addition,
      );
    });
    return {
      nodes: new Map(edits.flatMap(({ nodes }) => [...nodes])),
      constants: new Map(edits.flatMap(({ constants }) => [...constants])),
      bypass: new Map([[affine.name, affine.inputs[0]!]]),
    };
  },
};

const DIRECTIONS = [passOf(intoConvBefore), passOf(intoConvAfter)];

export const foldAffines: Pass = {
  name: NAME,
  why: "scale and shift are multiplied into the weights of neighbouring convolutions, if that is exact at padded borders",
  run: (graph, report) => DIRECTIONS.reduce((current, pass) => pass.run(current, report), graph),
};

/** An index loop: weights are read in parts, again and again, and a callback for each value takes ten times as long. */
function scaled(values: ArrayLike<number>, factor: number): Float64Array {
  const result = new Float64Array(values.length);
  for (let i = 0; i < values.length; i++) result[i] = values[i]! * factor;
  return result;
}

function rowSums(values: ArrayLike<number>, row: number): Float64Array {
  const sums = new Float64Array(values.length / row);
  for (let i = 0; i < values.length; i++) sums[Math.floor(i / row)]! += values[i]!;
  return sums;
}

/** A convolution with its weight and bias mapped; the bias of one without is zero before. */
function withTensors(
  conv: ConvNode,
  { graph }: GraphView,
  mapWeight: (weight: ArrayLike<number>) => Float64Array,
  mapBias: (bias: Float64Array, extra: ArrayLike<number> | undefined) => Float64Array,
  extra?: LazyTensor,
): Required<Omit<Edit, "bypass">> {
  const [x, weightName, biasName] = conv.inputs as [string, string, string | undefined];
  const weight = graph.constants.get(weightName)!;
  const out = weight.shape[0]!;
  const zeros: LazyTensor = { shape: [out], read: async () => new Float64Array(out) };
  const bias = biasName === undefined ? zeros : graph.constants.get(biasName)!;
  const newWeight = computed(weight.shape, [weight], mapWeight);
  const newBias = computed([out], extra ? [bias, extra] : [bias], (values, added) =>
    mapBias(Float64Array.from(values), added),
  );
  const names = [
    freshName(graph, `${weightName}.affine`),
    freshName(graph, `${biasName ?? `${conv.name}.bias`}.affine`),
  ] as const;
  return {
    nodes: new Map([[conv.name, [{ ...conv, inputs: [x, ...names] }]]]),
    constants: new Map([
      [names[0], newWeight],
      [names[1], newBias],
    ]),
  };
}
