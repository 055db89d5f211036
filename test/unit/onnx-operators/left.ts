/** Nodes that are left to ONNX Runtime, and why. */
import type { AttributeValue } from "../../../src/onnx/graph/build.js";
import { ABSENT, constant, float, floats, int, integers, ints, text } from "../../property/onnx-operators/draw.js";
import { type Input, opened } from "../../property/onnx-operators/node-case.js";

const SIZE = [2, 4, 6, 6];
export const OPEN: Input = { kind: "value", size: SIZE, shape: opened(SIZE) };
export const FIXED: Input = { kind: "value", size: SIZE };
const VECTOR: Input = { kind: "value", size: [2, 4] };
const SCALAR: Input = { kind: "value", size: [] };
const UNKNOWN = { kind: "integers", data: [1], sizes: [undefined] } as const;
const KERNEL = constant([3, 4, 3, 3]);
const C = constant([4]);

export interface Left {
  readonly op: string;
  readonly opset?: number;
  readonly inputs: readonly Input[];
  readonly attributes?: Readonly<Record<string, AttributeValue>>;
  readonly outputs?: readonly string[];
  readonly reason: string;
}

const resize = (
  attributes: Readonly<Record<string, AttributeValue>>,
  scale: number,
  reason: string,
  x = OPEN,
): Left => ({
  op: "Resize",
  inputs: [x, ABSENT, constant([4], [1, 1, scale, scale])],
  attributes,
  reason,
});
const LINEAR = { mode: text("linear") };

