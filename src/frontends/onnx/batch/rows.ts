/** By operator of ai.onnx: how it is shown that the first axis is only carried. */
import { floatsOf, intOf, intsOf, textOf } from "../attributes.js";
import { BROADCASTING, ELEMENTWISE, REDUCTIONS, rowsOf, tableOf } from "../operator-families.js";
import { type BatchRow, type BatchView, type InputEdit, type NodeEdits, UNCHANGED } from "./carried.js";
import { areSamplesFirst, SIZED_ROWS } from "./sized-rows.js";

const rankOf = ({ shape }: BatchView, index: number): number | undefined => shape(index)?.length;

/** An axis counted from the front; undefined where the rank is not known. */
function axisOf(view: BatchView, axis: number, rank = rankOf(view, 0)): number | undefined {
  if (axis >= 0) return axis;
  return rank === undefined ? undefined : axis + rank;
}

const isFirst = (axis: number | undefined): boolean => axis === undefined || axis === 0;

/** Everything else that is read must be the same for all samples. */
const firstOnly: BatchRow = (view) => {
  const others = view.node.input.flatMap((_, index) => (index > 0 && view.carries(index) ? [index] : []));
  return others.length === 0 ? UNCHANGED : `its input ${others[0]} depends on the sample`;
};

/** What is shown where its first input alone depends on the sample. */
const ofFirst =
  (row: BatchRow): BatchRow =>
  (view) => {
    const others = firstOnly(view);
    return typeof others === "string" ? others : row(view);
  };

/** numpy's broadcasting: axes are counted from the back. */
const elementwise: BatchRow = (view) => {
  const ranks = view.node.input.map((_, index) => rankOf(view, index));
  const carrying = view.node.input.flatMap((_, index) => (view.carries(index) ? [index] : []));
  const rank = ranks[carrying[0]!];
  if (rank === undefined || carrying.some((index) => ranks[index] !== rank)) return "its inputs differ in rank";
  for (const [index, own] of ranks.entries()) {
    if (view.carries(index) || !view.has(index)) continue;
    if (own === undefined || own > rank) return `its input ${index} has more axes than the value with the batch`;
    if (own === rank && view.shape(index)![0] !== 1)
      return `its input ${index} has its own first axis, which is not the batch`;
  }
  return UNCHANGED;
};

const notOverFirst = (axisIn: (view: BatchView) => readonly number[] | undefined): BatchRow =>
  ofFirst((view) => {
    const axes = axisIn(view);
    if (axes === undefined) return "its axes are not constant, or are all axes";
    return axes.some((axis) => isFirst(axisOf(view, axis))) ? "it works along the first axis" : UNCHANGED;
  });

const attributeAxis = (otherwise: number): BatchRow => notOverFirst(({ node }) => [intOf(node, "axis", otherwise)]);

const reduction: BatchRow = notOverFirst((view) => {
  const given = intsOf(view.node, "axes") ?? (view.has(1) ? view.integers(1) : undefined);
  return given?.length === 0 ? undefined : given;
});

const matMul: BatchRow = (view) => {
  const [left, right] = [rankOf(view, 0), rankOf(view, 1)];
  if (left === undefined || right === undefined) return "the ranks of its inputs are not known";
  if (view.carries(0) && !view.carries(1)) {
    if (left < 2) return "its first input has no axis for the batch";
    return right <= 2 || (right <= left && view.shape(1)![0] === 1) || right < left
      ? UNCHANGED
      : "its second input has its own axes in front";
  }
  if (view.carries(0) && view.carries(1))
    return left === right && left > 2 ? UNCHANGED : "both inputs depend on the sample";
  return right > 2 && left <= right && (left < right || view.shape(0)![0] === 1)
    ? UNCHANGED
    : "its second input depends on the sample";
};

const gemm: BatchRow = (view) => {
  if (!view.carries(0) || view.carries(1)) return "an input other than the first depends on the sample";
  if (intOf(view.node, "transA", 0) !== 0) return "it transposes the batch";
  if (!view.has(2)) return UNCHANGED;
  const bias = view.shape(2);
  if (view.carries(2)) return bias?.length === 2 ? UNCHANGED : "its third input has no axis for the batch";
  return bias !== undefined && (bias.length < 2 || bias[0] === 1)
    ? UNCHANGED
    : "its third input has its own first axis, which is not the batch";
};

const transpose: BatchRow = ({ node }) => (intsOf(node, "perm")?.[0] === 0 ? UNCHANGED : "it moves the first axis");

const flatten: BatchRow = ({ node }) =>
  intOf(node, "axis", 1) === 1 ? UNCHANGED : "it merges other axes into the first, or adds one before it";

const squeezed =
  (rankIn: (view: BatchView) => number | undefined): BatchRow =>
  (view) => {
    const axes = intsOf(view.node, "axes") ?? (view.has(1) ? view.integers(1) : undefined);
    if (axes === undefined) return "its axes are not constant, or are all axes of size one";
    return axes.some((axis) => isFirst(axisOf(view, axis, rankIn(view)))) ? "it works on the first axis" : UNCHANGED;
  };

/** Parts side by side: each must have all samples. */
const concat: BatchRow = (view) => {
  const axis = axisOf(view, intOf(view.node, "axis", 1));
  if (isFirst(axis)) return "it concatenates along the first axis";
  const free = view.node.input.findIndex((_, index) => !view.carries(index));
  return free < 0 ? UNCHANGED : `its input ${free} is the same for all samples`;
};

