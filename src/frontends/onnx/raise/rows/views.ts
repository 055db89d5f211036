/** Operators whose elements are all those of their input. */
import { intOf, intsOf } from "../../attributes.js";
import { axisOf } from "../../operands.js";
import { NotRead } from "../../reading.js";
import { reshapeTarget } from "../../reshape-target.js";
import { type Product, shapeOfProduct } from "../product.js";
import { expanded, regrouped, sliced, tiled, transposed } from "../views.js";
import { numbersAt, type RaiseRow, type RaiseSite } from "./row.js";

type View = (product: Product, site: RaiseSite) => Product;

function view(apply: View): RaiseRow {
  return {
    kind: "view",
    run(site) {
      const executed = site.value(0);
      return { ...executed, product: apply(executed.product, site) };
    },
  };
}

function count(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

const reshape: View = (product, { source }) => {
  const from = shapeOfProduct(product);
  const target = reshapeTarget(source, from);
  const known = target.map((size) => (typeof size === "number" ? size : 1));
  const rest = count(from) / count(known);
  const to = target.map((size) => (typeof size === "number" ? size : rest));
  if (!to.every((size) => Number.isInteger(size) && size >= 1) || count(to) !== count(from))
    throw new NotRead("its shape does not fit its input");
  return regrouped(product, to);
};

const flatten: View = (product, { source }) => {
  const shape = shapeOfProduct(product);
  const axis = intOf(source.node, "axis", 1);
  const at = axis < 0 ? axis + shape.length : axis;
  return regrouped(product, [count(shape.slice(0, at)), count(shape.slice(at))]);
};

/** An attribute until opset 12, an input from 13 on. */
function axesOf(site: RaiseSite): readonly number[] | undefined {
  const { source } = site;
  if (source.opset < 13) return intsOf(source.node, "axes");
  return source.input(1) === undefined ? undefined : numbersAt(site, 1);
}

const squeeze: View = (product, site) => {
  const shape = shapeOfProduct(product);
  const axes = axesOf(site)?.map((axis) => axisOf(axis, shape.length));
  const goes = (size: number, axis: number): boolean => (axes === undefined ? size === 1 : axes.includes(axis));
  return regrouped(
    product,
    shape.filter((size, axis) => !goes(size, axis)),
  );
};

const unsqueeze: View = (product, site) => {
  const given = axesOf(site);
  if (given === undefined) throw new NotRead("its axes are left out");
  const rest = [...shapeOfProduct(product)];
  const rank = rest.length + given.length;
  const axes = new Set(given.map((axis) => axisOf(axis, rank)));
  return regrouped(
    product,
    Array.from({ length: rank }, (_, axis) => (axes.has(axis) ? 1 : rest.shift()!)),
  );
};

const transpose: View = (product, { source }) => {
  const rank = product.axes.length;
  return transposed(product, intsOf(source.node, "perm") ?? Array.from({ length: rank }, (_, axis) => rank - 1 - axis));
};

const expand: View = (product, site) => expanded(product, numbersAt(site, 1));
const tile: View = (product, site) => tiled(product, numbersAt(site, 1));

/** Starts, ends, axes and steps: attributes until opset 9, inputs from 10 on. */
const slice: View = (product, site) => {
  const { source } = site;
  const shape = shapeOfProduct(product);
  const given = (index: number, name: string): readonly number[] | undefined => {
    if (source.opset < 10) return intsOf(source.node, name);
    return source.input(index) === undefined ? undefined : numbersAt(site, index);
  };
  const [starts, ends] = [given(1, "starts"), given(2, "ends")];
  if (!starts || !ends) throw new NotRead("its starts or ends are left out");
  const axes = given(3, "axes") ?? starts.map((_, axis) => axis);
  const steps = source.opset < 10 ? undefined : given(4, "steps");
  return axes.reduce((result, each, index) => {
    const axis = axisOf(each, shape.length);
    const step = steps?.[index] ?? 1;
    if (step < 1) throw new NotRead("it goes backwards");
    const size = shape[axis]!;
    const within = (at: number): number => Math.min(Math.max(at < 0 ? at + size : at, 0), size);
    const [start, end] = [within(starts[index]!), within(ends[index]!)];
    return sliced(result, axis, start, Math.ceil((end - start) / step), step);
  }, product);
};

/** Sizes of the parts: an attribute until opset 12, an input from 13 on; equal ones where they are left out. */
const split: View = (product, site) => {
  const { source, output } = site;
  const shape = shapeOfProduct(product);
  const axis = axisOf(intOf(source.node, "axis", 0), shape.length);
  const parts = source.node.output.length;
  const equal = Math.ceil(shape[axis]! / parts);
  const given = source.opset < 13 ? intsOf(source.node, "split") : source.input(1) && numbersAt(site, 1);
  const sizes = given || Array.from({ length: parts }, (_, part) => Math.min(equal, shape[axis]! - part * equal));
  const start = sizes.slice(0, output).reduce((sum, size) => sum + size, 0);
  return sliced(product, axis, start, sizes[output]!, 1);
};

/** `TensorProto.FLOAT`, `INT32` and `INT64`. */
const [FLOAT, INTEGERS] = [1, [6, 7]] as const;

const cast: RaiseRow = {
  kind: "view",
  run(site) {
    const executed = site.value(0);
    const to = intOf(site.source.node, "to", 0);
    const keeps = executed.is === "position" ? INTEGERS.some((type) => type === to) : to === FLOAT;
    if (!keeps) throw new NotRead("it changes the type");
    return executed;
  },
};

export const VIEW_ROWS = {
  Cast: cast,
  Expand: view(expand),
  Flatten: view(flatten),
  Identity: view((product) => product),
  Reshape: view(reshape),
  Slice: view(slice),
  Split: view(split),
  Squeeze: view(squeeze),
  Tile: view(tile),
  Transpose: view(transpose),
  Unsqueeze: view(unsqueeze),
} satisfies Readonly<Record<string, RaiseRow>>;
