import { scaled } from "../arithmetic.js";
import { refuse } from "../fault.js";
import { unifyDims } from "../merge.js";
import type { NodeInference } from "../node-inference.js";
import type { Dim, Shape } from "../type-info.js";
import { distinctAxes } from "./axes.js";
import { alike, type OperatorTable } from "./operator.js";

const POLICIES = ["stretch", "not_larger", "not_smaller"] as const;
type Policy = (typeof POLICIES)[number];

function resize(node: NodeInference): void {
  node.copyElem(0, 0);
  if (!node.knowsShapes(1)) return;
  const input = node.shape(0);
  const sizes = node.inputCount > 3 ? node.sizesOf(3) : null;
  const scales = scaleValues(node);
  const hasSizes = node.hasInput(3) && sizes?.length !== 0;
  const hasScales = node.hasInput(2) && scales?.length !== 0;
  if (node.version >= 13 && hasSizes === hasScales) refuse("not exactly one of sizes and scales is given");
  const policy = aspectPolicy(node);
  if (hasScales && policy !== "stretch") refuse(`scales cannot be combined with ${policy}`);
  const given = node.ints("axes");
  const axes = given === null || given.length === 0 ? input.map((_, i) => i) : distinctAxes(given, input.length);
  if (hasSizes) node.setShape(0, sizedShape(input, sizes ?? [], axes, policy));
  else if (scales !== null && scales.length > 0) node.setShape(0, scaledShape(input, scales, axes));
  else
    node.setShape(
      0,
      input.map(() => null),
    );
}

/** Null when they are not given, or not known. */
function scaleValues(node: NodeInference): readonly number[] | null {
  const constant = node.inputCount > 2 ? node.constant(2) : null;
  return constant === null ? null : constant.values("FLOAT");
}

function aspectPolicy(node: NodeInference): Policy {
  if (node.attribute("keep_aspect_ratio_policy")?.s === undefined) return "stretch";
  const text = node.text("keep_aspect_ratio_policy", "stretch");
  return POLICIES.find((policy) => policy === text) ?? refuse(`there is no keep_aspect_ratio_policy ${text}`);
}

function sizedShape(input: Shape, sizes: Shape, axes: readonly number[], policy: Policy): Shape {
  if (sizes.length !== axes.length) refuse(`${sizes.length} sizes are given for ${axes.length} axes`);
  const wanted = keepAspect(
    input,
    sizes.map((size) => (typeof size === "number" ? size : 0)),
    axes,
    policy,
  );
  const isWhole = axes.length === input.length && axes.every((axis, i) => axis === i);
  return input.map((dim, i) => {
    const at = axes.indexOf(i);
    const size = at >= 0 ? wanted[at]! : !isWhole && typeof dim === "number" ? dim : -1;
    return size > 0 ? size : null;
  });
}

function keepAspect(
  input: Shape,
  sizes: readonly number[],
  axes: readonly number[],
  policy: Policy,
): readonly number[] {
  if (policy === "stretch") return sizes;
  const dims = axes.map((axis) => input[axis]!);
  if (dims.some((dim) => typeof dim !== "number")) return sizes.map(() => -1);
  const ratios = sizes.map((size, i) => size / (dims[i] as number));
  const scale = policy === "not_larger" ? Math.min(...ratios) : Math.max(...ratios);
  return dims.map((dim) => roundAway(scale * (dim as number)));
}

/** C's `round`: halves away from zero. */
function roundAway(value: number): number {
  return Math.sign(value) * Math.round(Math.abs(value));
}

function scaledShape(input: Shape, scales: readonly number[], axes: readonly number[]): Shape {
  if (scales.length !== axes.length) refuse(`${scales.length} scales are given for ${axes.length} axes`);
  return input.map((dim, i) => {
    const at = axes.indexOf(i);
    if (typeof dim !== "number") return null;
    return at < 0 ? dim : scaled(dim, scales[at]!);
  });
}

/** Resize 10 and Upsample 9: only scales, as an input. */
function upsample(node: NodeInference): void {
  node.copyElem(0, 0);
  if (!node.knowsShapes(1)) return;
  const input = node.shape(0);
  const scales = node.constant(1)?.values("FLOAT") ?? null;
  node.setShape(0, scales === null ? input.map(() => null) : scaledShape(input, scales, [...input.keys()]));
}

function upsampleByAttribute(node: NodeInference): void {
  if (!node.knowsShapes(1)) return;
  node.copyElem(0, 0);
  const scales = node.attribute("scales")?.floats ?? refuse("scales is missing");
  node.setShape(0, scaledShape(node.shape(0), scales, [...node.shape(0).keys()]));
}

