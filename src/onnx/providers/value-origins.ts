/** Which values of a graph are constants for ONNX Runtime, and which are sizes that it keeps on the host. */
import type { AttributeProto, GraphProto, ModelProto, NodeProto } from "../graph/records.js";

export interface ValueOrigins {
  /** `here`: constant once constants are folded. `outer`: an initializer of a graph around. Null: computed or fed. */
  constant(name: string): "here" | "outer" | null;
  /** Whether the value is a constant that is stored quantized; it is fused with what reads it, or computed each time. */
  isDequantized(name: string): boolean;
  /** Whether the value follows from shapes and constants alone. */
  isSize(name: string): boolean;
}

/** Results that differ from run to run, or may not be computed early. */
const NOT_FOLDED = /^(Random|Bernoulli|Multinomial|Dropout|If$|Loop$|Scan$|QuantizeLinear$|DequantizeLinear$)/;
const SIZES: ReadonlySet<string> = new Set(["Shape", "Size"]);
const OVERRIDABLE_SINCE_IR = 4;

/** The origins of the values that each node of a model's graphs sees; nodes of functions are not among them. */
export function valueOrigins(model: ModelProto): ReadonlyMap<NodeProto, ValueOrigins> {
  const byNode = new Map<NodeProto, ValueOrigins>();
  const overridable = Number(model.ir_version ?? 0) >= OVERRIDABLE_SINCE_IR;
  if (model.graph !== undefined) visit(model.graph, null, overridable, byNode);
  return byNode;
}

class GraphOrigins implements ValueOrigins {
  private readonly constants = new Set<string>();
  private readonly dequantized = new Set<string>();
  private readonly sizes = new Set<string>();
  private readonly inner = new Set<string>();

  constructor(
    private readonly outer: GraphOrigins | null,
    graph: GraphProto,
    overridable: boolean,
  ) {
    const inputs = new Set(graph.input.map((value) => value.name ?? ""));
    for (const name of inputs) this.inner.add(name);
    for (const { name = "" } of graph.initializer) if (!overridable || !inputs.has(name)) this.constants.add(name);
    for (const { values } of graph.sparse_initializer) this.constants.add(values?.name ?? "");
  }

  constant(name: string): "here" | "outer" | null {
    if (this.constants.has(name)) return "here";
    return this.inner.has(name) || this.outer === null || this.outer.constant(name) === null ? null : "outer";
  }

  isDequantized(name: string): boolean {
    return this.dequantized.has(name) || (!this.inner.has(name) && (this.outer?.isDequantized(name) ?? false));
  }

  isSize(name: string): boolean {
    return this.sizes.has(name) || (!this.inner.has(name) && (this.outer?.isSize(name) ?? false));
  }

  define({ op_type = "", input, output, attribute }: NodeProto): void {
    const given = input.filter((name) => name !== "");
    // Sub-graphs read more than what their node says.
    const isOpen = attribute.some(({ g, graphs }) => g !== undefined || graphs.length > 0);
    const isFixed = given.every((name) => this.constant(name) !== null);
    const isStored =
      (op_type === "DequantizeLinear" && isFixed) ||
      (op_type === "Identity" && given.every((name) => this.isDequantized(name)));
    const isConstant = !isOpen && !NOT_FOLDED.test(op_type) && isFixed;
    const isSize =
      SIZES.has(op_type) || (!isOpen && given.length > 0 && given.every((name) => this.followsFromSizes(name)));
    for (const name of output) {
      this.inner.add(name);
      if (isStored) this.dequantized.add(name);
      if (isConstant) this.constants.add(name);
      else if (isSize) this.sizes.add(name);
    }
  }

  private followsFromSizes(name: string): boolean {
    return this.isSize(name) || this.constant(name) !== null;
  }
}

function visit(
  graph: GraphProto,
  outer: GraphOrigins | null,
  overridable: boolean,
  byNode: Map<NodeProto, ValueOrigins>,
): void {
  const origins = new GraphOrigins(outer, graph, overridable);
  for (const node of graph.node) {
    byNode.set(node, origins);
    for (const inner of node.attribute.flatMap(graphsOf)) visit(inner, origins, overridable, byNode);
    origins.define(node);
  }
}

function graphsOf({ g, graphs }: AttributeProto): readonly GraphProto[] {
  return g === undefined ? graphs : [g, ...graphs];
}
