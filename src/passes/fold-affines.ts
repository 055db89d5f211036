import { consumers, type Graph, type NodeOf } from "../ir/graph.js";
import { definition } from "../ir/infer.js";
import { computed } from "../weights/derived.js";
import type { LazyTensor } from "../weights/tensor.js";
import { bypassNodes, freshName, replaceNodes } from "./edit-graph.js";
import type { Pass } from "./pass.js";

type AffineNode = NodeOf<"affine">;
type ConvNode = NodeOf<"conv">;

export const foldAffines: Pass = {
  name: "fold-affines",
  description:
    "folds scale and shift into the weights of neighbouring convolutions, where that is exact at padded borders",
  run(graph) {
    return foldAll(foldAll(graph, intoConvBefore), intoConvAfter);
  },
};

function foldAll(graph: Graph, fold: (graph: Graph, affine: AffineNode) => Graph): Graph {
  const affines = graph.nodes.filter((node) => node.op === "affine");
  return affines.reduce((current, affine) => fold(current, affine), graph);
}

/**
 * conv → … → affine: the kernel is scaled and the bias scaled and shifted. On the way back the affine map passes
 * rearranging operators and, when it only shifts, one operand of an addition. Every value on the way has one reader.
 */
function intoConvBefore(graph: Graph, affine: AffineNode): Graph {
  const readers = consumers(graph);
  const shown = new Set(graph.outputs.map((output) => output.value));
  const producers = new Map(graph.nodes.map((node) => [node.name, node]));
  const find = (name: string): ConvNode | undefined => {
    const node = producers.get(name);
    if (!node || readers.get(name)?.length !== 1 || shown.has(name)) return undefined;
    if (node.op === "conv") return node;
    if (definition(node).rearranges) return find(node.inputs[0]!);
    if (node.op !== "add" || affine.attributes.scale !== 1) return undefined;
    // A sum of a value with itself would double the shift.
    return node.inputs[0] === node.inputs[1] ? undefined : (find(node.inputs[0]!) ?? find(node.inputs[1]!));
  };
  const conv = find(affine.inputs[0]!);
  if (!conv) return graph;
  const { scale, shift } = affine.attributes;
  const scaled = withTensors(
    graph,
    conv,
    (weight) => weight.map((w) => w * scale),
    (bias) => bias.map((b) => b * scale + shift),
  );
  return bypassNodes(scaled, new Map([[affine.name, affine.inputs[0]!]]));
}

/**
 * affine → conv: the kernel takes the scale and the bias the shift times the kernel's sum. A shift before zero padding is
 * another value at the border than after it, so a shift folds only where nothing is padded.
 */
function intoConvAfter(graph: Graph, affine: AffineNode): Graph {
  const { scale, shift } = affine.attributes;
  const readers = consumers(graph).get(affine.name) ?? [];
  const shown = graph.outputs.some((output) => output.value === affine.name);
  const convs = readers.filter((reader): reader is ConvNode => reader.op === "conv");
  const exact = convs.every((conv) => shift === 0 || conv.attributes.pads.every((pad) => pad === 0));
  if (shown || convs.length === 0 || convs.length !== readers.length || !exact) return graph;
  const folded = convs.reduce((current, conv) => {
    const weight = graph.constants.get(conv.inputs[1]!)!;
    const row = weight.shape.slice(1).reduce((a, b) => a * b, 1);
    const addition =
      shift === 0
        ? undefined
        : computed([weight.shape[0]!], [weight], (w) => rowSums(w, row).map((sum) => sum * shift));
    return withTensors(
      current,
      conv,
      (w) => w.map((value) => value * scale),
      (bias, extra) => bias.map((b, o) => b + (extra?.[o] ?? 0)),
      addition,
    );
  }, graph);
  return bypassNodes(folded, new Map([[affine.name, affine.inputs[0]!]]));
}

function rowSums(values: ArrayLike<number>, row: number): Float64Array {
  const sums = new Float64Array(values.length / row);
  for (let i = 0; i < values.length; i++) sums[Math.floor(i / row)]! += values[i]!;
  return sums;
}

/** The graph with a convolution's weight and bias mapped; the bias of one without is zero before. */
function withTensors(
  graph: Graph,
  conv: ConvNode,
  mapWeight: (weight: Float64Array) => Float64Array,
  mapBias: (bias: Float64Array, extra: ArrayLike<number> | undefined) => Float64Array,
  extra?: LazyTensor,
): Graph {
  const [x, weightName, biasName] = conv.inputs as [string, string, string | undefined];
  const weight = graph.constants.get(weightName)!;
  const out = weight.shape[0]!;
  const zeros: LazyTensor = { shape: [out], read: async () => new Float64Array(out) };
  const bias = biasName === undefined ? zeros : graph.constants.get(biasName)!;
  const newWeight = computed(weight.shape, [weight], (values) => mapWeight(Float64Array.from(values)));
  const newBias = computed([out], extra ? [bias, extra] : [bias], (values, added) =>
    mapBias(Float64Array.from(values), added),
  );
  const names = [
    freshName(graph, `${weightName}.affine`),
    freshName(graph, `${biasName ?? `${conv.name}.bias`}.affine`),
  ] as const;
  return replaceNodes(
    graph,
    new Map([[conv.name, { ...conv, inputs: [x, ...names] }]]),
    new Map([
      [names[0], newWeight],
      [names[1], newBias],
    ]),
  );
}
