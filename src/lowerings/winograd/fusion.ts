/** What a layer on a canvas computes besides its convolution. */
import { dimText, type Shape } from "../../ir/dim.js";
import { consumers, type Graph, type Node } from "../../ir/graph.js";
import { definition } from "../../ir/infer.js";
import { onlyReaders } from "./only-reader.js";

/** An activation that a layer on a canvas computes, with the constant that holds the slopes of a PReLU, [C] or [1]. */
export type FusedActivation =
  | { readonly kind: "relu" }
  | { readonly kind: "leaky_relu"; readonly slope: number }
  | { readonly kind: "prelu"; readonly slopes: string };

/** The nodes behind a convolution that its lowering computes too. */
export interface FusedTail {
  readonly activation: FusedActivation | undefined;
  /** The values that are added to the result, one after the other. */
  readonly residuals: readonly string[];
  /** Names of the nodes, in order: the last one's value is what the layer gives. */
  readonly covered: readonly string[];
}

/** Finds conv → activation → add → … → add chains whose inner values nobody else reads. */
export class FusionFinder {
  private readonly graph: Graph;
  private readonly shapes: ReadonlyMap<string, Shape>;
  private readonly readers: ReturnType<typeof consumers>;
  private readonly onlyReader: ReturnType<typeof onlyReaders>;
  private readonly order: ReadonlyMap<string, number>;

  constructor(graph: Graph, shapes: ReadonlyMap<string, Shape>) {
    this.graph = graph;
    this.shapes = shapes;
    this.readers = consumers(graph);
    this.onlyReader = onlyReaders(graph);
    this.order = new Map(graph.nodes.map((node, index) => [node.name, index]));
  }

  behind(conv: Node): FusedTail {
    const covered: string[] = [];
    let value = conv.name;
    const next = this.onlyReader(value);
    const activation = next && this.activationOf(next);
    if (activation) {
      covered.push(next.name);
      value = next.name;
    }
    const residuals: string[] = [];
    for (let sum = this.sumOf(value, conv); sum; sum = this.sumOf(value, conv)) {
      residuals.push(sum.residual);
      covered.push(sum.name);
      value = sum.name;
    }
    return { activation, residuals, covered };
  }

  /** The addition behind a value, of one that is there before the convolution. */
  private sumOf(value: string, conv: Node): { readonly name: string; readonly residual: string } | undefined {
    const sum = this.onlyReader(value);
    const residual = sum?.op === "add" ? sum.inputs.find((input) => input !== value) : undefined;
    if (sum === undefined || residual === undefined || this.graph.constants.has(residual)) return undefined;
    const ready = (this.order.get(residual) ?? -1) < this.order.get(conv.name)!;
    const same = dimsText(this.shapes.get(residual)!) === dimsText(this.shapes.get(value)!);
    return ready && same ? { name: sum.name, residual } : undefined;
  }

  private activationOf(node: Node): FusedActivation | undefined {
    if (node.op === "prelu") {
      const slopes = node.inputs[1]!;
      return this.graph.constants.has(slopes) ? { kind: "prelu", slopes } : undefined;
    }
    if (node.op !== "activation") return undefined;
    const { attributes } = node;
    if (attributes.fn === "relu") return { kind: "relu" };
    return attributes.fn === "leaky_relu" ? { kind: "leaky_relu", slope: attributes.slope } : undefined;
  }

  isRouted(value: string): boolean {
    return (this.readers.get(value) ?? []).some((node) => definition(node).readsMean);
  }
}

function dimsText(shape: Shape): string {
  return shape.map(dimText).join(",");
}
