/** Chooses the form of layers that share a canvas, and which of them are better off without. */
import { sizeOf } from "../../ir/typical-size.js";
import { type Cost, type CostOptions, costOf, type LayerProblem, layoutCost } from "./cost.js";
import { EXACT_FORMS, FORMS, type WinogradForm } from "./forms.js";

export interface FormOptions extends CostOptions {
  /** `auto`, or the name of a lowering. */
  readonly lowering: string;
}

export interface LayerChoice {
  readonly problem: LayerProblem;
  /** Undefined: the convolution runs directly. */
  readonly form: WinogradForm | undefined;
  /**
   * Of the form that was taken or came closest, and of the direct convolution; with the changes of layout that each brings, where these
   * could decide.
   */
  readonly winograd: Cost;
  readonly direct: Cost;
  /** The form whose cost `winograd` is. */
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

/** Elements that change layout between a canvas and pictures, when these of the layers take a form. */
export type ChangedElements = (taken: readonly boolean[]) => number;

/** One form for all layers of a size, which share a canvas: the one with the least time over all of them. */
export function chooseForms(
  layers: readonly LayerProblem[],
  options: FormOptions,
  changed: ChangedElements = () => 0,
): readonly LayerChoice[] {
  const named = FORMS.find(({ name }) => options.lowering === `${FORM_PREFIX}${name}`);
  const layout = (taken: readonly boolean[]): number => layoutCost(changed(taken), options);
  const plans = (named ? [named] : EXACT_FORMS).map((form): Plan => {
    const rivals = layers.map((layer): Rivals => {
      const [winograd, direct] = [costOf(layer, form, options), costOf(layer, undefined, options)];
      return {
        winograd,
        direct,
        able: runsInForms(layer),
        open: runsInForms(layer) && isOpen(layer, winograd, direct, options),
      };
    });
    const taken = named ? rivals.map(({ able }) => able) : leastTaking(rivals, layout);
    return { form, rivals, taken, ns: totalOf(rivals, taken, layout) };
  });
  const { form, rivals, taken } = plans.reduce((a, b) => (b.ns < a.ns ? b : a));
  return layers.map((problem, index): LayerChoice => {
    const { winograd, direct, open } = rivals[index]!;
    const brought = open ? layout(taken.with(index, true)) - layout(taken.with(index, false)) : 0;
    return {
      problem,
      form: taken[index] ? form : undefined,
      winograd: { ...winograd, ns: winograd.ns + Math.max(0, brought) },
      direct: { ...direct, ns: direct.ns + Math.max(0, -brought) },
      candidate: form,
    };
  });
}

interface Rivals {
  readonly winograd: Cost;
  readonly direct: Cost;
  readonly able: boolean;
  /** Whether changes of layout could decide: others are settled, so that planning does not take the square of their number. */
  readonly open: boolean;
}

interface Plan {
  readonly form: WinogradForm;
  readonly rivals: readonly Rivals[];
  readonly taken: readonly boolean[];
  readonly ns: number;
}

type LayoutTime = (taken: readonly boolean[]) => number;

function isOpen(
  { channels, out, height, width }: LayerProblem,
  winograd: Cost,
  direct: Cost,
  options: CostOptions,
): boolean {
  const around = (channels + 2 * out) * sizeOf(height) * sizeOf(width);
  return Math.abs(winograd.ns - direct.ns) < layoutCost(2 * around, options);
}

function totalOf(rivals: readonly Rivals[], taken: readonly boolean[], layout: LayoutTime): number {
  return rivals.reduce(
    (sum, { winograd, direct }, index) => sum + (taken[index] ? winograd : direct).ns,
    layout(taken),
  );
}

/** Layers change sides one by one while that gains: from each judged alone, and from all that are open on the canvas. */
function leastTaking(rivals: readonly Rivals[], layout: LayoutTime): readonly boolean[] {
  const alone = rivals.map(({ winograd, direct, able }) => able && winograd.ns < direct.ns);
  const ends = [alone, alone.map((taken, index) => taken || rivals[index]!.open)].map((start) =>
    descend(rivals, start, layout),
  );
  return ends.reduce((a, b) => (b.ns < a.ns ? b : a)).taken;
}

function descend(rivals: readonly Rivals[], start: readonly boolean[], layout: LayoutTime): Pick<Plan, "taken" | "ns"> {
  let [taken, ns, changed] = [start, totalOf(rivals, start, layout), true];
  while (changed) {
    changed = false;
    for (const [index, { open }] of rivals.entries()) {
      const other = taken.with(index, !taken[index]);
      const otherNs = open ? totalOf(rivals, other, layout) : ns;
      if (otherNs < ns) [taken, ns, changed] = [other, otherNs, true];
    }
  }
  return { taken, ns };
}
