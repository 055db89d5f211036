import { type Diagnostic, error, SmxcError, warning } from "../base/diagnostics.js";
import { option, remedy } from "../base/remedy.js";
import type { RuleError } from "../ir/ops/operator.js";
import { decibelsText } from "../pictures/decibels.js";
import { LARGEST_FLOAT16 } from "../tensors/half-float.js";
import { allFinite } from "./compare.js";
import type { NotFiniteWeight } from "./finite.js";
import type { OutputResult } from "./output-result.js";

const apart = (result: { readonly maxError: number; readonly limit: number }): string =>
  `by ${result.maxError.toExponential(2)}, more than the allowed ${result.limit.toExponential(2)}`;

/** What is wrong with the comparison of a graph that was just compiled. */
/** A compiled graph that does not compute what it should. */
export class CompiledDiffers extends SmxcError {
  /** The largest difference as a multiple of what is allowed; NaN where values are not finite or of another shape. */
  readonly excess: number;

  constructor(results: readonly OutputResult[]) {
    super(results.map(compiledDiffers));
    this.excess = Math.max(...results.map(excessOf));
  }
}

function excessOf(result: OutputResult): number {
  return notComparable(result, undefined) === undefined ? result.maxError / result.limit : Number.NaN;
}

const compiledDiffers = (result: OutputResult): Diagnostic =>
  notComparable(result, undefined) ??
  error(
    "verify/compiled-differs",
    `the compiled graph's output "${result.output}" differs from the reference ${apart(result)} (${result.problem})`,
    {
      place: result.output,
      ...remedy`please report this defect of smxc or of ONNX Runtime; ${option("lowering", "direct")} may avoid it`,
    },
  );

/** An output that no batch can hold. */
export const shapeBySample = (output: string, [first, second]: readonly string[]): Diagnostic =>
  error(
    "verify/shape-by-sample",
    `the output "${output}" has the shape ${first} for one sample and ${second} for another, so samples cannot be computed together`,
    { place: output, ...remedy`compile with ${option("batch", "keep")}` },
  );

/** @param differs what the comparison said of the graph with Winograd convolutions */
export const withoutWinograd = (differs: CompiledDiffers): Diagnostic =>
  warning(
    "compile/without-winograd",
    `the network magnifies rounding errors, so it was compiled without Winograd convolutions: with them ${differs.diagnostics[0]!.message}`,
  );

export const float16Overflow = (layer: string, value: number, sample: string): Diagnostic =>
  Number.isNaN(value)
    ? error("float16/not-finite", `values of layer "${layer}" are NaN on ${sample}`, {
        place: `layer ${layer}`,
        hint: "check the weights for NaN and infinite values",
      })
    : error(
        "float16/overflow",
        `values of layer "${layer}" reach ${value.toPrecision(3)} on ${sample}, beyond float16's largest value ${LARGEST_FLOAT16}`,
        { place: layer, ...remedy`compile with ${option("dtype", "float32")}` },
      );

/** Tensors that are named one by one; the others are counted. */
const NAMED_TENSORS = 5;

/** What is wrong with the weights, as errors or, where the graph is written all the same, as warnings. */
export function weightsNotFinite(
  found: readonly NotFiniteWeight[],
  file: string,
  make: typeof error = error,
): readonly Diagnostic[] {
  const [first] = found;
  const named = found.slice(0, NAMED_TENSORS).map(({ tensor, count, layer }) =>
    make(
      "verify/weights-not-finite",
      `the tensor "${tensor}" holds ${count === 1 ? "a value that is" : `${count} values that are`} NaN, infinite or beyond float32`,
      {
        file,
        place: `layer ${layer}`,
        hint:
          layer === first!.layer
            ? `check whether training diverged; ${layer} is the first layer whose values are not finite`
            : "check whether training diverged",
      },
    ),
  );
  const rest = found.length - named.length;
  if (rest === 0) return named;
  const more = `${rest} more tensor${rest === 1 ? " holds" : "s hold"} values that are NaN, infinite or beyond float32`;
  return [...named, make("verify/weights-not-finite", more, { file, hint: "smxc import names them all" })];
}

export const notFiniteOn = (output: string, sample: string): Diagnostic =>
  error("verify/not-finite", `the output "${output}" holds values that are NaN or infinite, on ${sample}`, {
    place: output,
    hint: "check the weights for NaN and infinite values; smxc verify names the first layer whose values are not finite",
  });

export const missingOutput = (output: string): Diagnostic =>
  error("verify/missing-output", `the graph has no output "${output}", but the document has one`, {
    place: output,
    hint: "was it compiled from another document?",
  });

/**
 * What keeps two values from being compared at all: they are not finite, differ in shape, or are empty.
 *
 * @param differing the first layer that is known to differ
 */