export const LEFT: readonly Left[] = [
  { op: "Relu", inputs: [integers([1])], reason: '"input0" is not float32, or its shape is not known' },
  { op: "Conv", inputs: [OPEN, { kind: "value", size: [3, 4, 3, 3] }], reason: "its kernel is not constant" },
  { op: "Conv", inputs: [OPEN, KERNEL, { kind: "value", size: [3] }], reason: "its bias is not constant" },
  { op: "Conv", inputs: [OPEN, KERNEL, C], reason: "its bias is [4], not [3]" },
  {
    op: "Conv",
    inputs: [{ kind: "value", size: [2, 4, 6] }, KERNEL],
    reason: '"input0" is not a picture [N,C,H,W] but [2,4,6]',
  },
  { op: "Conv", inputs: [FIXED, constant([3, 4, 3])], reason: "its kernel is [3,4,3], not two-dimensional" },
  {
    op: "Conv",
    inputs: [OPEN, KERNEL],
    attributes: { auto_pad: text("SAME_UPPER"), strides: ints([2, 2]) },
    reason: "its auto_pad depends on sizes that are not known",
  },
  { op: "Conv", inputs: [OPEN, KERNEL], attributes: { auto_pad: text("SAME") }, reason: 'its auto_pad is "SAME"' },
  { op: "Conv", inputs: [OPEN, KERNEL], attributes: { pads: ints([-1, 0, 0, 0]) }, reason: "its pads are negative" },
  {
    op: "Conv",
    inputs: [OPEN, KERNEL],
    attributes: { pads: ints([1, 1]) },
    reason: "its pads are not given for height and width",
  },
  {
    op: "Conv",
    inputs: [OPEN, KERNEL],
    attributes: { strides: ints([2]) },
    reason: "its strides are given for 1 axes, not for height and width",
  },
  {
    op: "ConvTranspose",
    inputs: [OPEN, constant([4, 3, 2, 2])],
    attributes: { output_shape: ints([9, 9]) },
    reason: "its pads follow from its output_shape",
  },
  {
    op: "ConvTranspose",
    inputs: [OPEN, constant([4, 3, 2, 2])],
    attributes: { auto_pad: text("SAME_LOWER") },
    reason: 'its auto_pad is "SAME_LOWER"',
  },
  { op: "PRelu", inputs: [OPEN, constant([6])], reason: "its slopes are not one for each channel, nor one for all" },
  { op: "PRelu", inputs: [OPEN, { kind: "value", size: [4, 1, 1] }], reason: "its slope is not constant" },
  { op: "Clip", inputs: [OPEN, SCALAR], reason: "its min is not constant" },
  { op: "Gelu", inputs: [OPEN], attributes: { approximate: text("erf") }, reason: 'its approximation is "erf"' },
  { op: "Add", inputs: [C, C], reason: "both of its inputs are constant" },
  { op: "Add", inputs: [VECTOR, constant([1, 1, 4])], reason: "its constant [1,1,4] has more dimensions than [2,4]" },
  { op: "Add", inputs: [FIXED, constant([2, 1, 1, 1])], reason: "its constant has its own batch" },
  { op: "Mul", inputs: [FIXED, VECTOR], reason: "its inputs [2,4,6,6] and [2,4] have different numbers of dimensions" },
  { op: "Div", inputs: [C, OPEN], reason: "it divides by a value that is not constant" },
  { op: "Div", inputs: [OPEN, constant([], [0])], reason: "it divides by zero" },
  {
    op: "Concat",
    inputs: [FIXED, FIXED],
    attributes: { axis: int(2) },
    reason: "it concatenates along axis 2, not along the channels",
  },
  {
    op: "Concat",
    inputs: [FIXED, constant([2, 1, 6, 6])],
    attributes: { axis: int(1) },
    reason: "its constant has its own batch",
  },
  {
    op: "Concat",
    inputs: [FIXED, OPEN],
    attributes: { axis: int(1) },
    reason: "[N,4,H,W] and [2,4,6,6] differ in their batch",
  },
  {
    op: "Split",
    inputs: [OPEN],
    outputs: ["a", "b"],
    attributes: { axis: int(2) },
    reason: "it splits axis 2, not channels",
  },
  { op: "Split", inputs: [OPEN, UNKNOWN], attributes: { axis: int(1) }, reason: "its parts are not constant" },
  { op: "Slice", inputs: [FIXED, integers([0]), integers([1]), integers([0])], reason: "it takes a part of the batch" },
  {
    op: "Slice",
    inputs: [OPEN, integers([0]), integers([9]), integers([3]), integers([2])],
    reason: "its steps are not 1",
  },
  {
    op: "Slice",
    inputs: [OPEN, integers([0]), integers([3]), integers([2])],
    reason: "the part of axis 2 that it takes depends on sizes that are not known",
  },
  {
    op: "Slice",
    inputs: [{ kind: "value", size: [2, 4, 6] }, integers([0]), integers([3]), integers([2])],
    reason: "it takes a part of [2,4,6] that is not a range of channels",
  },
  {
    op: "Slice",
    inputs: [OPEN, integers([0]), integers([3]), integers([7])],
    reason: "there is no axis 7 in 4 dimensions",
  },
  { op: "Pad", inputs: [OPEN, integers([0, 1, 0, 0, 0, 0, 0, 0])], reason: "it pads the batch or the channels" },
  { op: "Pad", inputs: [OPEN, UNKNOWN], reason: "its pads are not constant" },
  {
    op: "Pad",
    inputs: [OPEN, integers([0, 0, 1, 1, 0, 0, 1, 1]), constant([], [0.5])],
    reason: "it pads with 0.5, not with zeros",
  },
  {
    op: "Pad",
    inputs: [OPEN, integers([0, 0, 1, 1, 0, 0, 1, 1])],
    attributes: { mode: text("wrap") },
    reason: 'its mode is "wrap"',
  },
  { op: "Pad", inputs: [VECTOR, integers([0, 1, 0, 0])], reason: "it pads [2,4], which is not a picture [N,C,H,W]" },
  {
    op: "DepthToSpace",
    inputs: [OPEN],
    attributes: { blocksize: int(2), mode: text("CDR") },
    reason: 'its mode is "CDR"',
  },
  { op: "SpaceToDepth", inputs: [OPEN], attributes: { blocksize: int(0) }, reason: "its blocksize is 0" },
  { op: "Conv", inputs: [OPEN, KERNEL], attributes: { strides: ints([0, 1]) }, reason: "its strides are below 1" },
  resize({ mode: text("constructor") }, 2, 'its mode is "constructor"'),
  resize({}, 1.5, "its scale 1.5 is neither a whole number nor 1 over one"),
  resize({ nearest_mode: text("floor") }, 2, 'it does not take the pixel at ⌊position / scale⌋: "half_pixel", "floor"'),
  resize(
    { coordinate_transformation_mode: text("asymmetric"), nearest_mode: text("floor") },
    1 / 3,
    `its scale ${1 / 3} is rounded, which may select other pixels`,
  ),
  resize(
    { ...LINEAR, coordinate_transformation_mode: text("align_corners") },
    2,
    'its coordinates are "align_corners", not those of pixel centres',
  ),
  resize(
    { ...LINEAR, coordinate_transformation_mode: text("pytorch_half_pixel") },
    0.5,
    '"pytorch_half_pixel" differs for results of one pixel',
  ),
  resize({ ...LINEAR, antialias: int(1) }, 0.5, "it smooths before it reduces (antialias)"),
  resize({ mode: text("cubic"), cubic_coeff_a: float(-0.5) }, 2, "its cubic_coeff_a is not -0.75"),
  resize({ mode: text("cubic"), exclude_outside: int(1) }, 2, "it excludes pixels outside the picture"),
  resize(
    { ...LINEAR, coordinate_transformation_mode: text("tf_crop_and_resize") },
    2,
    "it resizes a part of the picture",
  ),
  {
    op: "Resize",
    inputs: [OPEN, ABSENT, constant([4], [1, 1, 2, 3])],
    reason: "it resizes height and width by different scales, 2 and 3",
  },
  {
    op: "Resize",
    inputs: [OPEN, ABSENT, constant([4], [1, 2, 2, 2])],
    reason: "it resizes the batch or the channels",
  },
  {
    op: "Resize",
    inputs: [FIXED, ABSENT, ABSENT, integers([2, 4, 9, 9])],
    reason: "its sizes are neither a whole multiple nor a whole fraction of the picture's",
  },
  { op: "Resize", inputs: [OPEN, ABSENT, { kind: "value", size: [4] }], reason: "its scales are not constant" },
  {
    op: "Resize",
    inputs: [FIXED, ABSENT, ABSENT, integers([2, 4, 12, 12])],
    attributes: { keep_aspect_ratio_policy: text("not_larger") },
    reason: 'its keep_aspect_ratio_policy is "not_larger"',
  },
  {
    op: "Upsample",
    opset: 7,
    inputs: [OPEN],
    attributes: { mode: text("linear"), scales: floats([1, 1, 2, 2]) },
    reason: 'its coordinates are "asymmetric", not those of pixel centres',
  },
  {
    op: "MaxPool",
    inputs: [OPEN],
    attributes: { kernel_shape: ints([2, 2]) },
    outputs: ["y", "i"],
    reason: "other nodes use its indices",
  },
  {
    op: "MaxPool",
    inputs: [OPEN],
    attributes: { kernel_shape: ints([2, 2]), dilations: ints([2, 2]) },
    reason: "its window is dilated",
  },
  {
    op: "MaxPool",
    inputs: [OPEN],
    attributes: { kernel_shape: ints([2, 2]), strides: ints([2, 2]), ceil_mode: int(1) },
    reason: "its sizes are rounded up (ceil_mode)",
  },
  {
    op: "AveragePool",
    inputs: [OPEN],
    attributes: { kernel_shape: ints([3, 3]), pads: ints([1, 1, 1, 1]) },
    reason: "its means do not count padded pixels",
  },
  {
    op: "ReduceMean",
    inputs: [OPEN, integers([1])],
    reason: "it takes the mean over axes other than height and width",
  },
  { op: "Gemm", inputs: [VECTOR, { kind: "value", size: [4, 3] }], reason: "its second factor is not constant" },
  {
    op: "Gemm",
    inputs: [VECTOR, constant([4, 3]), constant([2, 3])],
    reason: "its bias [2,3] does not have one value for each of 3 results",
  },
  {
    op: "Gemm",
    inputs: [VECTOR, constant([4, 3])],
    attributes: { transA: int(1) },
    reason: "its first input is transposed",
  },
  {
    op: "MatMul",
    inputs: [OPEN, constant([6, 3])],
    reason: "its first input [N,4,H,W] is not a batch of vectors [N,C]",
  },
  { op: "Softmax", inputs: [VECTOR], attributes: { axis: int(0) }, reason: "it is taken over the batch" },
  { op: "Softmax", opset: 11, inputs: [OPEN], reason: "it is taken over all axes of [N,4,H,W] from 1 on" },
  {
    op: "BatchNormalization",
    inputs: [OPEN, C, C, C, C],
    attributes: { training_mode: int(1) },
    reason: "it runs in training mode",
  },
  {
    op: "BatchNormalization",
    opset: 7,
    inputs: [OPEN, C, C, C, C],
    attributes: { spatial: int(0) },
    reason: "it normalises each pixel separately (spatial 0)",
  },
  { op: "InstanceNormalization", inputs: [OPEN, VECTOR, C], reason: "its scale is not constant" },
  { op: "Reshape", inputs: [OPEN, integers([0, -1])], reason: "a sample of [N,4,H,W] has sizes that are not known" },
  {
    op: "Reshape",
    inputs: [VECTOR, integers([4, 2])],
    reason: "it changes the batch of [2,4], or to one that is not known",
  },
  { op: "Reshape", inputs: [VECTOR, { kind: "value", size: [2] }], reason: "its shape is not constant" },
  {
    op: "Flatten",
    inputs: [FIXED],
    attributes: { axis: int(2) },
    reason: "it flattens the axes from 2 on, not each sample",
  },
  { op: "Squeeze", inputs: [FIXED], reason: "its axes are all axes whose size is 1" },
  { op: "Unsqueeze", inputs: [VECTOR, integers([0])], reason: "it adds an axis before the batch" },
  {
    op: "Transpose",
    inputs: [FIXED],
    attributes: { perm: ints([0, 2, 1, 3]) },
    reason: "it changes the order of values",
  },
  { op: "Transpose", inputs: [VECTOR], reason: "it changes the order of values" },
  { op: "Dropout", inputs: [OPEN], outputs: ["y", "mask"], reason: "other nodes use its mask" },
  { op: "Dropout", inputs: [OPEN, ABSENT, SCALAR], reason: "it may run in training mode" },
  { op: "Cast", inputs: [OPEN], attributes: { to: int(10) }, reason: "it casts to a type other than float32" },
];
