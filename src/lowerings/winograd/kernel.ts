/** Kernels in the points of a form. */
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
  if ("constant" in kernel) return { kind: "finished", value: emitFinished(e, layer, kernel) };
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

/**
 * A constant kernel [O,C,3,3] in the points of a form, [P,C,O] in chunks when there are several. The file holds the kernel itself,
 * a fourth to a seventh of its points; ONNX Runtime takes it there when a session opens.
 */
function emitFinished(e: GraphEmitter, layer: CanvasLayer, { constant, name }: ConstantKernel): string {
  const { canvas, channels, out } = layer;
  const { count, points } = chunksOf(layer);
  const all = count * points;
  const shape = count === 1 ? [points, channels, out] : [count, points, channels, out];
  const label = `${name}/${canvas.form.name}`;
  return e.ofConstants(`${label}:${shape.join("x")}`, (top) => {
    const byTap = [FORM_KERNEL, FORM_KERNEL, channels, out];
    const transposed = top.transpose(`${label}/by_tap`, top.weight(name, constant), byTap, [2, 3, 1, 0]);
    const taps = top.op("Reshape", `${label}/taps`, [transposed, top.ints([TAPS, -1])], [TAPS, channels * out]);
    const rows = pointRows(top, canvas.form, { count: 1, columns: canvas.form.columns.n, points: all });
    const product = top.op("MatMul", `${label}/product`, [rows, taps], [all, channels * out]);
    return top.op("Reshape", label, [product, top.ints(shape)], shape);
  });
}