const slice: BatchRow = ofFirst((view) => {
  const starts = intsOf(view.node, "starts") ?? view.integers(1);
  const axes = intsOf(view.node, "axes") ?? (view.has(3) ? view.integers(3) : starts?.map((_, axis) => axis));
  if (axes === undefined) return "its axes are not constant";
  return axes.some((axis) => isFirst(axisOf(view, axis))) ? "it cuts the first axis" : UNCHANGED;
});

const gather: BatchRow = (view) => {
  if (!view.carries(0)) return "what it selects depends on the sample";
  if (view.carries(1)) return "its indices depend on the sample";
  return isFirst(axisOf(view, intOf(view.node, "axis", 0))) ? "it selects along the first axis" : UNCHANGED;
};

const pad: BatchRow = ofFirst((view) => {
  const pads = intsOf(view.node, "pads") ?? view.sizes(1)?.map(({ atOne }) => atOne);
  if (view.has(3)) return "its input axes is given";
  if (pads === undefined || pads[0] === null || pads[pads.length / 2] === null) return "its pads are not constant";
  return pads[0] === 0 && pads[pads.length / 2] === 0 ? UNCHANGED : "it pads the first axis";
});

/** Ways to take coordinates that may move them where the scale is one. */
const MOVING: ReadonlySet<string> = new Set(["tf_crop_and_resize", "tf_half_pixel_for_nn"]);

/** Scales instead of sizes, which would fix how many samples there are, where they are as exact. */
function scaled(view: BatchView): string | NodeEdits {
  const [from, sizes, computed] = [view.shape(0), view.integers(3), view.sizes(3)];
  if (from?.length === computed?.length && areSamplesFirst(computed)) return UNCHANGED;
  if (sizes === undefined || from?.length !== sizes.length) return "its sizes are not constant";
  if (textOf(view.node, "keep_aspect_ratio_policy", "stretch") !== "stretch") return "its sizes contain the batch size";
  const floats = sizes.map((size, axis) => Number(size) / Number(from[axis]));
  const isExact = floats.every(
    (scale, axis) => Math.fround(scale) === scale && scale * Number(from[axis]) === sizes[axis],
  );
  return isExact && floats[0] === 1
    ? new Map<number, InputEdit>([
        [2, { floats }],
        [3, null],
      ])
    : "its sizes contain the batch size, and are not exact multiples of the input's";
}

/** A scale of one leaves the samples; sizes would fix how many there are. */
const resize: BatchRow = ofFirst((view) => {
  if (MOVING.has(textOf(view.node, "coordinate_transformation_mode", "half_pixel"))) return "it may move the samples";
  const axes = intsOf(view.node, "axes");
  if (axes !== undefined && view.sizes(3)?.some(({ counts }) => counts)) return "it resizes to the number of samples";
  if (axes !== undefined)
    return axes.some((axis) => isFirst(axisOf(view, axis))) ? "it resizes the first axis" : UNCHANGED;
  if (view.has(3)) return scaled(view);
  const scales = floatsOf(view.node, "scales") ?? view.sizes(view.opset < 11 ? 1 : 2)?.map(({ atOne }) => atOne);
  if (typeof scales?.[0] !== "number") return "its scales are not constant";
  return scales[0] === 1 ? UNCHANGED : "it resizes the first axis";
});

/** Outputs behind the first, where they are given, are not one for each sample. */
const oneOutput =
  (row: BatchRow, reason: string): BatchRow =>
  (view) =>
    view.node.output.slice(1).some((name) => name !== "") ? reason : row(view);

export const BATCH_ROWS = tableOf<BatchRow>({
  ...rowsOf(ELEMENTWISE, firstOnly),
  ...rowsOf(BROADCASTING, elementwise),
  ...rowsOf(
    "AveragePool Conv ConvTranspose DepthToSpace GlobalAveragePool GlobalMaxPool GlobalLpPool GroupNormalization InstanceNormalization LRN LpPool SpaceToDepth",
    firstOnly,
  ),
  ...rowsOf("ArgMax ArgMin", attributeAxis(0)),
  ...rowsOf("LogSoftmax Softmax Hardmax LayerNormalization LpNormalization RMSNormalization", attributeAxis(-1)),
  ...rowsOf("Split", attributeAxis(0)),
  ...rowsOf(REDUCTIONS, reduction),
  BatchNormalization: oneOutput(
    (view) => (intOf(view.node, "training_mode", 0) === 0 ? firstOnly(view) : "it computes statistics over the batch"),
    "it computes statistics over the batch",
  ),
  MaxPool: oneOutput(firstOnly, "it returns indices that count over all samples"),
  PRelu: (view) => (view.carries(0) ? elementwise(view) : "its slope depends on the sample"),
  MatMul: matMul,
  Gemm: gemm,
  Transpose: transpose,
  Flatten: flatten,
  Squeeze: squeezed((view) => rankOf(view, 0)),
  Unsqueeze: squeezed((view) => view.outputShape(0)?.length),
  Concat: concat,
  Slice: slice,
  Gather: gather,
  Pad: pad,
  Resize: resize,
  Upsample: resize,
  ...SIZED_ROWS,
});