export function notComparable(result: OutputResult, differing: DifferingLayer | undefined): Diagnostic | undefined {
  const { output, problem, shape, otherShape, notFinite, overflow } = result;
  if (otherShape !== undefined) {
    const message = `the output "${output}" has the shape ${otherShape.join("x")}, but in the reference ${shape.join("x")} (${problem})`;
    return error("verify/other-shape", message, { place: output, hint: "was it compiled from another document?" });
  }
  if (shape.includes(0)) {
    const message = `the output "${output}" has no values to compare, because its shape is ${shape.join("x")} (${problem})`;
    return error("verify/empty", message, { place: output, hint: "compare at a larger size" });
  }
  if (allFinite(result)) return undefined;
  const sides = [
    ...(notFinite.expected > 0 ? ["the reference"] : []),
    ...(notFinite.actual > 0 ? ["the graph"] : []),
  ].join(" and in ");
  const message = `the output "${output}" holds values that are NaN or infinite, in ${sides} (${problem})`;
  if (overflow !== undefined) {
    const { layer, value } = overflow;
    const why = Number.isFinite(value) ? `reach ${value.toExponential(1)}, more than can be held` : `are ${value}`;
    return error("verify/not-finite", message, {
      place: `layer ${layer}`,
      hint: `the first layer whose values are not finite is ${layer}: they ${why}; check its weights`,
    });
  }
  return error("verify/not-finite", message, placed(result, differing));
}

/** A layer that is known to differ, and by how much. */
export interface DifferingLayer {
  readonly layer: string;
  readonly maxError: number;
}

interface OtherWeights {
  readonly of?: "weights" | "checkpoint";
  readonly graph?: string;
  readonly document?: string;
  readonly layer?: string;
}

/** @param near whether the outputs are within the tolerance all the same */
export const otherWeights = (file: string, { of, graph, document, layer }: OtherWeights, near: boolean): Diagnostic =>
  error(
    "verify/other-weights",
    `the graph was compiled from ${of === "checkpoint" ? "another checkpoint" : "other weights"} (sha256 ${short(graph)}) than the document's (sha256 ${short(document)})${near ? ", although its outputs are within the tolerance" : ""}`,
    {
      file,
      ...(layer === undefined ? {} : { place: `layer ${layer}` }),
      hint: "compile the document again, or verify the graph with the document that it was compiled from",
    },
  );

function short(sha256 = ""): string {
  return `${sha256.slice(0, 12)}…`;
}

export const inputTooLarge = (input: string, shape: readonly number[]): Diagnostic =>
  error("verify/too-large", `the input "${input}" of shape [${shape.join(",")}] is too large for a comparison`, {
    place: input,
    hint: "use dynamic sizes in the document, or compare at a smaller shape",
  });

export const misfit = (input: string, shape: readonly number[], declared: readonly string[]): Diagnostic =>
  error(
    "usage/shape",
    `the input "${input}" has the shape ${declared.join("x")}; the shape ${shape.join("x")} does not fit it`,
    {
      place: input,
      hint: "give a shape or a picture that fits; sizes that are numbers in the graph or the document are fixed",
    },
  );

export const impossibleSize = (sizes: string, layer: string, rule: RuleError): Diagnostic =>
  error("usage/shape", `the network does not take ${sizes}: layer "${layer}": ${rule.message}`, {
    place: `layer ${layer}`,
    hint: rule.hint ?? "take another size",
  });

/** Where PSNR is judged, not the largest error. */
export const outputBelow = (
  result: OutputResult & { readonly psnr: number },
  least: number,
  layer: DifferingLayer | undefined,
): Diagnostic =>
  notComparable(result, layer) ??
  error(
    "verify/below-psnr",
    `the output "${result.output}" has a PSNR of ${decibelsText(result.psnr)} against the reference, less than the ${least} dB asked for (${result.problem})`,
    placed(result, layer),
  );

export const outputDiffers = (result: OutputResult, layer: DifferingLayer | undefined): Diagnostic =>
  notComparable(result, layer) ??
  error(
    "verify/differs",
    `the output "${result.output}" differs from the reference ${apart(result)} (${result.problem})`,
    placed(result, layer),
  );

function placed(
  result: OutputResult,
  layer: DifferingLayer | undefined,
): { readonly place: string; readonly hint: string } {
  if (!layer) return { place: result.output, hint: "no single layer differs by more than the tolerance" };
  const hint = Number.isFinite(layer.maxError)
    ? `the first layer that differs is ${layer.layer}, by ${layer.maxError.toExponential(2)}`
    : `the first layer whose values are not finite is ${layer.layer}`;
  return { place: `layer ${layer.layer}`, hint };
}
