/** `smxc compile` of an ONNX graph, as flags say it. */

import { error, SmxcError } from "../../../src/base/diagnostics.js";
import type { GraphModel } from "../../../src/open-model.js";
import type { Context } from "../../flags/command.js";
import type { compileOptionsOf } from "../../flags/compile-flags.js";
import { pictureOptionsOf } from "../../flags/picture-flags.js";
import { compileGraphFile } from "./compile-graph.js";
import { betasFromFile, type FoldFlags, foldsFrom, sampleFiles } from "./fold-sources.js";
import { betasFromPictures, type GraphFoldSource } from "./graph-fold.js";

type CompileFlags = Parameters<typeof compileOptionsOf>[0] &
  Parameters<typeof pictureOptionsOf>[0] &
  Omit<FoldFlags, "dtype"> & {
    readonly output: string;
    readonly externalData: boolean;
    readonly verify: boolean;
    readonly explain: boolean;
    readonly tune: boolean;
  };

export async function compileGraphByFlags(context: Context, model: GraphModel, options: CompileFlags): Promise<void> {
  const { target, lowering, winograd, portable, threads, dtype, routing, exposeBeta } = options;
  refuseDocumentFlags({
    [`--routing ${routing}`]: routing !== "dynamic" && routing !== "fold",
    "--context": options.context !== "whole",
    "--tune": options.tune,
  });
  const images = await sampleFiles(context, options);
  const from = foldsFrom(options, images);
  if (from !== "pictures" && images.length > 0) throw picturesOfFold();
  const told = pictureOptionsOf(options);
  const sources: Readonly<Record<typeof from, GraphFoldSource | undefined>> = {
    nothing: undefined,
    file: () => betasFromFile(options.beta!),
    pictures: (compileWith) => betasFromPictures(context, model.name, { images, told }, compileWith),
  };
  await compileGraphFile(context, model, {
    ...{ target, lowering, winograd, portable, threads, dtype },
    output: options.output,
    externalData: options.externalData,
    verify: options.verify,
    explain: options.explain,
    batch: options.batch,
    height: options.height,
    width: options.width,
    askedOpset: options.opset,
    told,
    exposeBeta,
    fold: sources[from],
    foldLayers: options.foldLayers,
    betaFiles: [...images, ...(options.beta === undefined ? [] : [options.beta])],
  });
}

const picturesOfFold = (): SmxcError =>
  new SmxcError(
    [error("usage/graph", "--image and --images of an ONNX graph belong to --routing fold, without --beta", {})],
    "usage",
  );

/** @throws SmxcError of kind `usage` where flags are given that only documents have */
function refuseDocumentFlags(flags: Readonly<Record<string, boolean>>): void {
  const given = Object.keys(flags).filter((flag) => flags[flag]);
  if (given.length === 0) return;
  const message = `${given.join(", ")} ${given.length === 1 ? "is" : "are"} for model documents`;
  throw new SmxcError(
    [error("usage/graph", message, { hint: "leave it out, or compile the model.json that import wrote" })],
    "usage",
  );
}
