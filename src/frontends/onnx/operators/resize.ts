import { type Dim, divideDim, sameDim, scaleDim, shapeText } from "../../../ir/dim.js";
import { CUBIC_A, type ResizeMode } from "../../../ir/ops/resize.js";
import { floatOf, floatsOf, intOf, intsOf, textOf } from "../attributes.js";
import { axisOf, inputOf, keep, pictureOf } from "../operands.js";
import { NotRead, type OperatorRow, type Read, type SourceNode } from "../reading.js";

type Picture = readonly [Dim, number, Dim, Dim];

const MODES: ReadonlyMap<string, ResizeMode> = new Map([
  ["nearest", "nearest"],
  ["linear", "bilinear"],
  ["cubic", "bicubic"],
]);

type Place = (position: number, scale: number) => number;
const atCentre: Place = (position, scale) => (position + 0.5) / scale - 0.5;

/** Where a pixel of the result lies in the picture, without the conventions that depend on the picture's size. */
const COORDINATES: ReadonlyMap<string, Place> = new Map([
  ["half_pixel", atCentre],
  ["pytorch_half_pixel", atCentre],
  ["asymmetric", (position, scale) => position / scale],
  ["tf_half_pixel_for_nn", (position, scale) => (position + 0.5) / scale],
]);

const NEAREST: ReadonlyMap<string, (position: number) => number> = new Map([
  ["floor", Math.floor],
  ["ceil", Math.ceil],
  ["round_prefer_floor", (position: number) => Math.ceil(position - 0.5)],
  ["round_prefer_ceil", (position: number) => Math.floor(position + 0.5)],
]);

/** Positions after which the pattern of a whole scale, or of one over one, has come again. */
const PERIODS = 3;

/** Whether two conventions take the same pixels as the IR's, ⌊position / scale⌋; both are clamped to the picture. */
function takesSamePixels(coordinates: string, nearest: string, scale: number): boolean {
  const [place, rounded] = [COORDINATES.get(coordinates), NEAREST.get(nearest)];
  if (place === undefined || rounded === undefined) return false;
  const count = PERIODS * Math.max(1, Math.round(scale));
  return Array.from({ length: count }, (_, position) => position).every(
    (position) => Math.max(rounded(place(position, scale)), 0) === Math.floor(position / scale),
  );
}

/** What ratios and sizes are given for: all axes, or from opset 18 on those of an attribute. */
function axesOf({ node, opset }: SourceNode): readonly number[] {
  const axes = opset < 18 ? undefined : intsOf(node, "axes");
  return axes === undefined || axes.length === 0 ? [0, 1, 2, 3] : axes.map((axis) => axisOf(axis, 4));
}

/** One scale for height and width from those of some axes. */
function commonScale(axes: readonly number[], scales: readonly number[]): number {
  const all = [1, 1, 1, 1];
  axes.forEach((axis, index) => {
    all[axis] = scales[index] ?? Number.NaN;
  });
  if (all[0] !== 1 || all[1] !== 1) throw new NotRead("it resizes the batch or the channels");
  if (all[2] !== all[3]) throw new NotRead(`it resizes height and width by different scales, ${all[2]} and ${all[3]}`);
  return all[2]!;
}

/** The scale that makes one size of another, where it is a whole number or exactly 1 over one. */
function ratio(from: Dim, to: Dim): number {
  const lead = (dim: Dim): number => (typeof dim === "number" ? dim : (dim.terms[0]?.coefficient ?? 0));
  const [before, after] = [lead(from), lead(to)];
  if (after >= before && after % before === 0 && sameDim(scaleDim(from, after / before), to)) return after / before;
  const part = before % after === 0 ? divideDim(from, before / after) : undefined;
  if (part !== undefined && sameDim(part, to)) return after / before;
  throw new NotRead("its sizes are neither a whole multiple nor a whole fraction of the picture's");
}

function scaleFromSizes(source: SourceNode, x: Picture): number {
  const policy = textOf(source.node, "keep_aspect_ratio_policy", "stretch");
  if (policy !== "stretch") throw new NotRead(`its keep_aspect_ratio_policy is "${policy}"`);
  const sizes = source.numbers(3) ?? source.sizes(3);
  if (sizes === undefined) throw new NotRead("its sizes are not constant");
  const axes = axesOf(source);
  const ratios = sizes.map((size, index) => {
    if (size === undefined) throw new NotRead("its sizes are not constant");
    return ratio(x[axes[index]!]!, size);
  });
  return commonScale(axes, ratios);
}

