/** Products, and the norms that demodulation divides by. */
import { NotRead } from "../../reading.js";
import { multiplied, onlySource, scalar, withSource } from "../arithmetic.js";
import type { Factor, NormSource, Product } from "../product.js";
import { asProduct, numbersAt, productOf, type RaiseRow, type RaiseSite } from "./row.js";

const mul: RaiseRow = {
  kind: "product",
  run(site) {
    const a = productOf(site, 0);
    if (site.source.input(0) === site.source.input(1)) return { is: "square", product: a };
    if (numberAt(site, 1) === 1) return asProduct(a);
    if (numberAt(site, 0) === 1) return asProduct(productOf(site, 1));
    return asProduct(multiplied(a, productOf(site, 1)));
  },
};

/** The number that a constant input of one element holds, under no more than one axis. */
function numberAt({ source, rank }: RaiseSite, index: number): number | undefined {
  const numbers = source.numbers(index);
  return numbers?.length === 1 && (rank(index) ?? 2) <= 1 ? numbers[0] : undefined;
}

const div: RaiseRow = {
  kind: "product",
  run(site) {
    const divisor = inverted(productOf(site, 1));
    return asProduct(numberAt(site, 0) === 1 ? divisor : multiplied(productOf(site, 0), divisor));
  },
};

const reciprocal: RaiseRow = { kind: "product", run: (site) => asProduct(inverted(productOf(site, 0))) };

/** 1 over constants, or over the root of a norm. */
function inverted(product: Product): Product {
  if (product.sums.length > 0) throw new NotRead("it divides by a sum");
  const factors = product.factors.map((factor): Factor => {
    const { source } = factor;
    if (source.kind === "constant") return { ...factor, source: { ...source, inverse: !source.inverse } };
    if (source.kind === "norm" && source.power === 0.5) return { ...factor, source: { ...source, power: -0.5 } };
    throw new NotRead("it divides by a value that is not constant");
  });
  return { ...product, factors };
}

const neg: RaiseRow = { kind: "product", run: (site) => asProduct(multiplied(productOf(site, 0), scalar(-1))) };

/** A norm under no root yet. */
function sumOfSquares(product: Product): NormSource {
  const source = onlySource(product);
  if (source?.kind === "norm" && source.power === 1) return source;
  throw new NotRead("its input is not a sum of squares");
}

const sqrt: RaiseRow = {
  kind: "product",
  run(site) {
    const product = productOf(site, 0);
    return asProduct(withSource(product, { ...sumOfSquares(product), power: 0.5 }));
  },
};

const pow: RaiseRow = {
  kind: "product",
  run(site) {
    const product = productOf(site, 0);
    const [exponent, ...others] = numbersAt(site, 1);
    if (exponent === 2 && others.length === 0) return { is: "square", product };
    if ((exponent === 0.5 || exponent === -0.5) && others.length === 0)
      return asProduct(withSource(product, { ...sumOfSquares(product), power: exponent }));
    throw new NotRead(`its exponent is ${exponent}`);
  },
};

/** ε. */
const add: RaiseRow = {
  kind: "product",
  run(site) {
    const side = numberAt(site, 1) === undefined ? 1 : 0;
    const epsilon = numberAt(site, 1 - side);
    if (epsilon === undefined) throw new NotRead("it adds a value that is not constant");
    const product = productOf(site, side);
    const norm = sumOfSquares(product);
    return asProduct(withSource(product, { ...norm, epsilon: norm.epsilon + epsilon }));
  },
};

export const PRODUCT_ROWS = {
  Add: add,
  Div: div,
  Mul: mul,
  Neg: neg,
  Pow: pow,
  Reciprocal: reciprocal,
  Sqrt: sqrt,
} satisfies Readonly<Record<string, RaiseRow>>;
