import { SmxcError } from "../base/diagnostics.js";
import type { Graph, Node } from "../ir/graph.js";
import { inferShapes } from "../ir/infer.js";
import { RuleError } from "../ir/ops/operator.js";
import type { PatchRule } from "../ir/patch-rule.js";
import { regionShape } from "../tiling/errors.js";
import { type PatchContext, regionOf } from "../tiling/region.js";
import { freshName } from "./fresh-name.js";
import type { Pass } from "./pass.js";

/** Lets the context's region run on patches: the value at its start is cut, the value at its end blended. */
export function patchify(context: PatchContext): Pass {
  return {
    name: "patchify",
    why: "cuts the value at the start of the region into patches, and blends the patches at its end",
    run(graph) {
      const region = regionOf(graph, context);
      const patched = insert(graph, context, region);
      try {
        inferShapes(patched);
      } catch (cause) {
        if (cause instanceof RuleError) throw new SmxcError([regionShape(cause.message)]);
        throw cause;
      }
      return patched;
    },
  };
}

/** The region's nodes come together, so that the batch of patches begins and ends once. */
function insert(graph: Graph, context: PatchContext, region: ReadonlySet<string>): Graph {
  const { from, to } = context.region;
  const { patch, frame, stride, borderWeight, wholeBelow } = context;
  const rule: PatchRule = { patch, frame, stride, borderWeight, wholeBelow };
  const cut = freshName(graph, `${from}.patches`);
  const blended = freshName(graph, `${to}.blended`);
  const end = graph.nodes.findIndex(({ name }) => name === to);
  const inside = graph.nodes.filter(({ name }) => region.has(name));
  const outside = (nodes: readonly Node[]): readonly Node[] => nodes.filter(({ name }) => !region.has(name));
  const renamed = (node: Node, name: string, instead: string): Node =>
    node.inputs.includes(name)
      ? { ...node, inputs: node.inputs.map((input) => (input === name ? instead : input)) }
      : node;
  const { origin } = graph.nodes[end]!;
  return {
    ...graph,
    nodes: [
      ...outside(graph.nodes.slice(0, end)),
      { op: "extract_patches", name: cut, inputs: [from], attributes: rule, origin },
      ...inside.map((node) => renamed(node, from, cut)),
      { op: "blend_patches", name: blended, inputs: [to, from], attributes: rule, origin },
      ...outside(graph.nodes.slice(end + 1)).map((node) => renamed(node, to, blended)),
    ],
    outputs: graph.outputs.map((output) => (output.value === to ? { ...output, value: blended } : output)),
  };
}