function gridSample(node: NodeInference): void {
  node.copyElem(0, 0);
  if (!node.knowsShapes(2)) return;
  const [input, grid] = [node.shape(0), node.shape(1)];
  if (input.length !== grid.length) refuse("input and grid differ in rank");
  if (input.length < 3) refuse("the input has no spatial dimensions");
  const coordinates = grid.at(-1);
  if (typeof coordinates === "number" && coordinates !== input.length - 2) {
    refuse(`the grid has ${coordinates} coordinates for ${input.length - 2} spatial dimensions`);
  }
  node.setShape(0, [unifyDims(grid[0]!, input[0]!), input[1]!, ...grid.slice(1, -1)]);
}

function affineGrid(node: NodeInference): void {
  node.copyElem(0, 0);
  if (!node.knowsShapes(1)) return;
  if (node.knowsShape(1) && node.shape(1).length !== 1) refuse("the size is not a vector");
  const size = node.sizesOf(1);
  if (size === null) return;
  if (size.length !== 4 && size.length !== 5) refuse(`the size has ${size.length} values, not 4 or 5`);
  node.setShape(0, [size[0]!, ...size.slice(2), size.length - 2]);
}

/** Until version 13 pads are for all axes, from 18 on for those of a fourth input. */
function pad(node: NodeInference): void {
  node.copyElem(0, 0);
  if (!node.knowsShapes(1)) return;
  const input = node.denseShape(0);
  const axes = paddedAxes(node, input);
  if (axes === null) return;
  const pads = node.version < 11 ? node.ints("pads") : padConstant(node);
  if (node.version < 11 && pads === null) refuse("pads is missing");
  if (pads === null || (axes.length === 0 && node.version >= 18)) {
    const derived = derivedPads(node, axes.length);
    node.setShape(
      0,
      input.map((dim, i) => (derived === null ? null : paddedDim(dim, derived, axes.length, axes.indexOf(i)))),
    );
    return;
  }
  if (pads.length !== 2 * axes.length) refuse(`${pads.length} pads are given for ${axes.length} axes`);
  node.setShape(
    0,
    input.map((dim, i) => paddedDim(dim, pads, axes.length, axes.indexOf(i))),
  );
}

function paddedDim(dim: Dim, pads: Shape, count: number, at: number): Dim {
  if (at < 0) return typeof dim === "number" ? dim : null;
  const [before, after] = [pads[at], pads[count + at]];
  if (typeof before !== "number" || typeof after !== "number") return null;
  const total = before + after;
  if (typeof dim === "number") return dim + total;
  return total === 0 ? dim : null;
}

function paddedAxes(node: NodeInference, input: Shape): readonly number[] | null {
  if (node.version < 18 || !node.knowsShape(3)) return [...input.keys()];
  const axes = node.constant(3)?.values("INT64");
  return axes === undefined ? null : distinctAxes(axes, input.length);
}

/** What is known of pads that are computed of sizes. */
function derivedPads(node: NodeInference, axes: number): Shape | null {
  if (node.version < 11 || axes === 0 || !node.knowsShape(1) || node.shape(1).length !== 1) return null;
  const pads = node.sizesOf(1);
  return pads?.length === 2 * axes ? pads : null;
}

function padConstant(node: NodeInference): readonly number[] | null {
  const constant = node.constant(1);
  if (constant === null) return null;
  if (constant.dims.length !== 1) refuse("pads is not a vector");
  return constant.values("INT64");
}

function centerCropPad(node: NodeInference): void {
  if (node.inputCount !== 2) refuse("there are not two inputs");
  node.copyElem(0, 0);
  if (!node.knowsShapes(1)) return;
  const constant = node.constant(1);
  if (constant === null) return;
  const input = node.denseShape(0);
  const sizes = constant.values(constant.dataType === 6 ? "INT32" : "INT64");
  const given = node.ints("axes");
  const axes = given === null ? [...input.keys()] : distinctAxes(given, input.length);
  if (sizes.length !== axes.length) refuse(`${sizes.length} sizes are given for ${axes.length} axes`);
  node.setShape(
    0,
    input.map((dim, i) => (axes.includes(i) ? sizes[axes.indexOf(i)]! : dim)),
  );
}

export const SAMPLING: OperatorTable = {
  ...alike("GridSample", 16, gridSample),
  ...alike("AffineGrid", 20, affineGrid),
  ...alike("Pad", 2, pad),
  ...alike("CenterCropPad", 18, centerCropPad),
  Resize: [
    [10, upsample],
    [11, resize],
  ],
  Upsample: [
    [7, upsampleByAttribute],
    [9, upsample],
  ],
};
