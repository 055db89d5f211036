import type { NodeOf } from "../ir/graph.js";
import { computed } from "../tensors/derived.js";
import type { LazyTensor } from "../tensors/tensor.js";
import { freshName } from "./fresh-name.js";
import { passOf, type Rule } from "./rule.js";

interface Normalised {
  readonly affine: NodeOf<"channel_affine">;
  /** What the affine map reads. */
  readonly producer: NodeOf<"conv" | "linear">;
}

const rule: Rule<"channel_affine", Normalised> = {
  name: "fold-channel-affines",
  why: "a BatchNorm is folded into the convolution or linear layer before it, in float64",
  at: ["channel_affine"],
  match(affine, view) {
    const producer = view.producer(affine.inputs[0]!);
    return producer?.op === "conv" || producer?.op === "linear" ? { affine, producer } : undefined;
  },
  check: ({ producer: { name } }, view) =>
    view.isShown(name) || view.readers(name).length !== 1
      ? { declined: "the layer before it is read elsewhere too", because: [name] }
      : undefined,
  rewrite({ affine, producer }, view) {
    const [x, scaleName, shiftName] = affine.inputs as [string, string, string];
    const [input, weightName, biasName] = producer.inputs as [string, string, string | undefined];
    const tensor = (name: string): LazyTensor => view.constant(name)!;
    const [weight, scale, shift] = [tensor(weightName), tensor(scaleName), tensor(shiftName)];
    const out = weight.shape[0]!;
    const bias: LazyTensor =
      biasName === undefined ? { shape: [out], read: async () => new Float64Array(out) } : tensor(biasName);
    const names = [
      freshName(view.graph, `${affine.name}.folded_weight`),
      freshName(view.graph, `${affine.name}.folded_bias`),
    ] as const;
    const newWeight = computed(weight.shape, [weight, scale], (w, s) => {
      const row = w.length / out;
      return Float64Array.from(w, (value, i) => value * s[Math.floor(i / row)]!);
    });
    const newBias = computed([out], [bias, scale, shift], (b, s, t) =>
      Float64Array.from(b, (value, o) => value * s[o]! + t[o]!),
    );
    return {
      nodes: new Map([[producer.name, [{ ...producer, inputs: [input, ...names] }]]]),
      constants: new Map([
        [names[0], newWeight],
        [names[1], newBias],
      ]),
      bypass: new Map([[affine.name, x]]),
    };
  },
};

export const foldChannelAffines = passOf(rule);
