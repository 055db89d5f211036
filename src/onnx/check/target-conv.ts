import type { NodeProto } from "../graph/records.js";
import type { TypeInfo } from "../infer/type-info.js";
import { type ConvFault, webgpuConvFault } from "../providers/conv-faults.js";

const MESSAGES: Readonly<Record<ConvFault, (channels: number, out: number, groups: number) => string>> = {
  input: (channels, out) => `reads ${channels} channels and makes ${out}: its values are wrong`,
  output: (_, out, groups) => `makes ${out / groups} channels in each of ${groups} groups: its values are wrong`,
};

/** What WebGPU gets wrong of a Conv over pictures whose channels are known; undefined where nothing. */
export function wrongOnWebgpu(node: NodeProto, typeOf: (name: string) => TypeInfo | null): string | undefined {
  const sizes = (name: string | undefined): readonly unknown[] => {
    const type = typeOf(name ?? "");
    return type?.kind === "tensor" && type.shape?.length === 4 ? type.shape : [];
  };
  const channels = sizes(node.input[0])[1];
  const out = sizes(node.output[0])[1] ?? sizes(node.input[1])[0];
  if (typeof channels !== "number" || typeof out !== "number") return undefined;
  const groups = Number(attribute(node, "group")?.i ?? 1);
  const kernel = attribute(node, "kernel_shape")?.ints ?? sizes(node.input[1]).slice(2);
  const pointwise =
    kernel.length > 0 &&
    all(kernel, 1) &&
    all(attribute(node, "strides")?.ints, 1) &&
    all(attribute(node, "pads")?.ints, 0);
  const fault = webgpuConvFault({ channels, out, groups, pointwise });
  return fault && MESSAGES[fault](channels, out, groups);
}

function attribute(node: NodeProto, wanted: string) {
  return node.attribute.find(({ name }) => name === wanted);
}

/** Whether all numbers of a list, if there is one, are the wanted. */
function all(values: readonly unknown[] | undefined, wanted: number): boolean {
  return (values ?? []).every((value) => Number(value) === wanted);
}
