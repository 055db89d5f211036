/** Runs a network on a picture, on the first provider that can. */
import { type Diagnostic, SmxcError } from "../../../src/base/diagnostics.js";
import { BetaCollector } from "../../../src/restore/beta-summary.js";
import { imageFromPixels, type LoadedNetwork, load, type ModelInput, pixelsOf } from "../../../src/runtime/web.js";
import type { RestoreRequest, RestoreResult, Stage, WebProvider } from "./protocol.js";

/** In a folder beside the page, which vite.config.ts names. */
declare const ORT_FOLDER: string;
const ORT_PATHS = new URL(/* @vite-ignore */ `${import.meta.env.DEV ? "/" : "../"}${ORT_FOLDER}`, import.meta.url).href;

export interface RunEvents {
  onStage(stage: Stage): void;
  onProgress(done: number, total: number): void;
}

/** A network that is loaded, kept for the next picture. */
interface Kept {
  readonly model: ModelInput;
  readonly key: string;
  readonly network: LoadedNetwork;
}

let kept: Kept | undefined;

/** @throws SmxcError of the last provider, when none can run the network */
export async function restoreOnFirst(
  model: ModelInput,
  { pixels, providers, context }: RestoreRequest,
  events: RunEvents,
): Promise<RestoreResult> {
  const image = imageFromPixels(pixels);
  const left: Diagnostic[] = [];
  for (const [index, provider] of providers.entries()) {
    const betas = new BetaCollector();
    try {
      events.onStage("loading");
      const network = await networkOn(provider, model, contextOptions(model, context));
      events.onStage("running");
      const began = performance.now();
      const { image: restored, report } = await network.restore(image, {
        onProgress: events.onProgress,
        onBetas: (told) => betas.add(told),
      });
      const seconds = (performance.now() - began) / 1000;
      return {
        pixels: pixelsOf(restored),
        provider,
        ...network.cores[report.parts > 1 ? "parts" : "alone"],
        left,
        seconds,
        report,
        betas: betas.summaries(),
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
function contextOptions(model: ModelInput, context: RestoreRequest["context"]): { readonly context?: "trained" } {
  return context === "whole" || "graph" in model ? {} : { context };
}

async function networkOn(
  provider: WebProvider,
  model: ModelInput,
  options: ReturnType<typeof contextOptions>,
): Promise<LoadedNetwork> {
  const key = JSON.stringify([provider, options]);
  if (kept?.model === model && kept.key === key) return kept.network;
  await kept?.network.release();
  kept = undefined;
  const network = await load(model, {
    target: provider,
    wasmPaths: ORT_PATHS,
    exposeBeta: true,
    ...options,
  });
  kept = { model, key, network };
  return network;
}

function isRuntimes({ diagnostics }: SmxcError): boolean {
  return diagnostics.every(({ code }) => code.startsWith("runtime/"));
}
