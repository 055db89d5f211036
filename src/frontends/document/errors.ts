/** Errors of the model document, one function each. Places are JSON pointers; `parse.ts` adds line and column. */
import { type Diagnostic, error, warning } from "../../base/diagnostics.js";
import { option, remedy } from "../../base/remedy.js";

const like = (name: string | undefined, otherwise: string): { readonly hint: string } => ({
  hint: name === undefined ? otherwise : `did you mean "${name}"?`,
});

const SCHEMA_HINT = "see schemas/model.v1.schema.json for what is allowed here";

export const invalidValue = (message: string, pointer: string, near?: string): Diagnostic =>
  error("document/invalid-value", message, { pointer, ...like(near, SCHEMA_HINT) });

export const missingField = (field: string, pointer: string): Diagnostic =>
  error("document/missing-field", `the field "${field}" is missing`, { pointer, hint: SCHEMA_HINT });

export const unknownField = (field: string, pointer: string, near: string | undefined): Diagnostic =>
  error("document/unknown-field", `"${field}" is not a field here`, {
    pointer,
    ...like(near, "remove it"),
  });

/** @param op as a message shows it */
export const unknownOp = (
  op: string,
  pointer: string,
  near: string | undefined,
  known: readonly string[],
): Diagnostic =>
  error("document/unknown-op", `${op} is not a kind of layer`, {
    pointer,
    ...like(near, `the kinds are ${known.join(", ")}`),
  });

export const duplicateName = (name: string, pointer: string, first: string): Diagnostic =>
  error("document/duplicate-name", `the name "${name}" is used twice`, {
    pointer,
    hint: `choose another name; ${first} already has this one`,
  });

export const dangling = (name: string, pointer: string, near: string | undefined): Diagnostic =>
  error("document/dangling-reference", `"${name}" is neither an input nor a layer`, {
    pointer,
    ...like(near, "name an input of the document or a layer before this one"),
  });

export const cycle = (path: readonly string[], pointer: string): Diagnostic =>
  error("document/cycle", `the layers read each other in a cycle: ${abbreviated(path).join(" → ")}`, {
    pointer,
    hint: "break the cycle; a layer may only read inputs and layers before it",
  });

/** A path that fits a line or two. */
function abbreviated(path: readonly string[]): readonly string[] {
  return path.length <= 12 ? path : [...path.slice(0, 5), `… ${path.length - 10} more …`, ...path.slice(-5)];
}

export const definedLater = (name: string, pointer: string): Diagnostic =>
  error("document/defined-later", `"${name}" is defined after this layer`, {
    pointer,
    hint: "move this layer after it",
  });

export const duplicateOutput = (name: string, pointer: string): Diagnostic =>
  error("document/duplicate-output", `the output "${name}" is listed twice`, {
    pointer,
    hint: "list each output once",
  });

export const tooManyErrors = (listed: number): Diagnostic =>
  error("document/too-many-errors", `there are more than ${listed} errors; the others are not listed`, {
    pointer: "",
    hint: "correct the errors above first",
  });

export const layerRule = (layer: string, rule: string, pointer: string, hint: string | undefined): Diagnostic =>
  error("document/layer-rule", `layer "${layer}": ${rule}`, {
    pointer,
    hint: hint ?? "change the layer, or the layers that it reads; smxc inspect shows the shapes of a valid document",
  });

export const missingTensor = (tensor: string, layer: string, pointer: string, near: string | undefined): Diagnostic =>
  error("weights/missing-tensor", `layer "${layer}" needs the tensor "${tensor}", which the weights do not hold`, {
    pointer,
    place: tensor,
    ...like(near, "import the checkpoint again, or name another tensor in the layer's `weights`"),
  });

export const misshapenTensor = (
  tensor: string,
  layer: string,
  pointer: string,
  found: readonly number[],
  expected: readonly (readonly number[])[],
): Diagnostic =>
  error(
    "weights/misshapen-tensor",
    `the tensor "${tensor}" of layer "${layer}" has the shape [${found.join(",")}], not ${expected.map((s) => `[${s.join(",")}]`).join(" or ")}`,
    { pointer, place: tensor, hint: "change the layer's channels, experts or kernel so that they fit the weights" },
  );

export const notFloat = (tensor: string, layer: string, pointer: string, dtype: string): Diagnostic =>
  error("weights/not-float", `the tensor "${tensor}" of layer "${layer}" holds ${dtype}, not floating-point numbers`, {
    pointer,
    place: tensor,
    hint: "convert it before saving: tensor.float()",
  });

export const unusedTensor = (tensor: string): Diagnostic =>
  warning("weights/unused-tensor", `the weights hold "${tensor}", which no layer reads`, { place: tensor });

export const wrongChecksum = (expected: string, found: string): Diagnostic =>
  error("weights/wrong-checksum", "the weights do not belong to this document", {
    pointer: "/weights/sha256",
    hint: `restore the matching file, or import again: expected sha256 ${expected.slice(0, 12)}…, found ${found.slice(0, 12)}…`,
  });

export const weightsElsewhere = (file: string): Diagnostic =>
  error("document/weights-elsewhere", `the weights file "${file}" is not in the folder of the document`, {
    pointer: "/weights/file",
    hint: "name a file in the document's folder or below it, without `..`",
  });

export const noWeights = (layer: string, pointer: string): Diagnostic =>
  error("document/no-weights", `layer "${layer}" reads tensors, but the document names no weights file`, {
    pointer,
    hint: 'add "weights": {"file": …}',
  });

/** @param name of the option that asks for another size */
export const fixedSize = (name: string, asked: number, declared: number): Diagnostic =>
  error("document/fixed-size", `the ${name} ${asked} contradicts the document, which fixes that size to ${declared}`, {
    pointer: "/inputs/0/shape",
    ...remedy`leave ${option(name)} out, or write a symbol instead of ${declared} into the document`,
  });
