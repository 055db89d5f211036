/** Runs a network on a picture, in the first way that can. */
import { type Diagnostic, SmxcError } from "../../../src/base/diagnostics.js";
import { isWhole } from "../../../src/ir/patch-rule.js";
import { BetaCollector } from "../../../src/restore/beta-summary.js";
import { imageFromPixels, type LoadedNetwork, pixelsOf } from "../../../src/runtime/web.js";
import type { OpenedModel } from "./open-files.js";
import { PatchCollector } from "./patch-shares.js";
import type { RestoreRequest, RestoreResult, ResultTile, Stage } from "./protocol.js";
import { isOfTheWay, loadWay, type Way, waysFor } from "./ways.js";

export interface RunEvents {
  /** @param predicted seconds of the run, where that can be said */
  onStage(stage: Stage, predicted?: number): void;
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

/** @throws SmxcError of the last way, when none can run the network */
export async function restoreOnFirst(
  model: OpenedModel,
  request: RestoreRequest,
  events: RunEvents,
): Promise<RestoreResult> {
  const image = imageFromPixels(request.pixels);
  events.onStage("loading");
  const ways = await waysFor(model, image, request);
  const left: Diagnostic[] = [];
  for (const [index, way] of ways.entries()) {
    const betas = new BetaCollector();
    const shares = new PatchCollector();
    try {
      events.onStage("loading");
      const network = await networkFor(model, way);
      events.onStage("running");
      let began = performance.now();
      const { image: restored, report } = await network.restore(image, {
        onProgress: events.onProgress,
        onPlan: ({ chosen }) => {
          events.onStage("running", chosen.seconds);
          // A network's first plan takes a while, and is no part of its speed.
          began = performance.now();
        },
        onBetas: (found) => {
          betas.add(found);
          shares.add(found);
        },
        onTile: ({ left, top, image: part }) => {
          const { width, height } = network.resultSize(image);
          if (part.width * part.height < width * height) events.onTile({ left, top, ...pixelsOf(part) });
        },
      });
      const seconds = (performance.now() - began) / 1000;
      const patches = shares.on(model.rule, image.height, image.width);
      return {
        pixels: pixelsOf(restored),
        provider: way.provider,
        isHalf: way.isHalf,
        ...network.cores[report.parts > 1 ? "parts" : "alone"],
        left,
        seconds,
        report,
        betas: betas.summaries(),
        canBeCut: patches === undefined && model.rule !== undefined && !isWhole(model.rule, image.height, image.width),
        ...(patches ? { patches } : {}),
      };
    } catch (cause) {
      kept = undefined;
      if (!(cause instanceof SmxcError) || !isOfTheWay(cause) || index === ways.length - 1) throw cause;
      // That float16 failed is of no interest where float32 does not.
      if (!way.isHalf) left.push(...cause.diagnostics);
    }
  }
  throw new RangeError("no provider was named");
}

async function networkFor(model: OpenedModel, way: Way): Promise<LoadedNetwork> {
  const key = JSON.stringify(way);
  if (kept?.model === model && kept.key === key) return kept.network;
  await kept?.network.release();
  kept = undefined;
  const network = await loadWay(model, way);
  kept = { model, key, network };
  return network;
}
