/** Where `--routing fold` takes β from: a file of values, or pictures that the network itself is run on. */

import { collect } from "../../../src/base/bytes/byte-source.js";
import { error, type Place, SmxcError } from "../../../src/base/diagnostics.js";
import { type JsonNode, pointerOf } from "../../../src/base/json/parse.js";
import { compile } from "../../../src/compile.js";
import type { CompileOptions } from "../../../src/compile-options.js";
import {
  type FoldCost,
  foldCost,
  type ImageRun,
  meanBetas,
  notFiniteBeta,
  variation,
} from "../../../src/fold/from-images.js";
import type { RoutingMode } from "../../../src/frontends/document/routing-modes.js";
import { encodeModel } from "../../../src/onnx/encode.js";
import type { DocumentModel } from "../../../src/open-model.js";
import type { BetaPlace, BetaTable } from "../../../src/passes/given-betas.js";
import type { ValueRange } from "../../../src/pictures/image.js";
import { networkInput } from "../../../src/restore/network-input.js";
import type { Session, Tensor } from "../../../src/sessions/session.js";
import { createCpuSession } from "../../../src/sessions/session-cpu-node.js";
import { readJson } from "../../files/read-json.js";
import type { Context } from "../../flags/command.js";
import { readPicture } from "../../pictures/read-picture.js";

/**
 * β for a fold, and a measurement of how good it is.
 *
 * @typeParam Options how the folded model is compiled
 */
export interface FoldSource<Options = CompileOptions> {
  readonly betas: BetaTable;
  readonly place?: BetaPlace;
  readonly files: readonly string[];
  /** For β from pictures: how much β varies, per layer, and what folding costs on each picture. */
  readonly study?: {
    readonly variation: ReadonlyMap<string, number>;
    measure(folded: Options): Promise<readonly ImageCost[]>;
  };
}

/** The loss of folding on one picture; undefined if the results are NaN or infinite. */
export interface ImageCost {
  readonly image: string;
  readonly cost: FoldCost | undefined;
}

/** The flags that say what becomes of β. */
export interface FoldFlags {
  readonly routing: "dynamic" | "fold" | RoutingMode;
  readonly image: readonly string[];
  readonly images: string | undefined;
  readonly beta: string | undefined;
  readonly foldLayers: readonly string[];
  readonly dtype: "float32" | "float16";
}

/**
 * What a fold takes β from: nothing where the routing stays dynamic.
 *
 * @throws SmxcError of kind `usage` where flags do not go together
 */
export function foldsFrom(flags: FoldFlags, pictures: readonly string[]): "nothing" | "file" | "pictures" {
  const { routing, beta, foldLayers, dtype } = flags;
  if (routing !== "fold") {
    if (pictures.length > 0 && dtype !== "float16")
      throw misused("--image and --images belong to --routing fold, or to --dtype float16");
    if (beta !== undefined || foldLayers.length > 0) throw misused("--beta and --fold-layers belong to --routing fold");
    return "nothing";
  }
  const half = dtype === "float16" && beta !== undefined;
  const sources = (pictures.length > 0 && !half ? 1 : 0) + (beta === undefined ? 0 : 1);
  if (sources !== 1)
    throw misused("--routing fold needs pictures (--image, --images) or a file (--beta) from which to take β");
  return beta === undefined ? "pictures" : "file";
}

/** The pictures of `--image` and `--images`. */
export async function sampleFiles(
  context: Context,
  { image, images }: Pick<FoldFlags, "image" | "images">,
): Promise<readonly string[]> {
  if (images === undefined) return image;
  const { readablePictures } = await import("../../pictures/folder.js");
  return [...image, ...(await readablePictures(images, context))];
}

const misused = (message: string): SmxcError =>
  new SmxcError([error("usage/fold", message, { hint: "see smxc compile --help" })], "usage");

/** Reads `{"beta.<layer>": [[…]…]}`; an input of the graph, such as a style, is one array of numbers. */
export async function betasFromFile(path: string): Promise<FoldSource> {
  const root = await readJson(path);
  if (root.kind !== "object") {
    throw new SmxcError([badBeta(placeIn(path, root, []), "the file must hold a JSON object of nested arrays")]);
  }
  const bad = root.members
    .filter(({ key, value }) => rowsOf(key, value) === undefined)
    .map(({ key, value }) =>
      badBeta(placeIn(path, value, [key]), `"${key}" must be a nested array of numbers, [experts][cardinals]`),
    );
  if (bad.length > 0) throw new SmxcError(bad);
  const values = new Map(root.members.map(({ key, value }) => [key, value]));
  return {
    betas: new Map(root.members.map(({ key, value }) => [key, rowsOf(key, value)!])),
    place: (name) => placeIn(path, values.get(name) ?? root, values.has(name) ? [name] : []),
    files: [path],
  };
}

function placeIn(file: string, { line, column }: JsonNode, path: readonly string[]): Place {
  return { file, pointer: pointerOf(path), line, column };
}

