/** Runs a network on a picture, on the first provider that can. */
import { type Diagnostic, SmxcError } from "../../../src/base/diagnostics.js";
import { BetaCollector } from "../../../src/restore/beta-summary.js";
import type { ContextOptions } from "../../../src/restore/network.js";
import { imageFromPixels, type LoadedNetwork, load, pixelsOf } from "../../../src/runtime/web.js";
import type { OpenedModel } from "./open-files.js";
import { ORT_PATHS } from "./ort-paths.js";
import { PatchCollector } from "./patch-shares.js";
import type { RestoreRequest, RestoreResult, ResultTile, Stage, WebProvider } from "./protocol.js";

/** Rows of a band of blended patches: few, so that the result is soon seen, and enough for what bands compute twice. */
const BAND = 96;

export interface RunEvents {
  onStage(stage: Stage): void;
  onProgress(done: number, total: number): void;
  onTile(tile: ResultTile): void;
}

/** A network that is loaded, kept for the next picture. */
interface Kept {
  readonly model: OpenedModel;
  readonly key: string;
  readonly network: LoadedNetwork;
}

let kept: Kept | undefined;

/** @throws SmxcError of the last provider, when none can run the network */
export async function restoreOnFirst(
  model: OpenedModel,
  { pixels, providers, context }: RestoreRequest,
  events: RunEvents,
): Promise<RestoreResult> {
  const image = imageFromPixels(pixels);
  const left: Diagnostic[] = [];
  for (const [index, provider] of providers.entries()) {
    const betas = new BetaCollector();
    const shares = new PatchCollector();
    try {
      events.onStage("loading");
      const network = await networkOn(provider, model, contextOptions(model, context));
      events.onStage("running");
      const began = performance.now();
      const onBetas = (told: Parameters<BetaCollector["add"]>[0]): void => {
        betas.add(told);
        shares.add(told);
      };
      const { image: restored, report } = await network.restore(image, {
        onProgress: events.onProgress,
        onBetas,
        onTile: ({ left, top, image: part }) => {
          const isAll = part.width * part.height === image.width * image.height * network.format.scale ** 2;
          if (!isAll) events.onTile({ left, top, ...pixelsOf(part) });
        },
      });
      const seconds = (performance.now() - began) / 1000;
      const patches = shares.on(model.rule, image.height, image.width);
      return {
        pixels: pixelsOf(restored),
        provider,
        ...network.cores[report.parts > 1 ? "parts" : "alone"],
        left,
        seconds,
        report,
        betas: betas.summaries(),
        ...(patches ? { patches } : {}),
      };
    } catch (cause) {
      kept = undefined;
      if (!(cause instanceof SmxcError) || !isRuntimes(cause) || index === providers.length - 1) throw cause;
      left.push(...cause.diagnostics);
    }
  }
  throw new RangeError("no provider was named");
}

/** A graph pools β as it was compiled to; a document over the whole picture, in parts where that does not fit. */
function contextOptions({ input, rule }: OpenedModel, context: RestoreRequest["context"]): ContextOptions {
  if (context === "whole" || "graph" in input || rule === undefined) return {};
  return { context: "patch", tile: Math.max(BAND, rule.patch) };
}

async function networkOn(provider: WebProvider, model: OpenedModel, options: ContextOptions): Promise<LoadedNetwork> {
  const key = JSON.stringify([provider, options]);
  if (kept?.model === model && kept.key === key) return kept.network;
  await kept?.network.release();
  kept = undefined;
  const network = await load(model.input, { target: provider, wasmPaths: ORT_PATHS, exposeBeta: true, ...options });
  kept = { model, key, network };
  return network;
}

function isRuntimes({ diagnostics }: SmxcError): boolean {
  return diagnostics.every(({ code }) => code.startsWith("runtime/"));
}
