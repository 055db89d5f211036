/** Whether tensors are those of an importer, by its signatures or by rules of its own. */
import type { Importer } from "./importer.js";
import { fits, landmarkOf } from "./signature.js";
import type { TensorReader } from "./tensor-reader.js";

/** Finds a tensor of the importer's; what stands before the match, up to a dot, may be the prefix of all names. */
export function landmarkOfImporter(importer: Importer): RegExp {
  return "signatures" in importer ? landmarkOf(importer.signatures) : importer.landmark;
}

export function matches(importer: Importer, tensors: TensorReader): boolean {
  if (!("signatures" in importer)) return importer.matches(tensors);
  const names = tensors.names();
  const named = importer.signatures.some((signature) => fits(signature, names));
  return named && (importer.shapesFit?.(tensors) ?? true);
}
