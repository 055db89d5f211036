/** The convolution of few outputs that ends a chain, as the last one of a network: what computes it beside the layer before it. */
import type { Shape } from "../../ir/dim.js";
import { consumers, type Graph, type Node, type NodeOf } from "../../ir/graph.js";
import { FORM_KERNEL } from "./forms.js";

/** What a layer computes of its result, which nobody else reads. */
export interface PlannedClosing {
  readonly conv: NodeOf<"conv">;
  /** What lies between them. */
  readonly shuffle: NodeOf<"pixel_shuffle"> | undefined;
}

/** Finds what closes a layer. */
export class ClosingFinder {
  private readonly graph: Graph;
  private readonly shapes: ReadonlyMap<string, Shape>;
  private readonly readers: ReturnType<typeof consumers>;
  private readonly shown: ReadonlySet<string>;

  constructor(graph: Graph, shapes: ReadonlyMap<string, Shape>) {
    this.graph = graph;
    this.shapes = shapes;
    this.readers = consumers(graph);
    this.shown = new Set(graph.outputs.map(({ value }) => value));
  }

  /** @param result the value that a layer gives */
  behind(result: string): PlannedClosing | undefined {
    const next = this.onlyReader(result);
    const shuffle = next?.op === "pixel_shuffle" ? next : undefined;
    const conv = shuffle ? this.onlyReader(shuffle.name) : next;
    if (conv?.op !== "conv" || conv.inputs[0] !== (shuffle?.name ?? result)) return undefined;
    if (!conv.inputs.slice(1).every((input) => this.graph.constants.has(input))) return undefined;
    const channels = this.shapes.get(result)![1] as number;
    return isPlain(conv) && tapOutputs(this.outputsOf(conv), shuffle) <= channels ? { conv, shuffle } : undefined;
  }

  private outputsOf({ name }: Node): number {
    return this.shapes.get(name)![1] as number;
  }

  private onlyReader(value: string): Node | undefined {
    const readers = this.readers.get(value) ?? [];
    return readers.length === 1 && !this.shown.has(value) ? readers[0] : undefined;
  }
}

/** 3×3, stride 1, one zero around, ungrouped. */
function isPlain({ attributes }: NodeOf<"conv">): boolean {
  const { kernel, stride, dilation, pads, groups } = attributes;
  return (
    kernel.every((size) => size === FORM_KERNEL) &&
    [...stride, ...dilation, ...pads, groups].every((value) => value === 1)
  );
}

/** Products of a pixel of the layer: more than its channels, and more is moved than without. */
function tapOutputs(outputs: number, shuffle: PlannedClosing["shuffle"]): number {
  return FORM_KERNEL ** 2 * outputs * (shuffle?.attributes.scale ?? 1) ** 2;
}