/** Scales or sizes; ONNX Runtime takes an empty vector for an input that is left out. */
function scaleOf(source: SourceNode, x: Picture): number {
  const { node, opset } = source;
  if (node.op_type === "Upsample" && opset < 9) return commonScale([0, 1, 2, 3], floatsOf(node, "scales") ?? []);
  const index = opset < 11 ? 1 : 2;
  const scales = source.input(index) === undefined ? [] : source.numbers(index);
  if (scales === undefined) throw new NotRead("its scales are not constant");
  if (scales.length > 0) return commonScale(opset < 11 ? [0, 1, 2, 3] : axesOf(source), scales);
  return scaleFromSizes(source, x);
}

/** Whole numbers and 1 over one as float32 holds it, where that takes no pixel from a result. */
function allowedScale(scale: number): number {
  const divisor = Math.round(1 / scale);
  if (Number.isInteger(scale) && scale >= 1) return scale;
  const stored = Math.fround(1 / divisor);
  if (scale > 0 && scale < 1 && stored === Math.fround(scale) && stored >= 1 / divisor) return 1 / divisor;
  throw new NotRead(`its scale ${scale} is neither a whole number nor 1 over one`);
}

const isPowerOfTwo = (value: number): boolean => Number.isInteger(Math.log2(value));

function checkNearest(coordinates: string, nearest: string, scale: number): void {
  // A scale that float32 rounds moves positions across the border of a pixel.
  if (scale < 1 && !isPowerOfTwo(scale))
    throw new NotRead(`its scale ${scale} is rounded, which may select other pixels`);
  if (!takesSamePixels(coordinates, nearest, scale))
    throw new NotRead(`it does not take the pixel at ⌊position / scale⌋: "${coordinates}", "${nearest}"`);
}

/** Between pixels: positions of pixels are their centres, also where a result of one pixel would be an exception. */
function checkSmooth(source: SourceNode, coordinates: string, scale: number, x: Picture): void {
  const { node } = source;
  const single = [x[2], x[3]].some((size) => typeof size !== "number" || Math.floor(size * scale) <= 1);
  if (coordinates === "pytorch_half_pixel" && scale < 1 && single)
    throw new NotRead('"pytorch_half_pixel" differs for results of one pixel');
  if (coordinates !== "half_pixel" && coordinates !== "pytorch_half_pixel")
    throw new NotRead(`its coordinates are "${coordinates}", not those of pixel centres`);
  if (textOf(node, "mode", "nearest") !== "cubic") return;
  if (floatOf(node, "cubic_coeff_a", CUBIC_A) !== CUBIC_A) throw new NotRead(`its cubic_coeff_a is not ${CUBIC_A}`);
  if (intOf(node, "exclude_outside", 0) !== 0) throw new NotRead("it excludes pixels outside the picture");
}

/** Resize 10 and Upsample have no attributes for what Resize 11 names asymmetric, and floor. */
function conventionsOf({ node, opset }: SourceNode): readonly [coordinates: string, nearest: string] {
  if (opset < 11) return ["asymmetric", "floor"];
  return [
    textOf(node, "coordinate_transformation_mode", "half_pixel"),
    textOf(node, "nearest_mode", "round_prefer_floor"),
  ];
}

const resize: Read = (source, write) => {
  const x = pictureOf(source, 0);
  const { node } = source;
  const word = textOf(node, "mode", "nearest");
  const mode = MODES.get(word);
  if (mode === undefined) throw new NotRead(`its mode is "${word}"`);
  if (intOf(node, "antialias", 0) !== 0) throw new NotRead("it smooths before it reduces (antialias)");
  const scale = allowedScale(scaleOf(source, x));
  const [coordinates, nearest] = conventionsOf(source);
  if (coordinates === "tf_crop_and_resize") throw new NotRead("it resizes a part of the picture");
  if (scale === 1) return keep(write, inputOf(source, 0));
  if ([x[2], x[3]].some((size) => typeof size === "number" && size * scale < 1))
    throw new NotRead(`its result for ${shapeText(x)} is empty`);
  if (mode === "nearest") checkNearest(coordinates, nearest, scale);
  else checkSmooth(source, coordinates, scale, x);
  write.node("resize", [inputOf(source, 0)], { mode, scale }, { output: 0 });
};

export const RESIZE = {
  Resize: { read: resize },
  Upsample: { read: resize },
} satisfies Readonly<Record<string, OperatorRow>>;
