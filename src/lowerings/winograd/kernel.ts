/** Kernels in the points of a form. */
import { permuted, reshaped, sliced } from "../../tensors/derived.js";
import type { GraphEmitter } from "../emitter.js";
import type { CanvasLayer, ConstantKernel } from "./canvas-layer.js";
import { FORM_KERNEL, type WinogradForm } from "./forms.js";

const TAPS = FORM_KERNEL ** 2;

/** The points of a form, in equal chunks that are worked on one after the other. */
export interface Chunks {
  readonly count: number;
  /** Points of the width, and points altogether, in a chunk. */
  readonly columns: number;
  readonly points: number;
}

export function chunksOf({ canvas, chunk }: CanvasLayer): Chunks {
  const { rows, columns } = canvas.form;
  const size = chunk === 0 ? columns.n : chunk;
  return { count: columns.n / size, columns: size, points: size * rows.n };
}

/** How far a kernel has come when the points are worked on; shapes are of one chunk, several lie behind one another. */
export type KernelSource =
  /** Constant, in the points: [P, C, O]. */
  | { readonly kind: "finished"; readonly value: string }
  /** Mixed, in the points: [P, O, C]. */
  | { readonly kind: "points"; readonly value: string }
  /** Mixed: [O·C, 9], the same for all chunks. */
  | { readonly kind: "taps"; readonly value: string };

export function kernelSource(e: GraphEmitter, layer: CanvasLayer): KernelSource {
  const { name, kernel, channels, out } = layer;
  if ("constant" in kernel) return { kind: "finished", value: emitFinished(e, layer, kernel, [0, channels]) };
  const rows = [out * channels, TAPS];
  return { kind: "taps", value: e.op("Reshape", `${name}/taps`, [kernel.mixed, e.ints(rows)], rows) };
}

/** The same with its taps taken into the points, once for all strips. */
export function inPoints(e: GraphEmitter, layer: CanvasLayer, kernel: KernelSource): KernelSource {
  if (kernel.kind !== "taps") return kernel;
  const { count, points } = chunksOf(layer);
  const rows = pointRows(e, layer.canvas.form, {
    count: 1,
    columns: layer.canvas.form.columns.n,
    points: count * points,
  });
  return { kind: "points", value: emitPoints(e, layer, kernel.value, rows, points, count) };
}

/** The matrix from taps to points, in chunks when there are several: [P, 9] or [count, P/count, 9]. */
export function pointRows(e: GraphEmitter, form: WinogradForm, { count, points }: Chunks): string {
  return e.floats(pointMatrix(form).flat(), count === 1 ? [points, TAPS] : [count, points, TAPS]);
}

/** Mixed taps [O·C, 9] in `count` chunks of points, [points, O, C] each; `rows` is their part of the matrix, [all, 9]. */
export function emitPoints(
  e: GraphEmitter,
  { name, channels, out }: CanvasLayer,
  taps: string,
  rows: string,
  points: number,
  count = 1,
): string {
  const all = count * points;
  const columns = e.transpose(`${name}/taps_first`, taps, [TAPS, out * channels], [1, 0]);
  const product = e.op("MatMul", `${name}/points`, [rows, columns], [all, out * channels]);
  const shape = count === 1 ? [points, out, channels] : [count, points, out, channels];
  return e.op("Reshape", `${name}/kernel_points`, [product, e.ints(shape)], shape);
}

/** [P][9]: row (j, i) of point (j along the width, i along the height) holds G1[i][kh] · G2[j][kw]. */
function pointMatrix(form: WinogradForm): readonly (readonly number[])[] {
  return form.columns.g.flatMap((g2) => form.rows.g.map((g1) => g1.flatMap((a) => g2.map((b) => a * b))));
}

/** The part of a constant kernel that some input channels have. */
export function kernelPart(
  e: GraphEmitter,
  layer: CanvasLayer,
  kernel: ConstantKernel,
  range: readonly [number, number],
): KernelSource {
  return { kind: "finished", value: emitFinished(e, layer, kernel, range) };
}

/**
 * A constant kernel [O,C,3,3], or what a range of input channels has of it, in the points of a form: [P,C,O] in chunks when there
 * are several. The file holds its taps, a fourth to a seventh of its points; ONNX Runtime takes them there when a session opens,
 * in one node, since it copies what every node of constants gives.
 */
function emitFinished(
  e: GraphEmitter,
  layer: CanvasLayer,
  { constant, name }: ConstantKernel,
  [start, end]: readonly [number, number],
): string {
  const { canvas, out } = layer;
  const channels = end - start;
  const isWhole = channels === layer.channels;
  const { count, points } = chunksOf(layer);
  const shape = count === 1 ? [points, channels, out] : [count, points, channels, out];
  const part = isWhole ? name : `${name}.${start}-${end}`;
  const label = `${part}/${canvas.form.name}`;
  return e.ofConstants(`${label}:${shape.join("x")}`, (top) => {
    const own = isWhole ? constant : sliced(constant, 1, start, end);
    const taps = top.ofConstants(`${part}/taps`, () =>
      top.weight(`${part}/taps`, permuted(reshaped(own, [out, channels, TAPS]), [2, 1, 0])),
    );
    const rows = top.once(`${canvas.form.name}/rows:${count}`, () =>
      pointRows(top, canvas.form, { count, columns: canvas.form.columns.n / count, points }),
    );
    const equation = count === 1 ? "pt,tco->pco" : "qpt,tco->qpco";
    return top.op("Einsum", label, [rows, taps], shape, { equation });
  });
}
