/** Chooses the form of layers that share a canvas, and which of them are better off without. */
import { type Cost, type CostOptions, costOf, type LayerProblem } from "./cost.js";
import { FORMS, type WinogradForm } from "./forms.js";

export interface FormOptions extends CostOptions {
  /** `auto`, or the name of a lowering. */
  readonly lowering: string;
}

export interface LayerChoice {
  readonly problem: LayerProblem;
  /** Undefined: the convolution runs directly. */
  readonly form: WinogradForm | undefined;
  /** Of the form that was taken or came closest, and of the direct convolution. */
  readonly tiled: Cost;
  readonly direct: Cost;
  /** The form whose cost `tiled` is. */
  readonly candidate: WinogradForm;
}

/** From as many channels as this, squared, the points are worked on in chunks: below, all of them fit in cache. */
const CHUNKED_CHANNELS = 128;
const CHUNK = 2;

/** How many points of the width a layer takes together; 0 for all. */
export function chunkFor({ channels, out }: LayerProblem): number {
  return channels * out >= CHUNKED_CHANNELS ** 2 ? CHUNK : 0;
}

/** With fewer than this in or out a convolution is all transforms, and nothing was measured that a cost could come from. */
const FEWEST_CHANNELS = 12;

/** Whether a form may be taken at all. */
export function runsInForms({ channels, out }: LayerProblem): boolean {
  return Math.min(channels, out) >= FEWEST_CHANNELS;
}

export const FORM_PREFIX = "winograd-";

/** One form for all layers of a size, which share a canvas: the one with the least time over all of them. */
export function chooseForms(layers: readonly LayerProblem[], options: FormOptions): readonly LayerChoice[] {
  const named = FORMS.find(({ name }) => options.lowering === `${FORM_PREFIX}${name}`);
  const candidates = (named ? [named] : FORMS).map((candidate) =>
    layers.map((layer): LayerChoice => {
      const tiled = costOf(layer, candidate, options);
      const direct = costOf(layer, undefined, options);
      const taken = runsInForms(layer) && (named !== undefined || tiled.ns < direct.ns);
      return { problem: layer, form: taken ? candidate : undefined, tiled, direct, candidate };
    }),
  );
  return candidates.reduce((best, each) => (total(each) < total(best) ? each : best));
}

function total(choices: readonly LayerChoice[]): number {
  return choices.reduce((sum, { form, tiled, direct }) => sum + (form ? tiled.ns : direct.ns), 0);
}
