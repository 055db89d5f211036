/** The ways in which a network may run a picture, best first: where, in which precision, and in which parts. */
import type { Diagnostic } from "../../../src/base/diagnostics.js";
import { SmxcError } from "../../../src/base/diagnostics.js";
import type { Image } from "../../../src/pictures/image.js";
import type { ContextOptions } from "../../../src/restore/network.js";
import { type LoadedNetwork, load, type ModelInput } from "../../../src/runtime/web.js";
import { compiledGraph } from "./compiled.js";
import { hasHalf, isGoodEnough, probeOf } from "./half.js";
import type { OpenedModel } from "./open-files.js";
import { ORT_PATHS } from "./ort-paths.js";
import type { RestoreRequest, WebProvider } from "./protocol.js";
import { tileSide } from "./reach.js";

export interface Way {
  readonly provider: WebProvider;
  readonly isHalf: boolean;
  readonly options: ContextOptions;
}

/** Rows of a band of blended patches: few, so that the result is soon seen, and enough for what bands compute twice. */
const BAND = 96;

/** Networks that were found good in float16, or not. */
const goodInHalf = new WeakMap<OpenedModel, Promise<boolean>>();

export async function waysFor(
  model: OpenedModel,
  image: Image,
  { providers, context }: Pick<RestoreRequest, "providers" | "context">,
): Promise<readonly Way[]> {
  const options = contextOptions(model, image, context);
  const ways = providers.map(async (provider): Promise<readonly Way[]> => {
    const full: Way = { provider, isHalf: false, options };
    if (provider !== "webgpu" || "graph" in model.input || options.context === "patch") return [full];
    const isGood = goodInHalf.get(model) ?? compareHalf(model, image);
    goodInHalf.set(model, isGood);
    return (await isGood) ? [{ ...full, isHalf: true }, full] : [full];
  });
  return (await Promise.all(ways)).flat();
}

/** A graph pools β as it was compiled to; a document over the whole picture, in parts where that does not fit. */
function contextOptions(
  { input, rule, tiling }: OpenedModel,
  image: Image,
  context: RestoreRequest["context"],
): ContextOptions {
  if (context === "trained" && rule !== undefined && "document" in input)
    return { context: "patch", tile: Math.max(BAND, rule.patch) };
  const side = tileSide(tiling?.reach, image);
  return side === undefined ? {} : { tile: side };
}

/** Tiles, and half precision, are of graphs: what a document says is compiled for them. */
export async function loadWay(
  { input, tiling }: OpenedModel,
  { provider, isHalf, options }: Way,
): Promise<LoadedNetwork> {
  const isGraph = isHalf || (options.tile !== undefined && options.context === undefined);
  const model: ModelInput =
    isGraph && "document" in input
      ? { graph: await compiledGraph(input, { target: provider, exposeBeta: true, ...(isHalf ? HALF : {}) }, tiling) }
      : input;
  return load(model, { target: provider, wasmPaths: ORT_PATHS, exposeBeta: true, ...options });
}

const HALF = { dtype: "float16" } as const;

async function compareHalf(model: OpenedModel, image: Image): Promise<boolean> {
  if (!(await hasHalf())) return false;
  const probe = probeOf(image);
  const resultIn = async (isHalf: boolean): Promise<Image> => {
    const network = await loadWay(model, { provider: "webgpu", isHalf, options: {} });
    try {
      return (await network.restore(probe)).image;
    } finally {
      await network.release();
    }
  };
  try {
    return isGoodEnough(await resultIn(true), await resultIn(false));
  } catch (cause) {
    // What fails here fails in float32 too, where it is reported, or is not to be run in float16.
    if (cause instanceof SmxcError) return false;
    throw cause;
  }
}

/** What another way may do better: a provider that cannot, or memory that is too small for one piece. */
export function isOfTheWay({ diagnostics }: SmxcError): boolean {
  return diagnostics.every(({ code }: Diagnostic) => code.startsWith("runtime/") || code === "run/memory");
}
