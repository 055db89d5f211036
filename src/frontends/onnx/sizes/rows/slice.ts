/** Slice: ends that hold the exported size, and places that may be counted from either end. */
import { addDims, type Dim, symbol } from "../../../../ir/dim.js";
import { intsOf } from "../../attributes.js";
import { NotRead } from "../../reading.js";
import {
  ceilDivDim,
  type Extent,
  type Extents,
  fixed,
  isOpen,
  mapped,
  open,
  sameExtent,
  showExtent,
} from "../extent.js";
import type { SizeEdits, SizeRow, SizeView } from "../size-row.js";
import { axesIn, axisFrom, oneForEach } from "./linear.js";

/** Opset since which starts and ends are inputs. */
const AS_INPUTS = 10;
/** Ends from here on mean the end of the axis, whatever its size. */
const FAR = 2 ** 31 - 1;

export const slice: SizeRow = (view) => {
  const shape = view.shape(0);
  const starts = placesOf(view, "starts", 1);
  const ends = placesOf(view, "ends", 2);
  const axes = axesIn(view, shape.length, 3) ?? starts.map((_, axis) => axisFrom(axis, shape.length));
  const steps = view.has(4) ? view.integers(4) : axes.map(() => 1);
  if (steps === undefined) throw new NotRead("its steps are not constant");
  for (const [what, { length }] of Object.entries({ starts, ends, steps })) oneForEach(axes.length, length, what);
  const result = [...shape];
  const edited: (number | Extent)[] = ends.map((end) => (isOpen(end) ? end : end.exported));
  for (const [index, axis] of axes.entries()) {
    const part = { start: starts[index]!, end: ends[index]!, step: steps[index]! };
    const size = shape[axis]!;
    if (!isOpen(size)) {
      if (isOpen(part.start) || isOpen(part.end))
        throw new NotRead("the part of a fixed axis that it keeps depends on the picture");
      result[axis] = fixed(view.exported(0)[axis]!);
      continue;
    }
    const cut = cutOpen(size, part, `${view.node.output[0]}[${axis}]`);
    result[axis] = cut.size;
    if (cut.isToTheEnd) edited[index] = FAR;
  }
  const isChanged = edited.some((end, index) => typeof end === "number" && end !== ends[index]!.exported);
  return { outputs: [result], ...(isChanged ? endsAs(view, edited) : {}) };
};

function placesOf(view: SizeView, attribute: string, input: number): Extents {
  const found = intsOf(view.node, attribute)?.map(fixed) ?? view.computed(input) ?? view.integers(input)?.map(fixed);
  if (found === undefined) throw new NotRead(`its ${attribute} are not constant`);
  return found;
}

function endsAs({ opset }: SizeView, ends: readonly (number | Extent)[]): SizeEdits {
  if (opset >= AS_INPUTS) return { inputs: new Map([[2, ends]]) };
  return { attributes: new Map([["ends", ends as readonly number[]]]) };
}

interface Part {
  readonly start: Extent;
  readonly end: Extent;
  readonly step: number;
}

/** @param name of the size, where it is no linear form */
function cutOpen(
  size: Extent,
  { start, end, step }: Part,
  name: string,
): { readonly size: Extent; readonly isToTheEnd: boolean } {
  if (step < 1) return { size: turned(size, start, end, step), isToTheEnd: false };
  if (isOpen(start)) throw new NotRead(`it starts at ${showExtent(start)}`);
  const first = start.exported;
  const shortened = (by: number): Extent => mapped(size, (dim: Dim) => ceilDivDim(addDims(dim, -by), step));
  if (isOpen(end) && !sameExtent(end, size)) {
    const exported = Math.ceil((Math.min(end.exported, size.exported) - first) / step);
    return { size: open(exported, symbol(name)), isToTheEnd: false };
  }
  const isWhole = isOpen(end) || end.exported === size.exported;
  if (first < 0) {
    if (!isWhole && end.exported < FAR) throw new NotRead(`it takes positions from ${first} to ${end.exported}`);
    return { size: fixed(Math.ceil(-first / step)), isToTheEnd: isWhole && !isOpen(end) };
  }
  refuseDoubtful(size, first);
  if (end.exported < 0 && !isOpen(end)) return { size: shortened(first - end.exported), isToTheEnd: false };
  if (!isWhole && end.exported < FAR)
    throw new NotRead(
      `it ends at ${end.exported} on an axis of size ${showExtent(size)}, and it is not known whether the end depends on the picture`,
    );
  return { size: shortened(first), isToTheEnd: isWhole && !isOpen(end) };
}

/** A start in the second half may be counted from the end, and one that divides the size may be a part of it. */
function refuseDoubtful(size: Extent, first: number): void {
  const isPart = first > 1 && size.exported % first === 0;
  if (first > 0 && (first * 2 >= size.exported || isPart))
    throw new NotRead(
      `it starts at ${first} on an axis of size ${showExtent(size)}, and it is not known whether the start depends on the picture`,
    );
}

/** Of the whole axis from its end, as pictures are mirrored. */
function turned(size: Extent, start: Extent, end: Extent, step: number): Extent {
  if (step === -1 && !isOpen(start) && start.exported === -1 && !isOpen(end) && end.exported <= -FAR) return size;
  throw new NotRead(`it goes backwards from ${start.exported}`);
}
