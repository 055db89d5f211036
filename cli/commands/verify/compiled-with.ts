/** What a graph says of how it was compiled, so that the reference can compute the same. */
import type { CompileOptions } from "../../../src/compile-options.js";
import type { RoutingMode } from "../../../src/frontends/document/routing-modes.js";
import { readMetadata } from "../../../src/metadata.js";
import type { Signature } from "../../../src/onnx/signature.js";

export type CompiledWith = Pick<CompileOptions, "fold" | "routing" | "exposeBeta" | "context" | "dtype">;

/** What the graph was compiled with: another routing, the β that it was folded with, its outputs. */
export function optionsOf(signature: Signature): CompiledWith {
  const { fold, routing, context, dtype } = readMetadata(signature.metadata)?.compiled ?? {};
  return {
    exposeBeta: signature.outputs.some((output) => output.name.startsWith("beta.")),
    ...(fold ? { fold: { betas: new Map(Object.entries(fold.betas)), layers: fold.layers } } : {}),
    ...(routing ? { routing } : {}),
    ...(context ? { context } : {}),
    ...(dtype ? { dtype } : {}),
  };
}

/** In what the reference differs from the document as it is written, because the graph does. */
export interface ComparedWith {
  /** The same for people. */
  readonly text: string;
  readonly routing: RoutingMode | "document";
  /** The layers of `--fold-layers`, where β was held fixed: all of them where none was named. */
  readonly fold: { readonly layers: readonly string[] } | null;
  readonly context: "whole" | "patch";
  readonly dtype: "float32" | "float16";
}

export function comparedWithOf({ fold, routing, context = "whole", dtype = "float32" }: CompiledWith): ComparedWith {
  const layers = fold?.layers ?? [];
  const changes = [
    ...(routing === undefined ? [] : [`with --routing ${routing}`]),
    ...(fold === undefined
      ? []
      : [`folded with the β of the graph${layers.length > 0 ? ` (layers ${layers.join(", ")})` : ""}`]),
    ...(context === "patch" ? ["with --context patch"] : []),
  ];
  const how = changes.length > 0 ? changes.join(", ") : "as it is";
  return {
    text: `the document ${how}${dtype === "float16" ? ", within the rounding of float16" : ""}`,
    routing: routing ?? "document",
    fold: fold === undefined ? null : { layers },
    context,
    dtype,
  };
}
