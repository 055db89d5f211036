/** `smxc compile` of an ONNX graph, as flags say it. */

import { error, SmxcError } from "../../../src/base/diagnostics.js";
import type { GraphModel } from "../../../src/open-model.js";
import type { Context } from "../../flags/command.js";
import type { compileOptionsOf } from "../../flags/compile-flags.js";
import { pictureOptionsOf } from "../../flags/picture-flags.js";
import { compileGraphFile } from "./compile-graph.js";
import { betasFromFile, type FoldFlags, foldsFrom, sampleFiles } from "./fold-sources.js";
import { betasFromPictures } from "./graph-fold.js";
import { DYNAMIC, hard, held, type RoutingSource } from "./graph-routing.js";

type CompileFlags = Parameters<typeof compileOptionsOf>[0] &
  Parameters<typeof pictureOptionsOf>[0] &
  Omit<FoldFlags, "dtype"> & {
    readonly output: string;
    readonly externalData: boolean;
    readonly verify: boolean;
    readonly explain: boolean;
    readonly tune: boolean;
    readonly tuneCache: string | undefined;
  };

export async function compileGraphByFlags(context: Context, model: GraphModel, options: CompileFlags): Promise<void> {
  const { target, lowering, winograd, portable, threads, dtype, routing, exposeBeta } = options;
  refuseDocumentFlags([
    ...(routing === "dynamic" || routing === "fold" || routing === "hard" ? [] : [blockMode(routing)]),
    ...(options.context === "whole" ? [] : [PATCHES]),
  ]);
  const images = await sampleFiles(context, options);
  const isHard = routing === "hard";
  const from = foldsFrom(options, isHard ? [] : images);
  if (!isHard && from !== "pictures" && images.length > 0) throw picturesOfRouting();
  const asked = pictureOptionsOf(options);
  const { name } = model;
  const sources: Readonly<Record<typeof from, RoutingSource>> = {
    nothing: isHard ? hard(context, name, { images, asked }) : DYNAMIC,
    file: held(() => betasFromFile(options.beta!), options.foldLayers),
    pictures: held(
      (compileWith) => betasFromPictures(context, name, { images, asked }, compileWith),
      options.foldLayers,
    ),
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
    asked,
    exposeBeta,
    routing: sources[from],
    tuneCache: options.tune ? (options.tuneCache ?? `${options.output}.tune.json`) : undefined,
    betaFiles: [...images, ...(options.beta === undefined ? [] : [options.beta])],
  });
}

const picturesOfRouting = (): SmxcError =>
  new SmxcError(
    [
      error(
        "usage/graph",
        "for an ONNX graph, --image and --images go with --routing fold without --beta, or with --routing hard",
        {},
      ),
    ],
    "usage",
  );

interface DocumentFlag {
  readonly flag: string;
  /** Flags for parts of a document that an ONNX graph does not have. */
  readonly why: string;
}

const blockMode = (routing: string): DocumentFlag => ({
  flag: `--routing ${routing}`,
  why: "it chooses how a two-layer block sums its groups, and an ONNX graph does not show where its blocks are",
});

const PATCHES: DocumentFlag = {
  flag: "--context patch",
  why: "only a document names the region that runs on patches, and their size in training",
};

/** @throws SmxcError of kind `usage` where flags are given that only documents have */
function refuseDocumentFlags(flags: readonly DocumentFlag[]): void {
  if (flags.length === 0) return;
  throw new SmxcError(
    flags.map(({ flag, why }) =>
      error("usage/graph", `${flag} is only for model documents: ${why}`, {
        hint: "leave it out, or compile the model.json that smxc import wrote",
      }),
    ),
    "usage",
  );
}
