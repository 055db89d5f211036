/** The hard choice of an expert: `Gather(bank, ArgMax(scores))`. */
import { intOf } from "../../attributes.js";
import { axisOf } from "../../operands.js";
import { NotRead } from "../../reading.js";
import { summedOver } from "../arithmetic.js";
import { beside, checkedProduct, type Product, shapeOfProduct, sharedParts, sizeOfParts, whole } from "../product.js";
import { regrouped, sliced } from "../views.js";
import { asProduct, productOf, type RaiseRow, type RaiseSite } from "./row.js";

const argMax: RaiseRow = {
  kind: "product",
  run(site) {
    const { source } = site;
    const shape = site.shape(0);
    if (shape === undefined) throw new NotRead("its shape is not known");
    if (intOf(source.node, "select_last_index", 0) !== 0) throw new NotRead("it takes the last of equal values");
    const axis = axisOf(intOf(source.node, "axis", 0), shape.length);
    const scores = whole({ kind: "choice", name: source.input(0)! }, shape);
    return { is: "position", product: summedOver(scores, [axis], intOf(source.node, "keepdims", 1) !== 0) };
  },
};

/** The positions that an input holds; undefined where it is something else. */
function positionsAt(site: RaiseSite, index: number): Product {
  const { is, product } = site.value(index);
  if (is !== "position") throw new NotRead("its indices are not constant");
  return product;
}

/** The elements of an axis at some positions, as a sum over all of its elements, of which one is weighed. */
function chosen(data: Product, axis: number, positions: Product): Product {
  const counts = [data.factors.length, positions.factors.length] as const;
  if (sizeOfParts(data.axes[axis]!) !== sizeOfParts(positions.sums))
    throw new NotRead("its indices do not select every element");
  const ofData = data.axes.map((parts) => beside(parts, counts, "left"));
  return checkedProduct({
    axes: [
      ...ofData.slice(0, axis),
      ...positions.axes.map((parts) => beside(parts, counts, "right")),
      ...ofData.slice(axis + 1),
    ],
    sums: [...beside(data.sums, counts, "left"), ...sharedParts(data.axes[axis]!, positions.sums, counts)],
    factors: [...data.factors, ...positions.factors],
  });
}

/** Elements at constant positions that are evenly apart. */
function taken(data: Product, axis: number, indices: readonly number[], isScalar: boolean): Product {
  const size = sizeOfParts(data.axes[axis]!);
  const counted = indices.map((index) => (index < 0 ? index + size : index));
  const step = counted.length > 1 ? counted[1]! - counted[0]! : 1;
  if (step < 1 || counted.some((index, at) => index !== counted[0]! + at * step))
    throw new NotRead("its indices are not evenly spaced");
  const result = sliced(data, axis, counted[0]!, counted.length, step);
  return isScalar ? regrouped(result, shapeOfProduct(result).toSpliced(axis, 1)) : result;
}

const gather: RaiseRow = {
  kind: "product",
  run(site) {
    const { source } = site;
    const data = productOf(site, 0);
    const axis = axisOf(intOf(source.node, "axis", 0), data.axes.length);
    const indices = source.numbers(1);
    if (indices === undefined) return asProduct(chosen(data, axis, positionsAt(site, 1)));
    const rank = site.rank(1);
    if (rank === undefined || rank > 1) throw new NotRead("its indices are not a vector");
    return asProduct(taken(data, axis, indices, rank === 0));
  },
};

/** Indices of one number each. */
const gatherNd: RaiseRow = {
  kind: "product",
  run(site) {
    const positions = positionsAt(site, 1);
    const shape = shapeOfProduct(positions);
    if (shape.at(-1) !== 1 || intOf(site.source.node, "batch_dims", 0) !== 0)
      throw new NotRead("its indices select along several axes");
    return asProduct(chosen(productOf(site, 0), 0, regrouped(positions, shape.slice(0, -1))));
  },
};

export const CHOICE_ROWS = {
  ArgMax: argMax,
  Gather: gather,
  GatherND: gatherNd,
} satisfies Readonly<Record<string, RaiseRow>>;
