/** Work that makes kernels: in networks whose kernels depend on the input, what routers and mixing take. */

import type { NodeProto } from "../../onnx/graph/records.js";
import type { TypeInfo } from "../../onnx/infer/type-info.js";
import { hasWork } from "../../onnx/work/macs.js";
import { flattened, type Site } from "../../onnx/work/sites.js";

/** Whether a name of a node's surroundings is known before the graph runs. */
export type IsConstant = (node: NodeProto, name: string) => boolean;

/**
 * The nodes that compute kernels: values of fixed size that a convolution or matrix product reads beside pictures. Which
 * sizes are a picture's is known by their symbols; `batch` holds those of samples. A graph without symbols has kernels
 * only where its convolutions read computed weights. Empty for graphs without computed kernels.
 */
export function kernelNodes(
  sites: readonly Site[],
  batch: ReadonlySet<string>,
  isConstant: IsConstant,
): ReadonlySet<NodeProto> {
  const all = flattened(sites);
  const isFixed = (type: TypeInfo | null): boolean =>
    type?.kind === "tensor" &&
    type.shape !== null &&
    type.shape.every((dim) => typeof dim === "number" || (dim !== null && batch.has(dim)));
  const isFree = all.some(({ outputs }) => outputs.some((type) => type?.kind === "tensor" && !isFixed(type)));
  return isFree ? bySize(all, isFixed, isConstant) : byReaders(all, isConstant);
}

function bySize(
  all: readonly Site[],
  isFixed: (type: TypeInfo | null) => boolean,
  isConstant: IsConstant,
): ReadonlySet<NodeProto> {
  const makers = new Map(all.flatMap((site) => site.node.output.map((name) => [name, site] as const)));
  const outside = new Map(all.flatMap(({ node }) => bodyInputs(node)));
  const found = new Set<NodeProto>();
  const waiting: string[] = [];
  for (const site of all) {
    if (!hasWork(site) || site.outputs.every(isFixed)) continue;
    for (const [i, name] of site.node.input.entries()) {
      if (name !== "" && isFixed(site.inputs[i] ?? null) && !isConstant(site.node, name)) waiting.push(name);
    }
  }
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    const site = makers.get(outside.get(name) ?? name);
    if (site === undefined || found.has(site.node) || site.inner.length > 0 || !site.outputs.every(isFixed)) continue;
    found.add(site.node);
    for (const input of site.node.input) waiting.push(input);
  }
  return found;
}

/** What the inputs of a body are called outside. */
function bodyInputs({ op_type, attribute, input }: NodeProto): readonly (readonly [inner: string, outer: string])[] {
  if (op_type !== "Scan") return [];
  return attribute.flatMap(({ g }) => g?.input.map(({ name = "" }, i) => [name, input[i] ?? ""] as const) ?? []);
}

const CONVOLUTIONS: ReadonlySet<string> = new Set(["Conv", "ConvTranspose"]);
const DATA = 0;

/** Nodes of which everything ends in weights and biases of convolutions. */
function byReaders(all: readonly Site[], isConstant: IsConstant): ReadonlySet<NodeProto> {
  const others = new Set<string>();
  const found = new Set<NodeProto>();
  const wanted = new Set<string>();
  for (const { node } of all.toReversed()) {
    const isMaker = node.output.some((name) => wanted.has(name)) && !node.output.some((name) => others.has(name));
    if (isMaker) found.add(node);
    for (const [i, name] of node.input.entries()) {
      const isWeight = CONVOLUTIONS.has(node.op_type ?? "") && i !== DATA && !isConstant(node, name);
      (isMaker || isWeight ? wanted : others).add(name);
    }
  }
  return found;
}
