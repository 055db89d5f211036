/** Windows of convolutions and pools that fit the value that they slide over. */
import { windowedDim } from "../../../src/ir/dim.js";
import { resized, type Sizes } from "./draft.js";
import type { Tape } from "./tape.js";

type Field = number | [number, number];

/** A window as a document writes it. */
export interface WindowFields {
  readonly kernel: Field;
  readonly stride: Field;
  readonly pad: Field;
  readonly dilation: Field;
}

interface Axis {
  readonly kernel: number;
  readonly stride: number;
  readonly pad: number;
  readonly dilation: number;
}

export interface DrawnWindow {
  readonly fields: WindowFields;
  readonly kernel: readonly [number, number];
  /** Sizes of the result, with the channels of the input. */
  readonly sizes: Sizes;
  /** The same window over another value. */
  over(value: Sizes): Sizes;
}

/** From 1x1 to 7x7, strided, dilated, padded at least as far as it must be. */
export function convWindow(tape: Tape, value: Sizes): DrawnWindow {
  return drawn(tape, value, (size) => {
    const kernel = tape.pick([3, 1, 2, 5, 4, 7, 6]);
    const stride = tape.pick([1, 1, 2, 3]);
    const dilation = tape.pick([1, 1, 2, 3]);
    const reach = dilation * (kernel - 1) + 1;
    const least = Math.max(0, Math.ceil((reach - size) / 2));
    return { kernel, stride, dilation, pad: Math.max(least, tape.pick([Math.floor(reach / 2), 0, 1, 2])) };
  });
}

/** Pools pad with at most half their window. */
export function poolWindow(tape: Tape, value: Sizes): DrawnWindow {
  return drawn(tape, value, (size) => {
    const kernel = tape.integer(1, Math.min(4, size));
    return { kernel, stride: tape.pick([2, 1, 3]), dilation: 1, pad: tape.integer(0, Math.floor(kernel / 2)) };
  });
}

/** Without stride, as a block of two convolutions takes it; the second one must fit the first one's result. */
export function blockWindow(tape: Tape, value: Sizes): DrawnWindow {
  return drawn(tape, value, (size) => {
    const kernel = tape.pick([3, 1, 2, 5]);
    const least = Math.max(0, Math.ceil((2 * kernel - 1 - size) / 4));
    return { kernel, stride: 1, dilation: 1, pad: Math.max(least, tape.pick([Math.floor(kernel / 2), 0, 1])) };
  });
}

function drawn(tape: Tape, value: Sizes, axis: (size: number) => Axis): DrawnWindow {
  const [height, width] = value.size.slice(2) as [number, number];
  const square = tape.pick([true, true, false]);
  const rows = axis(square ? Math.min(height, width) : height);
  const columns = square ? rows : axis(width);
  const field = (key: keyof Axis): Field => (rows[key] === columns[key] ? rows[key] : [rows[key], columns[key]]);
  const law = (dim: Parameters<typeof windowedDim>[0], { kernel, stride, dilation, pad }: Axis) =>
    windowedDim(dim, kernel, stride, dilation, 2 * pad);
  const over = (other: Sizes): Sizes => resized(other, ([n, c, h, w]) => [n!, c!, law(h!, rows), law(w!, columns)]);
  return {
    fields: { kernel: field("kernel"), stride: field("stride"), pad: field("pad"), dilation: field("dilation") },
    kernel: [rows.kernel, columns.kernel],
    sizes: over(value),
    over,
  };
}
