import { computed } from "../../weights/derived.js";
import type { LazyTensor } from "../../weights/tensor.js";
import type { GraphEmitter } from "../emitter.js";
import { FORM_KERNEL, type WinogradForm } from "./forms.js";
import type { CanvasLayer } from "./layer.js";

const TAPS = FORM_KERNEL ** 2;

/**
 * The kernel in the points of a form, ready for the matrix product: [P, C, O] for a constant kernel, [P, O, C] for a
 * mixed one, which is transposed where it is used so that ONNX Runtime fuses the transposition into its MatMul.
 */
export function transformedKernel(e: GraphEmitter, { name, kernel, canvas, channels, out }: CanvasLayer): string {
  const { form } = canvas;
  const points = form.rows.n * form.columns.n;
  if ("constant" in kernel)
    return e.weight(`${kernel.name}/${form.name}`, transformed(form, kernel.constant, out, channels));
  const rows = e.op("Reshape", `${name}/taps`, [kernel.mixed, e.ints([out * channels, TAPS])], [out * channels, TAPS]);
  const columns = e.transpose(`${name}/taps_first`, rows, [TAPS, out * channels], [1, 0]);
  const matrix = e.floats(pointMatrix(form).flat(), [points, TAPS]);
  const product = e.op("MatMul", `${name}/points`, [matrix, columns], [points, out * channels]);
  return e.op("Reshape", `${name}/kernel_points`, [product, e.ints([points, out, channels])], [points, out, channels]);
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
