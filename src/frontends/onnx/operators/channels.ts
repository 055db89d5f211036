/** Channels side by side, and parts of them; borders that are cut off. */
import { addDims, type Dim, type Shape, sameDim, scaleDim, shapeText } from "../../../ir/dim.js";
import { intOf, intsOf } from "../attributes.js";
import { axisOf, channelsOf, inputOf, keep, numbersOf, operand, shapeOf, usedOutputs } from "../operands.js";
import { NotRead, type OperatorRow, type Read, type SourceNode } from "../reading.js";

const concat: Read = (source, write) => {
  const { input } = source.node;
  const shapes = input.map((_, index) => shapeOf(source, index));
  const rank = shapes[0]!.length;
  const axis = axisOf(intOf(source.node, "axis", 1), rank);
  if (axis !== 1) throw new NotRead(`it concatenates along axis ${axis}, not along the channels`);
  if (rank < 2) throw new NotRead("it concatenates values that have no channels");
  for (const shape of shapes)
    if (!sameDim(shape[0]!, shapes[0]![0]!))
      throw new NotRead(`${shapeText(shape)} and ${shapeText(shapes[0]!)} differ in their batch`);
  // PyTorch writes one of a dense block's first input.
  if (input.length === 1) return keep(write, operand(source, write, 0));
  write.node(
    "concat",
    input.map((_, index) => operand(source, write, index)),
    {},
    { output: 0 },
  );
};

/** An attribute until opset 12, an input from 13 on, or as many parts as there are outputs, the last one smaller. */
function partsOf(source: SourceNode, channels: number): readonly number[] {
  const { node, opset } = source;
  const given = opset < 13 ? intsOf(node, "split") : source.input(1) && numbersOf(source, 1, "parts");
  if (given && given.length > 0) return given;
  const count = node.output.length;
  const size = Math.ceil(channels / count);
  return Array.from({ length: count }, (_, part) => Math.min(size, channels - part * size));
}

const split: Read = (source, write) => {
  const shape = shapeOf(source, 0);
  const axis = axisOf(intOf(source.node, "axis", 0), shape.length);
  if (axis !== 1) throw new NotRead(`it splits axis ${axis}, not channels`);
  const channels = channelsOf(source, 0);
  const parts = partsOf(source, channels);
  const x = inputOf(source, 0);
  for (const output of usedOutputs(source)) {
    const start = parts.slice(0, output).reduce((a, b) => a + b, 0);
    const end = start + parts[output]!;
    write.node("slice_channels", [x], { start, end }, { output });
  }
};

/** What a Slice takes of one axis. */
interface Taken {
  readonly axis: number;
  readonly start: Dim | undefined;
  readonly end: Dim | undefined;
  readonly step: number | undefined;
}

/** Attributes until opset 9, inputs from 10 on. */
function takenOf(source: SourceNode, rank: number): readonly Taken[] {
  const { node, opset } = source;
  const given = (name: string, index: number): readonly (Dim | undefined)[] | undefined => {
    if (opset < 10) return intsOf(node, name);
    if (source.input(index) === undefined) return undefined;
    const values = source.numbers(index) ?? source.sizes(index);
    if (values === undefined) throw new NotRead(`its ${name} are not constant`);
    return values;
  };
  const starts = given("starts", 1) ?? [];
  const ends = given("ends", 2) ?? [];
  const axes = given("axes", 3) ?? starts.map((_, index) => index);
  const steps = opset < 10 ? undefined : given("steps", 4);
  return starts.map((start, index) => {
    const axis = axes[index];
    const step = steps === undefined ? 1 : steps[index];
    if (typeof axis !== "number") throw new NotRead("its axes are not constant");
    return { axis: axisOf(axis, rank), start, end: ends[index], step: typeof step === "number" ? step : undefined };
  });
}

/** What exporters write for a bound beyond every axis is this or more. */
const FAR = 2 ** 31 - 1;

/** A bound counted from the start of an axis, within it. */
function bound(value: Dim | undefined, size: Dim): Dim | undefined {
  if (typeof value !== "number") return value;
  if (value <= -FAR) return 0;
  if (value < 0) {
    const place = addDims(size, value);
    return typeof place === "number" ? Math.max(place, 0) : place;
  }
  if (typeof size === "number") return Math.min(value, size);
  return value >= FAR ? size : value;
}

/** Elements that are left out before and after. */
function leftOut({ axis, start, end, step }: Taken, x: Shape): readonly [number, number] {
  if (step !== 1) throw new NotRead("its steps are not 1");
  const size = x[axis]!;
  const [first, last] = [bound(start, size), bound(end, size)];
  const after = last === undefined ? undefined : addDims(size, scaleDim(last, -1));
  if (typeof first !== "number" || typeof after !== "number" || after < 0)
    throw new NotRead(`the part of axis ${axis} that it takes depends on sizes that are not known`);
  return [first, after];
}

const slice: Read = (source, write) => {
  const x = shapeOf(source, 0);
  const cuts = x.map((): readonly [number, number] => [0, 0]);
  for (const taken of takenOf(source, x.length)) cuts[taken.axis] = leftOut(taken, x);
  const isCut = (axis: number): boolean => cuts[axis]?.some((pixels) => pixels > 0) ?? false;
  if (isCut(0)) throw new NotRead("it takes a part of the batch");
  const crops = x.some((_, axis) => axis > 1 && isCut(axis));
  if (crops && x.length !== 4) throw new NotRead(`it takes a part of ${shapeText(x)} that is not a range of channels`);
  let value = inputOf(source, 0);
  if (isCut(1)) {
    const [start, after] = cuts[1]!;
    const attributes = { start, end: channelsOf(source, 0) - after };
    value = write.node("slice_channels", [value], attributes, crops ? { step: "channels" } : { output: 0 });
  }
  if (crops) {
    const [[top, bottom], [left, right]] = [cuts[2]!, cuts[3]!];
    const pads = [0 - top, 0 - left, 0 - bottom, 0 - right] as const;
    write.node("pad", [value], { mode: "zeros", pads }, { output: 0 });
  } else if (!isCut(1)) keep(write, value);
};

export const CHANNELS = {
  Concat: { read: concat },
  Split: { read: split },
  Slice: { read: slice },
} satisfies Readonly<Record<string, OperatorRow>>;
