/**
 * What a convolution costs, directly and in each Winograd form: a model of few terms whose constants were fitted to
 * measurements (bench/results, docs/lowerings.md), per target.
 */
import type { Dim } from "../../ir/dim.js";
import type { EmitOptions } from "../emitter.js";
import { FORMS, type WinogradForm } from "./forms.js";

/** A 3×3 convolution of stride 1. */
export interface LayerProblem {
  readonly channels: number;
  readonly out: number;
  readonly height: Dim;
  readonly width: Dim;
  /** Experts that are mixed at run time; 0 for a constant kernel. */
  readonly experts: number;
}

interface Rates {
  /** Multiply-accumulates per nanosecond of a direct convolution, with constant and with run-time kernels. */
  readonly constant: number;
  readonly dynamic: number;
  /** Multiply-accumulates per nanosecond of the matrix products between transforms. */
  readonly product: number;
  /** Nanoseconds per element that the transforms produce. */
  readonly transform: number;
  /** Nanoseconds per element of the transformed kernel, when it is made at run time. */
  readonly kernel: number;
  /** Nanoseconds of a layer's small nodes. */
  readonly overhead: number;
}

const RATES: Readonly<Record<"cpu" | "wasm", Rates>> = {
  cpu: { constant: 100, dynamic: 70, product: 84, transform: 0.18, kernel: 0.2, overhead: 30_000 },
  wasm: { constant: 13.5, dynamic: 13.2, product: 11.4, transform: 0.6, kernel: 0.8, overhead: 60_000 },
};

/** The size at which an open height or width is judged. */
const TYPICAL_SIZE = 96;
/** Forms that a graph of open size may use: the strips adapt, the tile cannot. */
const OPEN_FORM = "f4x6";

/** From as many channels as this, squared, the points are worked on in chunks: below, all of them fit in cache. */
const CHUNKED_CHANNELS = 128;
const CHUNK = 2;

/** How many points of the width a layer takes together; 0 for all. */
export function chunkFor({ channels, out }: LayerProblem): number {
  return channels * out >= CHUNKED_CHANNELS ** 2 ? CHUNK : 0;
}

export interface FormChoice {
  readonly form: WinogradForm;
  /** Nanoseconds of all layers together. */
  readonly cost: number;
  /** Per layer, whether the form beats the direct convolution. */
  readonly worthwhile: readonly boolean[];
}

/** The best form for layers of one size, which share a canvas; undefined when none of them gains. */
export function chooseForm(
  layers: readonly LayerProblem[],
  { target, lowering }: Pick<EmitOptions, "target" | "lowering">,
): FormChoice | undefined {
  const rates = RATES[target === "wasm" ? "wasm" : "cpu"];
  const named = lowering.startsWith("winograd") ? lowering.replace(/^winograd-?/, "") : undefined;
  const open = layers.some(({ height, width }) => typeof height !== "number" || typeof width !== "number");
  const forms = FORMS.filter(({ name }) => (named ? name === named : !open || name === OPEN_FORM));
  const choices = forms.map((form): FormChoice => {
    const costs = layers.map((layer) => ({
      direct: directCost(layer, rates),
      tiled: winogradCost(layer, form, rates),
    }));
    return {
      form,
      cost: costs.reduce((sum, { direct, tiled }) => sum + Math.min(direct, tiled), 0),
      worthwhile: costs.map(({ direct, tiled }) => named !== undefined || tiled < direct),
    };
  });
  const best = choices.reduce<FormChoice | undefined>(
    (a, b) => (a === undefined || b.cost < a.cost ? b : a),
    undefined,
  );
  return best?.worthwhile.some(Boolean) ? best : undefined;
}

function directCost({ channels, out, height, width, experts }: LayerProblem, rates: Rates): number {
  const macs = channels * out * 9 * sizeOf(height) * sizeOf(width);
  const mixing = experts * channels * out * 9 * rates.kernel;
  return macs / (experts > 0 ? rates.dynamic : rates.constant) + mixing;
}

function winogradCost(
  { channels, out, height, width, experts }: LayerProblem,
  { rows, columns }: WinogradForm,
  rates: Rates,
): number {
  const tiles = Math.ceil(sizeOf(height) / rows.m) * Math.ceil(sizeOf(width) / columns.m);
  const points = rows.n * columns.n;
  const product = (points * tiles * channels * out) / rates.product;
  // Along the width n2 values per tile and row, then n1·n2 per tile; back the other way.
  const transforms =
    tiles * (channels * (columns.n * rows.m + points) + out * (columns.n * rows.m + columns.m * rows.m + points));
  const kernel = experts > 0 ? (experts * 9 + 9 + points) * channels * out * rates.kernel : 0;
  return product + transforms * rates.transform + kernel + rates.overhead;
}

function sizeOf(dim: Dim): number {
  return typeof dim === "number" ? dim : TYPICAL_SIZE;
}
