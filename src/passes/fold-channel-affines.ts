import { consumers, type Graph, type NodeOf } from "../ir/graph.js";
import { computed } from "../weights/derived.js";
import type { LazyTensor } from "../weights/tensor.js";
import { bypassNodes, freshName, replaceNodes } from "./edit-graph.js";
import type { Pass } from "./pass.js";

type ChannelAffineNode = NodeOf<"channel_affine">;

export const foldChannelAffines: Pass = {
  name: "fold-channel-affines",
  description: "folds a BatchNorm into the convolution or linear layer before it, in float64",
  run(graph) {
    const affines = graph.nodes.filter((node) => node.op === "channel_affine");
    return affines.reduce((current, affine) => foldIntoProducer(current, affine), graph);
  },
};

/** producer → affine: rows scaled, bias scaled and shifted; the producer has no other reader. */
function foldIntoProducer(graph: Graph, affine: ChannelAffineNode): Graph {
  const [x, scaleName, shiftName] = affine.inputs as [string, string, string];
  const producer = graph.nodes.find((node) => node.name === x);
  const shown = graph.outputs.some((output) => output.value === x);
  if (!producer || shown || consumers(graph).get(x)?.length !== 1) return graph;
  if (producer.op !== "conv" && producer.op !== "linear") return graph;
  const [input, weightName, biasName] = producer.inputs as [string, string, string | undefined];
  const tensor = (name: string): LazyTensor => graph.constants.get(name)!;
  const [weight, scale, shift] = [tensor(weightName), tensor(scaleName), tensor(shiftName)];
  const out = weight.shape[0]!;
  const bias: LazyTensor =
    biasName === undefined ? { shape: [out], read: async () => new Float64Array(out) } : tensor(biasName);
  const names = [
    freshName(graph, `${affine.name}.folded_weight`),
    freshName(graph, `${affine.name}.folded_bias`),
  ] as const;
  const newWeight = computed(weight.shape, [weight, scale], (w, s) => {
    const row = w.length / out;
    return Float64Array.from(w, (value, i) => value * s[Math.floor(i / row)]!);
  });
  const newBias = computed([out], [bias, scale, shift], (b, s, t) =>
    Float64Array.from(b, (value, o) => value * s[o]! + t[o]!),
  );
  const replaced = replaceNodes(
    graph,
    new Map([[producer.name, { ...producer, inputs: [input, ...names] }]]),
    new Map([
      [names[0], newWeight],
      [names[1], newBias],
    ]),
  );
  return bypassNodes(replaced, new Map([[affine.name, x]]));
}