const badBeta = (at: Place, message: string) =>
  error("fold/bad-beta-file", message, { ...at, hint: 'write {"beta.body.1.body.0": [[0.25, …], …], …}' });

export const betaNotFinite = (beta: string, picture: string) =>
  error("fold/beta-not-finite", `"${beta}" is NaN or infinite for ${picture}`, {
    place: beta,
    hint: "check the weights for NaN and infinite values; smxc verify names the first layer whose values are not finite",
  });

function rowsOf(key: string, node: JsonNode): readonly (readonly number[])[] | undefined {
  if (node.kind !== "array") return undefined;
  const flat = !key.startsWith("beta.") && node.items.every((item) => item.kind === "number");
  const rows = (flat ? [node] : node.items).map((row) =>
    row.kind === "array" ? row.items.map((item) => (item.kind === "number" ? item.value : Number.NaN)) : [],
  );
  const filled = rows.length > 0 && rows.every((row) => row.length > 0);
  return filled && rows.every((row) => row.every((value) => !Number.isNaN(value))) ? rows : undefined;
}

/**
 * Runs the dynamic network on pictures and takes the mean of every β.
 *
 * @throws SmxcError `fold/no-image`; `fold/beta-not-finite` with the first router whose β is not finite
 */
export async function betasFromImages(
  context: Context,
  model: DocumentModel,
  images: readonly string[],
  options: CompileOptions,
): Promise<FoldSource> {
  const { spec } = model;
  const format = spec.image;
  if (!format)
    throw new SmxcError([
      error("fold/no-image", "the model does not say how a picture becomes its input", {
        file: model.files[0]!,
        hint: "give β with --beta",
      }),
    ]);
  const open = async (own: CompileOptions): Promise<Session> => {
    const { target, ...anywhere } = own;
    const compiled = compile(spec, model.weights, {
      ...anywhere,
      target: "cpu",
      batch: "dynamic",
      height: "dynamic",
      width: "dynamic",
      report: () => {},
    });
    const bytes = await collect(encodeModel(compiled.model).model);
    return (await createCpuSession({ name: `${spec.name} (compiled)`, bytes })).session;
  };
  const input = spec.inputs[0]!.name;
  const tensors: Tensor[] = [];
  for (const file of images) {
    const picture = await readPicture(context, file);
    tensors.push(networkInput(picture, format));
  }
  const runAll = async (session: Session, label: string): Promise<readonly ImageRun[]> => {
    try {
      return await runEach(context, label, tensors, async (tensor) => ({
        outputs: await session.run(new Map([[input, tensor]])),
      }));
    } finally {
      await session.release();
    }
  };
  const dynamic = await runAll(await open({ ...options, exposeBeta: true }), "taking β from the pictures");
  return foldFromRuns(images, dynamic, { output: spec.outputs[0]!, range: format.range }, async (folded) =>
    runAll(await open({ ...folded, exposeBeta: false }), "measuring what folding costs"),
  );
}

/** A run for each picture, one after the other. */
export async function runEach<T>(
  context: Context,
  label: string,
  pictures: readonly T[],
  run: (picture: T) => Promise<ImageRun>,
): Promise<readonly ImageRun[]> {
  const bar = context.progress(label, pictures.length);
  try {
    const runs: ImageRun[] = [];
    for (const picture of pictures) {
      runs.push(await run(picture));
      bar.update(runs.length);
    }
    return runs;
  } finally {
    bar.end();
  }
}

/** Where the result of a run stands, and what its values are. */
export interface ResultOfRuns {
  readonly output: string;
  readonly range: ValueRange;
}

/** How far the results of a changed network are from the dynamic one's, picture by picture. */
export function costsOf(
  images: readonly string[],
  { dynamic, changed }: { readonly dynamic: readonly ImageRun[]; readonly changed: readonly ImageRun[] },
  { output, range }: ResultOfRuns,
): readonly ImageCost[] {
  return images.map((image, index) => ({ image, cost: foldCost(dynamic[index]!, changed[index]!, output, range) }));
}

/**
 * The mean of every β over runs of the dynamic network, one for each picture.
 *
 * @param again runs what is folded on the same pictures
 * @throws SmxcError `fold/beta-not-finite`
 */
export function foldFromRuns<Options>(
  images: readonly string[],
  dynamic: readonly ImageRun[],
  { output, range }: ResultOfRuns,
  again: (folded: Options) => Promise<readonly ImageRun[]>,
): FoldSource<Options> {
  const broken = dynamic.flatMap((run, index) => {
    const beta = notFiniteBeta(run);
    return beta === undefined ? [] : [betaNotFinite(beta, images[index]!)];
  });
  if (broken.length > 0) throw new SmxcError(broken);
  const betas = meanBetas(dynamic);
  return {
    betas,
    files: images,
    study: {
      variation: variation(dynamic, betas),
      async measure(folded) {
        return costsOf(images, { dynamic, changed: await again(folded) }, { output, range });
      },
    },
  };
}
