/** Kernels in the points of a form. */
import { computed, reshaped } from "../../tensors/derived.js";
import type { LazyTensor } from "../../tensors/tensor.js";
import type { GraphEmitter } from "../emitter.js";
import type { CanvasLayer } from "./canvas-layer.js";
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
  const { name, kernel, canvas, channels, out } = layer;
  const { count, points } = chunksOf(layer);
  if ("constant" in kernel) {
    const finished = transformed(canvas.form, kernel.constant, out, channels);
    const data = count === 1 ? finished : reshaped(finished, [count, points, channels, out]);
    return { kind: "finished", value: e.weight(`${kernel.name}/${canvas.form.name}`, data) };
  }
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

/** A constant kernel [O,C,3,3] in the points of a form, in float64: [P,C,O]. */
function transformed(form: WinogradForm, kernel: LazyTensor, out: number, channels: number): LazyTensor {
  const matrix = pointMatrix(form);
  return computed([matrix.length, channels, out], [kernel], (values) => {
    const result = new Float64Array(matrix.length * channels * out);
    matrix.forEach((row, p) => {
      for (let o = 0; o < out; o++) {
        for (let c = 0; c < channels; c++) {
          let sum = 0;
          for (let t = 0; t < TAPS; t++) sum += row[t]! * values[(o * channels + c) * TAPS + t]!;
          result[(p * channels + c) * out + o] = sum;
        }
      }
    });
    return result;
  });
}
