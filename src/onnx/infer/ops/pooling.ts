import { add, divide, multiply } from "../arithmetic.js";
import { refuse } from "../fault.js";
import { unifyDims } from "../merge.js";
import type { NodeInference } from "../node-inference.js";
import type { Dim, Shape } from "../type-info.js";
import { alike, type OperatorTable } from "./operator.js";
import { type Geometry, keepsSize, windowGeometry } from "./window.js";

const INT64 = 7;

/** Since which version the operators know dilations. */
const DILATES: Readonly<Record<string, number>> = { MaxPool: 10, AveragePool: 19, LpPool: 18 };
/** Since which version a window must start inside the input, as in PyTorch. */
const CEILS_LIKE_PYTORCH = 22;

function pool(operator: string): (node: NodeInference) => void {
  return (node) => {
    node.copyElem(0, 0);
    if (node.outputCount > 1) node.setElem(1, INT64);
    if (!node.knowsShape(0)) return;
    const input = node.denseShape(0);
    const geometry = windowGeometry(node, input, { dilates: node.version >= DILATES[operator]! });
    if (geometry === null) return;
    const ceils = node.int("ceil_mode", 0);
    const likePyTorch = node.version >= CEILS_LIKE_PYTORCH;
    const sizes = geometry.kernel.map((_, i) => pooledSize(input[2 + i]!, geometry, i, ceils, likePyTorch));
    const shape: Shape = [input[0]!, input[1]!, ...sizes];
    for (let o = 0; o < Math.min(node.outputCount, 2); o++) node.setShape(o, shape);
  };
}

function pooledSize(size: Dim, geometry: Geometry, i: number, ceils: number, likePyTorch: boolean): Dim {
  if (typeof size !== "number") return keepsSize(geometry, i) ? size : null;
  const stride = geometry.strides[i]!;
  const padded = add(size, geometry.padsBegin[i]!);
  const room = add(add(padded, geometry.padsEnd[i]!), -geometry.kernel[i]!);
  if (!likePyTorch) return add(add(1, divide(room, stride)), ceils === 1 && room % stride > 0 ? 1 : 0);
  const count = add(divide(ceils === 0 ? room : add(room, stride - 1), stride), 1);
  return ceils === 1 && multiply(count - 1, stride) >= padded ? count - 1 : count;
}

function globalPool(node: NodeInference): void {
  node.copyElem(0, 0);
  if (!node.knowsShapes(1)) return;
  const input = node.denseShape(0);
  if (input.length >= 2)
    node.setShape(
      0,
      input.map((dim, i) => (i < 2 ? dim : 1)),
    );
}

function maxUnpool(node: NodeInference): void {
  if (node.inputCount !== 2 && node.inputCount !== 3) refuse("there are not two or three inputs");
  node.copyElem(0, 0);
  if (!node.knowsShape(0)) return;
  const input = node.denseShape(0);
  const rank = input.length - 2;
  if (rank < 0) refuse("the input has no channels");
  const lengths = { pads: 2 * rank, strides: rank, kernel_shape: rank };
  for (const [name, length] of Object.entries(lengths)) {
    if ((node.ints(name)?.length ?? length) !== length) refuse(`${name} has another number of values`);
  }
  const kernel = node.ints("kernel_shape") ?? refuse("kernel_shape is missing");
  if (node.inputCount === 3) {
    checkOutputShape(node, input.length);
    return;
  }
  if (!node.knowsShape(1)) return;
  const indices = node.denseShape(1);
  if (indices.length < 2) refuse("the indices have no channels");
  const pads = node.ints("pads") ?? new Array<number>(2 * rank).fill(0);
  const strides = node.ints("strides") ?? new Array<number>(rank).fill(1);
  const sizes = kernel.map((extent, i) => {
    const size = input[2 + i]!;
    if (typeof size !== "number") return null;
    return add(add(add(multiply(strides[i]!, add(size, -1)), extent), -pads[i]!), -pads[i + rank]!);
  });
  node.setShape(0, [input[0]!, indices[1]!, ...sizes]);
}

function checkOutputShape(node: NodeInference, rank: number): void {
  if (!node.knowsShape(2)) return;
  const [count, ...more] = node.shape(2);
  if (count === undefined || more.length > 0) refuse("output_shape is not a vector");
  if (typeof count === "number" && count !== rank) refuse("output_shape has another number of sizes");
}

function maxRoiPool(node: NodeInference): void {
  node.copyElem(0, 0);
  if (!node.knowsShapes(2)) return;
  const [input, rois] = [node.shape(0), node.shape(1)];
  if (input.length < 4 || (node.version >= 22 && input.length > 4)) refuse("the input is not of rank 4");
  if (rois.length !== 2) refuse("the regions are not of rank 2");
  if (node.version >= 22) unifyDims(rois[1]!, 5);
  const pooled = node.ints("pooled_shape") ?? refuse("pooled_shape is missing");
  if (pooled.length !== input.length - 2 || pooled.some((size) => size <= 0)) {
    refuse("pooled_shape is not a positive size for each spatial dimension");
  }
  node.setShape(0, [rois[0]!, input[1]!, pooled[0]!, pooled[1]!]);
}

function roiAlign(node: NodeInference): void {
  node.copyElem(0, 0);
  const known = (i: number, rank: number): Shape => {
    const shape = node.knowsShape(i) ? node.shape(i) : new Array<Dim>(rank).fill(null);
    return shape.length === rank ? shape : refuse(`input ${i} is not of rank ${rank}`);
  };
  const [input, rois, batch] = [known(0, 4), known(1, 2), known(2, 1)];
  if (node.version >= 22) unifyDims(rois[1]!, 4);
  const count = unifyDims(batch[0]!, rois[0]!);
  node.setShape(0, [count, input[1]!, node.int("output_height", 1), node.int("output_width", 1)]);
}

export const POOLING: OperatorTable = {
  ...alike("MaxPool", 1, pool("MaxPool")),
  ...alike("AveragePool", 1, pool("AveragePool")),
  ...alike("LpPool", 2, pool("LpPool")),
  ...alike("GlobalAveragePool GlobalMaxPool", 1, globalPool),
  ...alike("GlobalLpPool", 2, globalPool),
  ...alike("MaxUnpool", 9, maxUnpool),
  ...alike("MaxRoiPool", 1, maxRoiPool),
  ...alike("RoiAlign", 10, roiAlign),
};
