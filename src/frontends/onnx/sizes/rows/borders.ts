/** Pad: whether what it adds is the same at all sizes. */
import { addDims } from "../../../../ir/dim.js";
import { intsOf } from "../../attributes.js";
import { NotRead } from "../../reading.js";
import { type Extent, fixed, isOpen, mapped, showExtent } from "../extent.js";
import type { SizeRow } from "../size-row.js";
import { axesIn, oneForEach } from "./linear.js";

/** Pads of both sides alike are those of a window; pads of one side, or of none, may fill up to a multiple. */
export const pad: SizeRow = (view) => {
  const shape = view.shape(0);
  const pads = intsOf(view.node, "pads") ?? view.integers(1);
  if (pads === undefined) throw new NotRead("its pads are not constant");
  const axes = axesIn(view, shape.length, 3) ?? [...shape.keys()];
  oneForEach(axes.length, pads.length / 2, "pairs of pads");
  const addsNothing = pads.every((each) => each === 0);
  const result: Extent[] = [...shape];
  for (const [index, axis] of axes.entries()) {
    const [before, after] = [pads[index]!, pads[index + axes.length]!];
    const size = shape[axis]!;
    if (isOpen(size) && (before !== after || addsNothing))
      throw new NotRead(
        `it pads an axis of size ${showExtent(size)} by ${before} before and ${after} after, perhaps to reach a multiple; other sizes would then need other pads`,
      );
    result[axis] = isOpen(size)
      ? mapped(size, (dim) => addDims(dim, before + after))
      : fixed(size.exported + before + after);
  }
  return { outputs: [result] };
};
