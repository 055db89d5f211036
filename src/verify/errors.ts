import { type Diagnostic, error } from "../diagnostics.js";
import { LARGEST_FLOAT16 } from "../weights/half-float.js";
import type { OutputResult } from "./verify.js";

const apart = (result: { readonly maxError: number; readonly limit: number }): string =>
  `by ${result.maxError.toExponential(2)}, more than the allowed ${result.limit.toExponential(2)}`;

export const compiledDiffers = (result: OutputResult): Diagnostic =>
  error(
    "verify/compiled-differs",
    `the compiled graph's output "${result.output}" differs from the reference ${apart(result)} (${result.problem})`,
    {
      place: result.output,
      hint: "this is a defect of smxc or of ONNX Runtime: please report it; --lowering direct may avoid it",
    },
  );

export const float16Overflow = (layer: string, value: number, sample: string): Diagnostic =>
  error(
    "float16/overflow",
    `values of layer "${layer}" reach ${value.toPrecision(3)} on ${sample}, beyond float16's largest value ${LARGEST_FLOAT16}`,
    { place: layer, hint: "compile with --dtype float32" },
  );

/** A layer that is known to differ, and by how much. */
export interface DifferingLayer {
  readonly layer: string;
  readonly maxError: number;
}

export const inputTooLarge = (input: string, shape: readonly number[]): Diagnostic =>
  error("verify/too-large", `an input "${input}" of the shape [${shape.join(",")}] is too large to be compared`, {
    place: input,
    hint: "leave sizes open in the document, or compare at a smaller --shape",
  });

export const misfit = (input: string, shape: readonly number[], declared: readonly string[]): Diagnostic =>
  error("usage/shape", `the input "${input}" has the shape ${declared.join("x")}, which cannot be ${shape.join("x")}`, {
    place: input,
    hint: "give a --shape, or a picture, that fits; sizes that are numbers stay as they are",
  });

/** Where PSNR is judged, not the largest error. */
export const outputBelow = (
  result: OutputResult & { readonly psnr: number },
  least: number,
  layer: DifferingLayer | undefined,
): Diagnostic =>
  error(
    "verify/below-psnr",
    `the output "${result.output}" has a PSNR of ${result.psnr.toFixed(2)} dB against the reference, less than the ${least} dB asked for (${result.problem})`,
    placed(result, layer),
  );

export const outputDiffers = (result: OutputResult, layer: DifferingLayer | undefined): Diagnostic =>
  error(
    "verify/differs",
    `the output "${result.output}" differs from the reference ${apart(result)} (${result.problem})`,
    placed(result, layer),
  );

function placed(
  result: OutputResult,
  layer: DifferingLayer | undefined,
): { readonly place: string; readonly hint: string } {
  if (!layer) return { place: result.output, hint: "no layer by itself differs by more than the tolerance" };
  return {
    place: `layer ${layer.layer}`,
    hint: `the first layer that differs is ${layer.layer}, by ${layer.maxError.toExponential(2)}`,
  };
}
