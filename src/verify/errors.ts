import { type Diagnostic, error } from "../diagnostics.js";
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

export const outputDiffers = (result: OutputResult, layer: DifferingLayer | undefined): Diagnostic =>
  error(
    "verify/differs",
    `the output "${result.output}" differs from the reference ${apart(result)} (${result.problem})`,
    {
      place: layer ? `layer ${layer.layer}` : result.output,
      ...(layer
        ? { hint: `the first layer that differs is ${layer.layer}, by ${layer.maxError.toExponential(2)}` }
        : {}),
    },
  );
