/** Whether a graph's weights are those of a document. */
import { compile } from "../../../src/compile.js";
import type { Size } from "../../../src/compile-options.js";
import type { ModelSpec } from "../../../src/frontends/document/document.js";
import { loweringOptionsOf, readMetadata } from "../../../src/metadata.js";
import type { DecodedModel } from "../../../src/onnx/decode.js";
import type { Signature } from "../../../src/onnx/signature.js";
import { tensorBytes } from "../../../src/onnx/tensor-bytes.js";
import type { DocumentModel } from "../../../src/open-model.js";
import { readBeside } from "../../../src/sessions/external-data-node.js";
import { compareWeights, type WeightComparison } from "../../../src/verify/changed-weights.js";
import { optionsOf } from "./compiled-with.js";

/** Compares a graph's weights with those of a fresh compile with the options that the graph was made with. */
export async function weightsOf(
  model: DocumentModel,
  path: string,
  decoded: DecodedModel,
  signature: Signature,
): Promise<WeightComparison> {
  const metadata = readMetadata(signature.metadata);
  const { graph } = decoded.message;
  if (!metadata || !graph) return { changed: [], same: false };
  const main = signature.inputs[0]?.shape ?? [];
  const size = (axis: number): Size => (typeof main.at(axis) === "number" ? (main.at(axis) as number) : "dynamic");
  const fresh = compile(model.spec, model.weights, {
    ...optionsOf(signature),
    ...loweringOptionsOf(metadata),
    batch: size(0),
    height: size(-2),
    width: size(-1),
  });
  return compareWeights(fresh.model, graph, (tensor) =>
    tensorBytes(tensor, (location, offset, length) => readBeside(path, location, offset, length)),
  );
}

/**
 * Whether the hash of the weights (or the checkpoint) in the graph is that of the document. `same`: yes. `equal`:
 * another hash, but the same values. `other`: another hash, other values. `unknown`: the graph holds no hash.
 */
export interface WeightsVerdict {
  readonly verdict: "same" | "equal" | "other" | "unknown";
  /** What the hashes are of. */
  readonly of?: "weights" | "checkpoint";
  readonly graph?: string;
  readonly document?: string;
  /** The first layer whose weights differ, where that could be found. */
  readonly layer?: string;
}

export async function judgeWeights(
  spec: ModelSpec,
  signature: Signature,
  compareOwn: () => Promise<WeightComparison>,
): Promise<WeightsVerdict> {
  const metadata = readMetadata(signature.metadata);
  const pairs = [
    ["weights", metadata?.weights?.sha256, spec.weights?.sha256],
    ["checkpoint", metadata?.source?.sha256, spec.source?.sha256],
  ] as const;
  for (const [of, graph, document] of pairs) {
    if (graph === undefined || document === undefined) continue;
    if (graph === document) return { verdict: "same", of, graph, document };
    const { same, changed } = await compareOwn();
    const [first] = changed;
    return { verdict: same ? "equal" : "other", of, graph, document, ...(first ? { layer: first.layer } : {}) };
  }
  return { verdict: "unknown" };
}
