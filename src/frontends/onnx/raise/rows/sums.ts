/** Sums over experts, and those of squares. */
import { floatOf, intOf, intsOf, textOf } from "../../attributes.js";
import { axisOf } from "../../operands.js";
import { NotRead } from "../../reading.js";
import { multiplied, scalar, summedOver } from "../arithmetic.js";
import { type Product, shapeOfProduct, whole } from "../product.js";
import { regrouped, transposed } from "../views.js";
import { asProduct, type Executed, numbersAt, productOf, type RaiseRow, type RaiseSite } from "./row.js";

/** Attributes until the opset since which axes are an input; all axes where they are left out. */
function reducedAxes(site: RaiseSite, rank: number, inputSince: number): readonly number[] {
  const { node, opset } = site.source;
  const isInput = opset >= inputSince;
  const given = isInput ? site.source.input(1) && numbersAt(site, 1) : intsOf(node, "axes");
  if (!given || given.length === 0) {
    if (isInput && intOf(node, "noop_with_empty_axes", 0) !== 0) return [];
    return Array.from({ length: rank }, (_, axis) => axis);
  }
  return given.map((axis) => axisOf(axis, rank));
}

function keepsDims({ source }: RaiseSite): boolean {
  return intOf(source.node, "keepdims", 1) !== 0;
}

function requireOpen({ isOpen }: RaiseSite): void {
  if (!isOpen) throw new NotRead("it is read as a value, not as a product");
}

function normOf(of: Product, axes: readonly number[], keepdims: boolean, power: 1 | 0.5): Executed {
  const shape = shapeOfProduct(of);
  const left = shape.filter((_, axis) => !axes.includes(axis));
  const norm = whole({ kind: "norm", of, axes, epsilon: 0, power }, left);
  const kept = shape.map((size, axis) => (axes.includes(axis) ? 1 : size));
  return asProduct(keepdims ? regrouped(norm, kept) : norm);
}

const reduceSum: RaiseRow = {
  kind: "sum",
  run(site) {
    const { is, product } = site.value(0);
    const axes = reducedAxes(site, product.axes.length, 13);
    if (is !== "square") requireOpen(site);
    if (is === "square") return normOf(product, axes, keepsDims(site), 1);
    return asProduct(summedOver(productOf(site, 0), axes, keepsDims(site)));
  },
};

const reduceMean: RaiseRow = {
  kind: "sum",
  run(site) {
    requireOpen(site);
    const product = productOf(site, 0);
    const axes = reducedAxes(site, product.axes.length, 18);
    const shape = shapeOfProduct(product);
    const count = axes.reduce((size, axis) => size * shape[axis]!, 1);
    return asProduct(multiplied(summedOver(product, axes, keepsDims(site)), scalar(1 / count)));
  },
};

function squaresRow(power: 1 | 0.5): RaiseRow {
  return {
    kind: "product",
    run(site) {
      const product = productOf(site, 0);
      return normOf(product, reducedAxes(site, product.axes.length, 18), keepsDims(site), power);
    },
  };
}

/** a [...,m,k] · b [...,k,n]. */
function matrixProduct(a: Product, b: Product): Product {
  const [left, right] = [shapeOfProduct(a), shapeOfProduct(b)];
  if (left.length < 2 || right.length < 2) throw new NotRead("it multiplies a vector");
  const [first, second] = [regrouped(a, [...left, 1]), regrouped(b, right.toSpliced(-2, 0, 1))];
  const product = multiplied(first, second);
  return summedOver(product, [product.axes.length - 2], false);
}

const matMul: RaiseRow = {
  kind: "sum",
  run(site) {
    requireOpen(site);
    return asProduct(matrixProduct(productOf(site, 0), productOf(site, 1)));
  },
};

const gemm: RaiseRow = {
  kind: "sum",
  run(site) {
    requireOpen(site);
    const { source } = site;
    const { node } = source;
    if (source.input(2) !== undefined && floatOf(node, "beta", 1) !== 0) throw new NotRead("it adds a bias");
    const turned = (index: number, attribute: string): Product => {
      const product = productOf(site, index);
      return intOf(node, attribute, 0) === 0 ? product : transposed(product, [1, 0]);
    };
    const product = matrixProduct(turned(0, "transA"), turned(1, "transB"));
    const alpha = floatOf(node, "alpha", 1);
    return asProduct(alpha === 1 ? product : multiplied(product, scalar(alpha)));
  },
};

const einsum: RaiseRow = {
  kind: "sum",
  run(site) {
    requireOpen(site);
    const equation = textOf(site.source.node, "equation", "").replaceAll(" ", "");
    const [inputs, result] = equation.split("->");
    const terms = inputs!.split(",");
    if (result === undefined || [...terms, result].some(isRepeating))
      throw new NotRead(`its equation is "${equation}"`);
    const letters = [...new Set([...terms.join("")])];
    const product = terms
      .map((term, index) => laidOut(productOf(site, index), term, letters))
      .reduce((left, right) => multiplied(left, right));
    const summed = letters.flatMap((letter, axis) => (result.includes(letter) ? [] : [axis]));
    const left = letters.filter((letter) => result.includes(letter));
    return asProduct(
      transposed(
        summedOver(product, summed, false),
        [...result].map((letter) => left.indexOf(letter)),
      ),
    );
  },
};

/** Whether a term names an axis twice, or axes without letters. */
function isRepeating(term: string): boolean {
  return !/^[A-Za-z]*$/.test(term) || new Set(term).size !== term.length;
}

/** A product with an axis for each letter, of size 1 where the term does not have it. */
function laidOut(product: Product, term: string, letters: readonly string[]): Product {
  if (product.axes.length !== term.length) throw new NotRead("its equation does not fit its inputs");
  const own = letters.filter((letter) => term.includes(letter));
  const ordered = transposed(
    product,
    own.map((letter) => term.indexOf(letter)),
  );
  const rest = [...shapeOfProduct(ordered)];
  return regrouped(
    ordered,
    letters.map((letter) => (term.includes(letter) ? rest.shift()! : 1)),
  );
}

export const SUM_ROWS = {
  Einsum: einsum,
  Gemm: gemm,
  MatMul: matMul,
  ReduceL2: squaresRow(0.5),
  ReduceMean: reduceMean,
  ReduceSum: reduceSum,
  ReduceSumSquare: squaresRow(1),
} satisfies Readonly<Record<string, RaiseRow>>;
