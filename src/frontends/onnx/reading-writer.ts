import type { Shape } from "../../ir/dim.js";
import type { Node, Origin } from "../../ir/graph.js";
import { inferNode } from "../../ir/infer.js";
import type { OpAttributes, OpName } from "../../ir/ops/index.js";
import type { NodeProto } from "../../onnx/graph/records.js";
import type { LazyTensor } from "../../tensors/tensor.js";
import { type NodeWriter, NotRead } from "./reading.js";

/** Collects the IR of one node. */
export class ReadingWriter implements NodeWriter {
  private readonly nodes: Node[] = [];
  private readonly constants = new Map<string, LazyTensor>();
  readonly shapes = new Map<string, Shape>();
  private readonly origin: Origin;

  constructor(
    private readonly source: NodeProto,
    index: number,
    private readonly shapeOf: (name: string) => Shape | undefined,
    private readonly names: {
      readonly nameOf: (tensor: LazyTensor) => string | undefined;
      readonly fresh: (wanted: string) => string;
    },
  ) {
    this.origin = { layer: source.name || source.output[0]!, pointer: `/graph/node/${index}` };
  }

  node<Op extends OpName>(
    op: Op,
    inputs: readonly string[],
    attributes: OpAttributes[Op],
    as: { readonly output: number } | { readonly step: string },
  ): string {
    const name = "output" in as ? this.source.output[as.output]! : this.stepName(as.step);
    const node = { op, name, inputs, attributes, origin: this.origin } as Node;
    const shapes = inputs.map((input) => {
      const shape = this.constants.get(input)?.shape ?? this.shapes.get(input) ?? this.shapeOf(input);
      if (shape === undefined) throw new NotRead(`the shape of "${input}" is not known`);
      return shape;
    });
    this.shapes.set(name, inferNode(node, shapes));
    this.nodes.push(node);
    return name;
  }

  constant(step: string, tensor: LazyTensor): string {
    const name = this.names.nameOf(tensor) ?? this.stepName(step);
    this.constants.set(name, tensor);
    return name;
  }

  private stepName(step: string): string {
    return this.names.fresh(`${this.source.output[0]!}/${step}`);
  }

  /** What was written, and the values of the source that it reads. */
  reading(): {
    readonly nodes: readonly Node[];
    readonly constants: ReadonlyMap<string, LazyTensor>;
    readonly reads: ReadonlySet<string>;
  } {
    const { nodes, constants } = this;
    const own = new Set(nodes.map(({ name }) => name));
    const read = nodes.flatMap(({ inputs }) => inputs);
    return { nodes, constants, reads: new Set(read.filter((name) => !own.has(name) && !constants.has(name))) };
  }
}
