/** The convolution of few outputs that ends a chain, as the last one of a network: what computes it beside the layer before it. */
import type { Shape } from "../../ir/dim.js";
import type { Graph, NodeOf } from "../../ir/graph.js";
import { fitsForms } from "./eligible.js";
import { FORM_KERNEL } from "./forms.js";
import { onlyReaders } from "./only-reader.js";

/** What a layer computes of its result, which nobody else reads. */
export interface PlannedClosing {
  readonly conv: NodeOf<"conv">;
  /** What lies between them. */
  readonly shuffle: NodeOf<"pixel_shuffle"> | undefined;
}

/** Finds what closes the layer that gives a value. */
export function closingFinder(
  graph: Graph,
  shapes: ReadonlyMap<string, Shape>,
): (result: string) => PlannedClosing | undefined {
  const onlyReader = onlyReaders(graph);
  const channelsOf = (value: string): number => shapes.get(value)![1] as number;
  return (result) => {
    const next = onlyReader(result);
    const shuffle = next?.op === "pixel_shuffle" ? next : undefined;
    const conv = shuffle ? onlyReader(shuffle.name) : next;
    if (conv?.op !== "conv" || conv.inputs[0] !== (shuffle?.name ?? result)) return undefined;
    if (!conv.inputs.slice(1).every((input) => graph.constants.has(input))) return undefined;
    const isSmall = tapOutputs(channelsOf(conv.name), shuffle) <= channelsOf(result);
    return fitsForms(conv.attributes) && isSmall ? { conv, shuffle } : undefined;
  };
}

/** Products of a pixel of the layer: more than its channels, and more is moved than without. */
function tapOutputs(outputs: number, shuffle: PlannedClosing["shuffle"]): number {
  return FORM_KERNEL ** 2 * outputs * (shuffle?.attributes.scale ?? 1) ** 2;
}
