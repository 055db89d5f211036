/** How an operator is run on products. */
import { NotRead, type SourceNode } from "../../reading.js";
import type { Product } from "../product.js";

/** A value: a product, the square of one, or the position along the product's summed index at which it is largest. */
export interface Executed {
  readonly is: "product" | "square" | "position";
  readonly product: Product;
}

/** A node that is to be run. */
export interface RaiseSite {
  readonly source: SourceNode;
  /** Position of the output that is asked for. */
  readonly output: number;
  /** Whether a sum is to be followed to what it sums. */
  readonly isOpen: boolean;
  /** @throws NotRead */
  value(index: number): Executed;
  /** Of a float32 input whose sizes are all known. */
  shape(index: number): readonly number[] | undefined;
  /** Of an input of any type. */
  rank(index: number): number | undefined;
}

export interface RaiseRow {
  /**
   * `view`: every element is one of the input's; `product`: no sum; `sum`: followed only where its result is no factor by
   * itself, so that a linear layer that gives factors stays one.
   */
  readonly kind: "view" | "product" | "sum";
  /** @throws NotRead where the node is not understood: its output is a source then */
  run(site: RaiseSite): Executed;
}

export function productOf(site: RaiseSite, index: number): Product {
  const { is, product } = site.value(index);
  if (is !== "product") throw new NotRead(`its input ${index} is a ${is}`);
  return product;
}

export function asProduct(product: Product): Executed {
  return { is: "product", product };
}

/** Numbers of a small constant input that must be there. */
export function numbersAt({ source }: RaiseSite, index: number): readonly number[] {
  const numbers = source.numbers(index);
  if (numbers === undefined) throw new NotRead(`its input ${index} is not constant`);
  return numbers;
}
