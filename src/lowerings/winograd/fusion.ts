/** What a layer on a canvas computes besides its convolution. */
import { dimText, type Shape } from "../../ir/dim.js";
import { consumers, type Graph, type Node } from "../../ir/graph.js";
import { definition } from "../../ir/infer.js";

/** The nodes behind a convolution that its lowering computes too. */
export interface FusedTail {
  readonly relu: boolean;
  /** The value that is added to the result. */
  readonly residual: string | undefined;
  /** Names of the nodes, in order: the last one's value is what the layer gives. */
  readonly covered: readonly string[];
}

/** Finds conv → relu → add chains whose inner values nobody else reads. */
export class FusionFinder {
  private readonly graph: Graph;
  private readonly shapes: ReadonlyMap<string, Shape>;
  private readonly readers: ReturnType<typeof consumers>;
  private readonly shown: ReadonlySet<string>;
  private readonly order: ReadonlyMap<string, number>;

  constructor(graph: Graph, shapes: ReadonlyMap<string, Shape>) {
    this.graph = graph;
    this.shapes = shapes;
    this.readers = consumers(graph);
    this.shown = new Set(graph.outputs.map((output) => output.value));
    this.order = new Map(graph.nodes.map((node, index) => [node.name, index]));
  }

  behind(conv: Node): FusedTail {
    const covered: string[] = [];
    let value = conv.name;
    const activation = this.onlyReader(value);
    const relu = activation?.op === "activation" && activation.attributes.fn === "relu";
    if (relu) {
      covered.push(activation.name);
      value = activation.name;
    }
    const sum = this.onlyReader(value);
    if (sum?.op !== "add") return { relu, residual: undefined, covered };
    const residual = sum.inputs.find((input) => input !== value);
    if (residual === undefined || this.graph.constants.has(residual)) return { relu, residual: undefined, covered };
    const ready = (this.order.get(residual) ?? -1) < this.order.get(conv.name)!;
    const same = dimsText(this.shapes.get(residual)!) === dimsText(this.shapes.get(value)!);
    return ready && same ? { relu, residual, covered: [...covered, sum.name] } : { relu, residual: undefined, covered };
  }

  isRouted(value: string): boolean {
    return (this.readers.get(value) ?? []).some((node) => definition(node).readsMean);
  }

  private onlyReader(value: string): Node | undefined {
    const readers = this.readers.get(value) ?? [];
    return readers.length === 1 && !this.shown.has(value) ? readers[0] : undefined;
  }
}

function dimsText(shape: Shape): string {
  return shape.map(dimText).join(",");
}
