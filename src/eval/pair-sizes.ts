/** Whether two pictures can be a pair, by their sizes. */
import { type Diagnostic, error } from "../base/diagnostics.js";
import { option, remedy } from "../base/remedy.js";

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** How the sizes of a pair go together, where they do not. */
export type Misfit =
  | { readonly kind: "swapped"; readonly factor: number }
  | { readonly kind: "scale"; readonly factor: number }
  | { readonly kind: "other" };

/** Larger scales are not looked for. */
const MOST_TIMES = 16;

/**
 * The result of a network and the true picture may differ by less than the scale: by what the division left over where
 * the input was made, rounded down or up.
 */
export function misfitOf(input: Size, truth: Size, scale: number): Misfit | undefined {
  if (isTimes(truth, input, scale)) return undefined;
  for (let factor = 1; factor <= MOST_TIMES; factor++) {
    if (isTimes(truth, input, factor)) return { kind: "scale", factor };
    if (factor > 1 && isTimes(input, truth, factor)) return { kind: "swapped", factor };
  }
  return { kind: "other" };
}

function isTimes(large: Size, small: Size, factor: number): boolean {
  return (
    Math.abs(large.width - factor * small.width) < factor && Math.abs(large.height - factor * small.height) < factor
  );
}

const text = ({ width, height }: Size): string => `${width} × ${height}`;

export const pairMisfit = (file: string, input: Size, truth: Size, scale: number, misfit: Misfit): Diagnostic => {
  const sizes = `(${text(input)} and ${text(truth)})`;
  const { message, hint } = sentences("the input", "its true picture", scale, misfit);
  return error("metrics/different-sizes", `${message} ${sizes}`, { file, hint });
};

/** For folders all of whose pairs are of one misfit. */
export const folderMisfit = (inputs: string, truths: string, scale: number, misfit: Misfit): Diagnostic => {
  const { message, hint } = sentences(`each picture of ${inputs}`, `the one of ${truths}`, scale, misfit);
  return error("metrics/different-sizes", message, { file: inputs, hint });
};

function sentences(
  input: string,
  truth: string,
  scale: number,
  misfit: Misfit,
): { readonly message: string; readonly hint: string } {
  const model = scale === 1 ? "the model keeps the size" : `the model enlarges ${scale} times`;
  if (misfit.kind === "swapped") {
    return {
      message: `${input} is ${misfit.factor} times as large as ${truth}`,
      ...remedy`did you swap the folders? ${option("pairs")} takes the folder of inputs first`,
    };
  }
  if (misfit.kind === "scale") {
    const { factor } = misfit;
    return {
      message: `${truth} is ${factor === 1 ? "" : `${factor} times `}as large as ${input}, but ${model}`,
      hint: `use inputs of scale ${scale}, or a model of scale ${factor}`,
    };
  }
  return {
    message: `the sizes of ${input} and ${truth} do not fit together: ${model}`,
    hint: "check that both files show the same picture, and all of it",
  };
}
