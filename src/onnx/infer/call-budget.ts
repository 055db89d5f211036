/** Bounds of inference through calls and sub-graphs, which a small file can make as deep and as many as it likes. */
import type { AttributeProto, FunctionProto, GraphProto, NodeProto, TensorProto } from "../graph/records.js";

/** Calls inside calls that are followed; the official checker allows as many, from ir_version 8 on. */
const DEEPEST_CALL = 100;

/** Graphs and functions inside each other, which are levels of recursion. */
const DEEPEST_GRAPH = 200;

/** Parts of functions (nodes, their inputs, outputs and numbers) that are inferred in all, each time they are called. */
const MOST_PARTS = 250_000;

/** More numbers of a tensor are never read. */
const MOST_ELEMENTS = 4096;

/** What is left of the parts; functions that call others twice each grow beyond all bounds. */
export class CallBudget {
  private left = MOST_PARTS;
  private readonly sizes = new Map<FunctionProto, number>();

  /** Why a call inside others is not followed; null for one that is, which takes its part. */
  refuse(fn: FunctionProto, calls: readonly FunctionProto[], depth: number): string | null {
    if (calls.includes(fn)) return "calls a function that it is in";
    if (calls.length >= DEEPEST_CALL) return `is inside ${DEEPEST_CALL} calls`;
    return refuseDepth(depth) ?? (this.take(fn) ? null : "comes after more calls than are followed");
  }

  private take(fn: FunctionProto): boolean {
    const size = this.sizes.get(fn) ?? fn.input.length + fn.output.length + sizeOfNodes(fn.node);
    this.sizes.set(fn, size);
    if (size > this.left) return false;
    this.left -= size;
    return true;
  }
}

/** Why nothing is followed into a graph or function inside so many; null where it is. */
export function refuseDepth(depth: number): string | null {
  return depth < DEEPEST_GRAPH ? null : `is inside ${DEEPEST_GRAPH} graphs and calls`;
}

function sizeOfNodes(nodes: readonly NodeProto[]): number {
  return total(nodes, ({ input, output, attribute }) => {
    return 1 + input.length + output.length + total(attribute, sizeOfAttribute);
  });
}

function sizeOfAttribute({ t, g, graphs, ints, floats, strings }: AttributeProto): number {
  const numbers = ints.length + floats.length + strings.length + (t === undefined ? 0 : sizeOfTensor(t));
  return 1 + numbers + (g === undefined ? 0 : sizeOfGraph(g)) + total(graphs, sizeOfGraph);
}

function sizeOfGraph({ node, input, output, value_info, initializer }: GraphProto): number {
  const values = input.length + output.length + value_info.length;
  return values + total(initializer, sizeOfTensor) + sizeOfNodes(node);
}

function sizeOfTensor({ dims }: TensorProto): number {
  const elements = dims.reduce<number>((product, dim) => product * Number(dim), 1);
  return 1 + Math.min(Math.abs(elements), MOST_ELEMENTS);
}

function total<T>(items: readonly T[], size: (item: T) => number): number {
  return items.reduce((sum, item) => sum + size(item), 0);
}
