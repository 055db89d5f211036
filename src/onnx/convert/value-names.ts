/** The names of all values of a model, in all its graphs and functions. */
import type { FunctionProto, GraphProto, ModelProto, NodeProto } from "../graph/records.js";

export class ValueNames {
  private readonly taken = new Set<string>();
  private readonly read = new Set<string>();

  constructor(model: ModelProto) {
    if (model.graph !== undefined) this.addGraph(model.graph);
    for (const fn of model.functions) this.addFunction(fn);
  }

  /** Whether a node takes a value of that name, or a graph or function gives it. */
  isRead(name: string): boolean {
    return this.read.has(name);
  }

  /** A name that nothing has, and that nothing will be given again. */
  fresh(hint: string): string {
    let name = hint;
    for (let n = 1; this.taken.has(name); n++) name = `${hint}.${n}`;
    this.taken.add(name);
    return name;
  }

  private addFunction(fn: FunctionProto): void {
    for (const name of fn.input) this.taken.add(name);
    for (const name of fn.output) this.read.add(name);
    this.addNodes(fn.node);
  }

  private addGraph(graph: GraphProto): void {
    for (const { name = "" } of [...graph.input, ...graph.initializer]) this.taken.add(name);
    for (const { values } of graph.sparse_initializer) this.taken.add(values?.name ?? "");
    for (const { name = "" } of graph.output) this.read.add(name);
    this.addNodes(graph.node);
  }

  private addNodes(nodes: readonly NodeProto[]): void {
    for (const { input, output, attribute } of nodes) {
      for (const name of input) this.read.add(name);
      for (const name of output) this.taken.add(name);
      for (const { g, graphs } of attribute) for (const graph of g === undefined ? graphs : [g]) this.addGraph(graph);
    }
  }
}
