/**
 * Which nodes ONNX Runtime's CPU provider runs in its blocked layout (NCHWc), and which values so exist twice, in the
 * blocked and in the plain layout. Source: onnxruntime/core/optimizer/nchwc_transformer.cc, version 1.30.
 */
import { elementCode } from "../../onnx/graph/element-types.js";
import type { NodeProto } from "../../onnx/graph/records.js";
import type { TypeInfo } from "../../onnx/infer/type-info.js";
import type { Site } from "../../onnx/work/sites.js";

/** Channels of a block on processors with AVX-512; half of it on others. */
export const BLOCK = 16;

/** Results that are blocked where all pictures that the node reads are. */
const FOLLOW: ReadonlySet<string> = new Set([
  ...["Add", "Sum", "Mul", "BatchNormalization", "MaxPool", "AveragePool", "GlobalAveragePool"],
  ...["Relu", "LeakyRelu", "Clip", "Sigmoid", "Tanh", "HardSigmoid", "Resize"],
]);

export interface Layouts {
  /** Of the node's results. */
  isBlocked(node: NodeProto): boolean;
  /** Whether the node reads a value in the blocked layout. */
  readsBlocked(node: NodeProto, input: string): boolean;
}

const NONE: Layouts = { isBlocked: () => false, readsBlocked: () => false };

/** @param isConstant of the names of values; of nodes inside others, none is blocked */
export function layoutsOf(sites: readonly Site[], isConstant: (node: NodeProto, name: string) => boolean): Layouts {
  const blocked = new Set<NodeProto>();
  const values = new Set<string>();
  const open = new Set<NodeProto>();
  for (const site of sites) {
    const { node } = site;
    const channels = channelsOf(site.inputs[0] ?? null);
    if (node.op_type === "Conv" ? !isFastConv(site, isConstant) : !follows(site, values, isConstant)) continue;
    blocked.add(node);
    if (node.op_type === "Conv" && channels < BLOCK) open.add(node);
    values.add(node.output[0]!);
  }
  if (blocked.size === 0) return NONE;
  return {
    isBlocked: (node) => blocked.has(node),
    readsBlocked: (node, input) =>
      blocked.has(node) && !open.has(node) && (node.op_type === "Conv" ? input === node.input[0] : values.has(input)),
  };
}

const FLOAT = elementCode("FLOAT");

function isFastConv(
  { node, schema, inputs, outputs }: Site,
  isConstant: (node: NodeProto, name: string) => boolean,
): boolean {
  const group = Number(node.attribute.find(({ name }) => name === "group")?.i ?? 1);
  const isPicture = [inputs[0], outputs[0]].every(
    (type) => type?.kind === "tensor" && type.elem === FLOAT && type.shape?.length === 4,
  );
  return schema?.domain === "" && group === 1 && isPicture && isConstant(node, node.input[1] ?? "");
}

function follows(
  { node, schema, inputs }: Site,
  values: ReadonlySet<string>,
  isConstant: (node: NodeProto, name: string) => boolean,
): boolean {
  if (schema?.domain !== "") return false;
  const computed = node.input.filter((name) => name !== "" && !isConstant(node, name));
  if (computed.length === 0 || !computed.every((name) => values.has(name))) return false;
  if (node.op_type === "Concat") return inputs.every((type) => channelsOf(type ?? null) % BLOCK === 0);
  if (node.op_type === "Mul" || node.op_type === "Add") return computed.length === node.input.length;
  return FOLLOW.has(node.op_type ?? "");
}

function channelsOf(type: TypeInfo | null): number {
  const channels = type?.kind === "tensor" ? type.shape?.[1] : undefined;
  return typeof channels === "number" ? channels : 1;
}

/** Bytes of a picture whose channels fill whole blocks. */
export function blockedBytes(type: TypeInfo | null, bytes: number): number {
  const channels = channelsOf(type);
  return (bytes / channels) * Math.ceil(channels / BLOCK) * BLOCK;
}
