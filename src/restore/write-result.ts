/** From the values that a network gives to the samples of the result. */
import { SmxcError } from "../base/diagnostics.js";
import { notFinite } from "../pictures/errors.js";
import { largestSample, type ValueRange } from "../pictures/image.js";
import type { Tensor } from "../sessions/session.js";
import type { Job } from "./colour-jobs.js";
import { wrongScale } from "./errors.js";
import type { Emit } from "./restorer.js";
import { type Orientation, sourceOf } from "./self-ensemble.js";
import type { Rect } from "./tiles.js";

/** One run of the network over the picture. */
export interface Turn {
  readonly job: Job;
  readonly orientation: Orientation;
}

/** How values become samples: the size of the result, the network's values of black and white, and its scale. */
export interface Target {
  readonly width: number;
  readonly height: number;
  readonly range: ValueRange;
  readonly scale: number;
}

/** Puts what turns give into the result. The turns of one job follow each other. */
export interface TurnWriter {
  /** @param rect of the turned result */
  add(turn: Turn, rect: Rect, values: Tensor): void;
  /** After the last part of a turn. */
  end(turn: Turn): void;
}

/** @param orientations of each job; the mean is taken of several */
export function turnWriter(target: Target, orientations: readonly Orientation[]): TurnWriter {
  const { width, height } = target;
  const placesOf = (job: Job) => ({
    job,
    write: writer(job, target),
    sum: orientations.length > 1 ? new Ensemble(job.source.channels, height, width, orientations.length) : undefined,
  });
  let places: ReturnType<typeof placesOf> | undefined;
  const current = (job: Job) => {
    if (places?.job !== job) places = placesOf(job);
    return places;
  };
  return {
    add({ job, orientation }, rect, values) {
      const { write, sum } = current(job);
      if (sum) sum.add(rect, values, sourceOf(orientation, height, width));
      else write(rect, values);
    },
    end({ job, orientation }) {
      const { write, sum } = current(job);
      if (orientation === orientations.at(-1)) sum?.finish(write);
    },
  };
}

/** Clamps to the range and rounds half up, as `tensorToImage` does. */
function writer(job: Job, { width, height, range: [black, white], scale }: Target): Emit {
  const largest = largestSample(job.bitDepth);
  const sample = (value: number): number =>
    // In float32, so that a half is a half to smxc where it is one to PyTorch.
    Math.floor(Math.fround(Math.min(1, Math.max(0, (value - black) / (white - black))) * largest) + 0.5);
  return (rect, { data, shape }) => {
    if (rect.top + rect.height > height || rect.left + rect.width > width) throw new SmxcError([wrongScale(scale)]);
    const channels = shape.at(-3)!;
    const pixels = rect.width * rect.height;
    const planes = job.place === "mean" ? 1 : channels;
    for (let plane = 0; plane < planes; plane++) {
      const offset = sampleOf(job.place, plane, planes);
      for (let row = 0, from = plane * pixels; row < rect.height; row++) {
        let to = ((rect.top + row) * width + rect.left) * job.channels + offset;
        for (let column = 0; column < rect.width; column++, from++, to += job.channels) {
          const value = job.place === "mean" ? meanAt(data, from, pixels, channels) : data[from]!;
          if (!Number.isFinite(value)) throw new SmxcError([notFinite(plane, rect.left + column, rect.top + row)]);
          job.target[to] = sample(value);
        }
      }
    }
  };
}

/** Which sample of a pixel a plane of the network's fills. */
function sampleOf(place: Job["place"], plane: number, planes: number): number {
  if (place === "mean") return 0;
  return place === "reversed" ? planes - 1 - plane : place + plane;
}

function meanAt(data: Float32Array, pixel: number, pixels: number, channels: number): number {
  let sum = 0;
  for (let channel = 0; channel < channels; channel++) sum += data[channel * pixels + pixel]!;
  return sum / channels;
}

/** The mean of results that were turned back. */
class Ensemble {
  private readonly height: number;
  private readonly width: number;
  private readonly channels: number;
  private readonly share: number;
  private readonly sums: Float32Array;

  constructor(channels: number, height: number, width: number, count: number) {
    this.height = height;
    this.width = width;
    this.channels = channels;
    this.share = 1 / count;
    this.sums = new Float32Array(channels * height * width);
  }

  add(rect: Rect, { data }: Tensor, source: (row: number, column: number) => number): void {
    const pixels = this.height * this.width;
    for (let channel = 0, from = 0; channel < this.channels; channel++)
      for (let row = 0; row < rect.height; row++)
        for (let column = 0; column < rect.width; column++, from++) {
          this.sums[channel * pixels + source(rect.top + row, rect.left + column)]! += data[from]! * this.share;
        }
  }

  finish(write: Emit): void {
    const { height, width, channels } = this;
    write({ top: 0, left: 0, height, width }, { data: this.sums, shape: [1, channels, height, width] });
  }
}
