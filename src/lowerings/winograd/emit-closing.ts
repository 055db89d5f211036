/**
 * A 3×3 convolution of few outputs behind a layer, whose result is never stored: while a strip of it is hot, one matrix product gives
 * what every tap adds to every output, and the taps of a row are added, each shifted to its column. Outside of the strips the
 * three rows of taps are added in the same way. So a ninth of the result's channels goes through memory, or less.
 */
import type { Dim } from "../../ir/dim.js";
import { permuted, reshaped } from "../../tensors/derived.js";
import type { GraphEmitter } from "../emitter.js";
import type { CanvasLayer, Closing } from "./canvas-layer.js";
import { FORM_KERNEL } from "./forms.js";
import type { RawCanvas } from "./value.js";

const TAPS = FORM_KERNEL ** 2;

/** Outputs for each pixel of the layer: those of a block, where it is shuffled. */
function blockOutputs({ kernel, shuffle }: Closing): number {
  return kernel.shape[0]! * (shuffle?.scale ?? 1) ** 2;
}

/**
 * Of a strip of the layer's result, [h, Wc, C] in memory: the sums of the taps of each row, [1, 3·O, h, W].
 *
 * @param mask [h, 1, 1]: clears rows beyond the picture
 */
export function emitClosingOfStrip(
  e: GraphEmitter,
  layer: CanvasLayer,
  closing: Closing,
  strip: string,
  mask: string | undefined,
): RawCanvas {
  const { canvas, out } = layer;
  const { stripHeight, canvasWidth, width } = canvas.size;
  const name = `${closing.name}/taps`;
  const rows = FORM_KERNEL * blockOutputs(closing);
  const pixels = e.op("Reshape", `${name}/pixels`, [strip, e.ints([-1, out])], [canvas.size.stripPixels, out]);
  const products = e.op(
    "Gemm",
    name,
    [emitTapKernel(e, layer, closing), pixels],
    [FORM_KERNEL * rows, canvas.size.stripPixels],
    { transB: 1 },
  );
  const shape = [FORM_KERNEL, rows, stripHeight, canvasWidth];
  const planes = e.op("Reshape", `${name}/planes`, [products, canvas.vectors.tapPlanes], shape);
  const inside = canvas.exactColumns
    ? planes
    : e.op("Mul", `${name}/inside`, [planes, canvas.tables.columnWeights], shape);
  const result = [1, rows, stripHeight, width];
  const sum = emitShifted(e, `${name}/columns`, inside, canvas.vectors.besideColumns, result);
  if (mask === undefined) return { value: sum, shape: result };
  const rowMask = e.op("Reshape", `${name}/row_mask`, [mask, e.ints([-1, 1])], [stripHeight, 1]);
  return { value: e.op("Mul", `${name}/masked`, [sum, rowMask], result), shape: result };
}

/** Of all strips, [S, 1, 3·O, h, W] in memory: the convolution without its bias, [1, O, H, W]. */
export function emitClosing(e: GraphEmitter, layer: CanvasLayer, closing: Closing, { value }: RawCanvas): string {
  const { canvas } = layer;
  const { height, width, canvasHeight, strips, stripHeight } = canvas.size;
  const { name } = closing;
  const outputs = blockOutputs(closing);
  const byRow = [1, FORM_KERNEL * outputs, strips, stripHeight, width];
  const joined = canvas.isCut ? e.transpose(`${name}/strips`, value, byRow, [1, 2, 0, 3, 4]) : value;
  const planes: readonly Dim[] = [FORM_KERNEL, outputs, canvasHeight, width];
  const rows = e.op("Reshape", `${name}/rows_of_taps`, [joined, canvas.vectors.rowPlanes], planes);
  return emitShifted(e, `${name}/rows`, rows, canvas.vectors.besideRows, [1, outputs, height, width]);
}

/** Parts 0, 1 and 2 of the first axis, each moved by a pixel more, added. */
function emitShifted(
  e: GraphEmitter,
  name: string,
  parts: string,
  pads: (part: number) => string,
  shape: readonly Dim[],
): string {
  const moved = Array.from({ length: FORM_KERNEL }, (_, part) =>
    e.op("Pad", `${name}/moved${part}`, [parts, pads(part)], shape),
  );
  return e.op("Sum", `${name}/sum`, moved, shape);
}

/** [9·O, C]: column of the tap, row of the tap, output. */
function emitTapKernel(e: GraphEmitter, { out }: CanvasLayer, closing: Closing): string {
  const { kernel, kernelName, shuffle } = closing;
  const [outputs, channels] = kernel.shape as readonly [number, number];
  const label = `${kernelName}/by_tap`;
  if (shuffle === undefined)
    return e.weight(label, reshaped(permuted(kernel, [3, 2, 0, 1]), [TAPS * outputs, channels]));
  const { scale, order } = shuffle;
  const span = FORM_KERNEL * scale;
  const block = scale ** 2;
  return e.ofConstants(`${label}:${scale}${order}`, (top) => {
    const own = top.weight(kernelName, kernel);
    // Where in the pixels under the taps of an unshuffled pixel the kernel lies, for each place in the block.
    const placed = Array.from({ length: block }, (_, place) => {
      const [row, column] = [Math.floor(place / scale), place % scale];
      const before = [scale + row - 1, scale + column - 1];
      const after = before.map((count) => span - FORM_KERNEL - count);
      const pads = top.ints([0, 0, ...before, 0, 0, ...after]);
      return top.op("Pad", `${label}/placed${place}`, [own, pads], [outputs, channels, span, span]);
    });
    const all = top.op("Concat", `${label}/places`, placed, [block * outputs, channels, span, span], { axis: 0 });
    const parts = [block, outputs, channels, FORM_KERNEL, scale, FORM_KERNEL, scale];
    const apart = top.op("Reshape", `${label}/apart`, [all, top.ints(parts)], parts);
    const perm = [5, 3, 1, 0, ...(order === "CRD" ? [2, 4, 6] : [4, 6, 2])];
    const shape = perm.map((axis) => parts[axis]!);
    const ordered = top.transpose(`${label}/ordered`, apart, shape, perm);
    const dims = [TAPS * block * outputs, out];
    return top.op("Reshape", label, [ordered, top.ints(dims)], dims);
  });
}
