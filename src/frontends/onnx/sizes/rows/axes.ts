/** Operators that move, add, leave out and join axes. */
import { addDims, type Dim } from "../../../../ir/dim.js";
import { intOf, intsOf } from "../../attributes.js";
import { NotRead } from "../../reading.js";
import { type Extent, type Extents, fixed, formOf, isOpen, joined, mapped, open, showExtent } from "../extent.js";
import type { SizeRow } from "../size-row.js";
import { alike } from "./alike.js";
import { axesIn, axisFrom, oneForEach } from "./linear.js";

export const transpose: SizeRow = (view) => {
  const shape = view.shape(0);
  const perm = intsOf(view.node, "perm") ?? shape.map((_, axis) => shape.length - 1 - axis);
  oneForEach(shape.length, perm.length, "places");
  return { outputs: [perm.map((axis) => shape[axisFrom(axis, shape.length)]!)] };
};

export const squeeze: SizeRow = (view) => {
  const shape = view.shape(0);
  const axes = axesIn(view, shape.length) ?? [...shape.keys()].filter((axis) => shape[axis]!.exported === 1);
  const lost = axes.map((axis) => shape[axis]!).find(isOpen);
  if (lost !== undefined) throw new NotRead(`it removes an axis of size ${showExtent(lost)}`);
  return { outputs: [shape.filter((_, axis) => !axes.includes(axis))] };
};

export const unsqueeze: SizeRow = (view) => {
  const shape = view.shape(0);
  const rank = view.exported(0).length;
  const axes = axesIn(view, rank);
  if (axes === undefined) throw new NotRead("its axes are not known");
  const left = [...shape];
  return {
    outputs: [Array.from({ length: rank }, (_, axis) => (axes.includes(axis) ? fixed(1) : left.shift()!))],
  };
};

export const flatten: SizeRow = (view) => {
  const shape = view.shape(0);
  const axis = axisFrom(intOf(view.node, "axis", 1), shape.length, shape.length);
  return { outputs: [[joined(shape.slice(0, axis)), joined(shape.slice(axis))]] };
};

export const concat: SizeRow = (view) => {
  const shapes = [...view.node.input.keys()].map((index) => view.shape(index));
  const axis = axisFrom(intOf(view.node, "axis", 1), shapes[0]!.length);
  if (shapes.some(({ length }) => length !== shapes[0]!.length))
    throw new NotRead("its inputs differ in their number of axes");
  const sized = (_: Extent, at: number): Extent => {
    const sizes = shapes.map((shape) => shape[at]!);
    return at === axis ? sum(sizes) : alike(sizes);
  };
  return { outputs: [shapes[0]!.map(sized)] };
};

function sum(sizes: Extents): Extent {
  const exported = sizes.reduce((total, size) => total + size.exported, 0);
  return sizes.some(isOpen) ? open(exported, sizes.map(formOf).reduce<Dim>(addDims, 0)) : fixed(exported);
}

/** Parts along an axis whose size is no picture's. */
export const split: SizeRow = (view) => {
  const shape = view.shape(0);
  const axis = axisFrom(intOf(view.node, "axis", 0), shape.length);
  if (isOpen(shape[axis]!))
    throw new NotRead(`it splits an axis of size ${showExtent(shape[axis]!)}, and it is not known which part is fixed`);
  return { outputs: view.node.output.map((_, index) => shape.with(axis, fixed(view.exported(index)[axis]!))) };
};

export const gather: SizeRow = (view) => {
  const shape = view.shape(0);
  const axis = axisFrom(intOf(view.node, "axis", 0), shape.length);
  if (isOpen(shape[axis]!)) throw new NotRead(`it selects positions along an axis of size ${showExtent(shape[axis]!)}`);
  return { outputs: [shape.toSpliced(axis, 1, ...view.shape(1))] };
};

export const tile: SizeRow = (view) => {
  const shape = view.shape(0);
  const repeats = view.integers(1);
  if (repeats?.length !== shape.length) throw new NotRead("its repeats are not constant");
  return {
    outputs: [
      shape.map((size, axis) =>
        repeats[axis] === 1 ? size : mapped(joined([fixed(repeats[axis]!), size]), (dim) => dim),
      ),
    ],
  };
};

/** A size that is the exported one of an open axis leaves the axis as it is; 1 does for any size. */
export const expand: SizeRow = (view) => {
  const shape = view.shape(0);
  const target = view.computed(1) ?? view.integers(1)?.map(fixed);
  if (target === undefined) throw new NotRead("its shape is not constant");
  const rank = Math.max(shape.length, target.length);
  const edited: (number | Extent)[] = target.map((size) => (isOpen(size) ? size : size.exported));
  const result = Array.from({ length: rank }, (_, axis): Extent => {
    const own = shape[axis - rank + shape.length] ?? fixed(1);
    const at = axis - rank + target.length;
    const wanted = target[at] ?? fixed(1);
    if (!isOpen(own)) return own.exported === 1 ? wanted : own;
    if (wanted.exported !== own.exported && wanted.exported !== 1)
      throw new NotRead(`it repeats an axis of size ${showExtent(own)}`);
    if (!isOpen(wanted) && wanted.exported !== 1) edited[at] = 1;
    return own;
  });
  const isChanged = edited.some((size, at) => typeof size === "number" && size !== target[at]!.exported);
  return { outputs: [result], ...(isChanged ? { inputs: new Map([[1, edited]]) } : {}) };
};
