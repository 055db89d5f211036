/** Runs the nodes that lead to a value on products: what is not understood is a source of its own. */
import type { LazyTensor } from "../../../tensors/tensor.js";
import { NotRead, type SourceNode } from "../reading.js";
import { type Product, whole } from "./product.js";
import { RAISE_ROWS } from "./rows/index.js";
import type { Executed } from "./rows/row.js";

/** What is known of a graph's values. */
export interface GraphFacts {
  /** The node that gives a value; undefined for inputs, initializers and what the front end does not know. */
  giver(value: string): SourceNode | undefined;
  /** Of a float32 value whose sizes are all known. */
  shape(value: string): readonly number[] | undefined;
  /** Of a value of any type. */
  rank(value: string): number | undefined;
  /** Whether the file holds a value as it is. */
  isStored(value: string): boolean;
  /** A float32 value that follows from constants alone, where it is stored or can be computed. */
  constant(value: string): LazyTensor | undefined;
}

/** Longer chains of nodes lead to no kernel. */
const DEEPEST = 500;

export class Execution {
  private readonly values = new Map<string, Executed>();
  private depth = 0;

  constructor(
    private readonly facts: GraphFacts,
    /** Whether the sum that gives a value is followed to what it sums; else the value is a source. */
    private readonly opens: (value: string) => boolean,
  ) {}

  /** @throws NotRead where nothing is known of the value's shape or type */
  value(name: string): Executed {
    const known = this.values.get(name);
    if (known !== undefined) return known;
    const executed = this.run(name) ?? { is: "product", product: this.source(name) };
    this.values.set(name, executed);
    return executed;
  }

  /** A value as a source. */
  private source(name: string): Product {
    const shape = this.facts.shape(name);
    if (shape === undefined) throw new NotRead(`"${name}" is not float32, or its shape is not known`);
    const tensor = this.facts.constant(name);
    return whole(tensor ? { kind: "constant", tensor, inverse: false } : { kind: "value", name }, shape);
  }

  /** Undefined where the node that gives the value is not understood. */
  private run(name: string): Executed | undefined {
    if (this.facts.isStored(name)) return undefined;
    const source = this.facts.giver(name);
    const row = source && RAISE_ROWS[source.node.op_type ?? ""];
    if (!source || !row || this.depth >= DEEPEST) return undefined;
    if (row.kind !== "view" && this.facts.constant(name) !== undefined) return undefined;
    this.depth++;
    try {
      return row.run({
        source,
        output: source.node.output.indexOf(name),
        isOpen: this.opens(name),
        value: (index) => this.value(inputName(source, index)),
        shape: (index) => this.facts.shape(inputName(source, index)),
        rank: (index) => this.facts.rank(inputName(source, index)),
      });
    } catch (cause) {
      if (cause instanceof NotRead) return undefined;
      throw cause;
    } finally {
      this.depth--;
    }
  }
}

function inputName(source: SourceNode, index: number): string {
  const name = source.input(index);
  if (name === undefined) throw new NotRead(`its input ${index} is left out`);
  return name;
}

/** Whether a value is a sum that may be followed to what it sums. */
export function isSum(facts: GraphFacts, name: string): boolean {
  const row = RAISE_ROWS[facts.giver(name)?.node.op_type ?? ""];
  return row?.kind === "sum";
}
