import type { GraphProto, NodeProto } from "../graph/records.js";
import { type Constant, constantOf } from "../infer/constant.js";
import { nodeConstant } from "../infer/constant-value.js";
import { InferenceFault, Undecided } from "../infer/fault.js";

/** Values that no run can change, in a graph and those around it. */
export class ConstantScope {
  private readonly constants = new Map<string, Constant>();

  private constructor(private readonly outer: ConstantScope | null) {}

  /** @param irVersion since 4, an initializer that is an input too may be given another value */
  static ofGraph(graph: GraphProto, outer: ConstantScope | null, irVersion: number): ConstantScope {
    const scope = ConstantScope.ofNodes(graph.node, outer);
    const inputs = new Set(irVersion < 4 ? [] : graph.input.map(({ name }) => name));
    for (const tensor of graph.initializer) {
      if (!inputs.has(tensor.name)) scope.constants.set(tensor.name ?? "", constantOf(tensor));
    }
    return scope;
  }

  static ofNodes(nodes: readonly NodeProto[], outer: ConstantScope | null): ConstantScope {
    const scope = new ConstantScope(outer);
    for (const node of nodes) {
      const constant = nodeConstant(node);
      if (constant !== null) scope.constants.set(node.output[0] ?? "", constant);
    }
    return scope;
  }

  /** Elements of a float tensor; null where it is no such constant, or is not held in memory. */
  floats(name: string): readonly number[] | null {
    const constant = this.constants.get(name);
    if (constant === undefined) return this.outer?.floats(name) ?? null;
    try {
      return constant.values("FLOAT");
    } catch (e) {
      if (e instanceof Undecided || e instanceof InferenceFault) return null;
      throw e;
    }
  }
}
