/** From picture to picture: colours and opacity as networks take them, and the samples of the result. */
import { SmxcError } from "../base/diagnostics.js";
import { noRoomForResult, notFinite } from "../pictures/errors.js";
import { crop, type Image, largestSample, newSamples, type Samples, type ValueRange } from "../pictures/image.js";
import type { Session, Tensor } from "../sessions/session.js";
import { colourJobs, type Job, planeOf, resized } from "./colour-jobs.js";
import type { RunPlan } from "./cost/context-choice.js";
import { wrongScale } from "./errors.js";
import { paddedTo, within } from "./multiples.js";
import type { Network } from "./network.js";
import { wholeRestorer } from "./restore-whole.js";
import type { Emit, PictureFormat, RunOptions, RunReport } from "./restorer.js";
import { runInOrder } from "./runs-in-order.js";
import { type Orientation, orientationsOf, oriented, sourceOf } from "./self-ensemble.js";
import type { Rect } from "./tiles.js";

/**
 * What happens to opacity: `restore` runs it through the network like a grey picture, `resize` resizes it bicubically,
 * `drop` leaves it out.
 */
export type AlphaMode = "restore" | "resize" | "drop";

export interface RestoreOptions extends RunOptions {
  readonly alpha?: AlphaMode;
  /** Whether to average the results of all eight flips and rotations. */
  readonly selfEnsemble?: boolean;
  /**
   * Receives parts of the result as soon as they are final; together they are the whole result. It is called once,
   * with the whole result, if several runs contribute to each pixel: for colours through a network for grey or luma,
   * with `selfEnsemble`, and with restored opacity.
   */
  readonly onTile?: (tile: ResultTile) => void;
  /**
   * Receives the plan of each run (in one piece or in parts, with predicted time and memory) before the first one
   * starts. Not called if there is nothing to choose: with patches, and with a given tile size.
   */
  readonly onPlan?: (plan: RunPlan) => void;
}

/** A part of the result. */
export interface ResultTile {
  /** Position of its first pixel, in pixels of the result. */
  readonly left: number;
  readonly top: number;
  /** With the channels, depth and opacity of the result. */
  readonly image: Image;
}

export interface Restored {
  readonly image: Image;
  readonly report: RunReport;
}

/**
 * Grey pictures stay grey: a network for colours sees three equal channels, and the mean of its result is taken. A
 * network for grey restores each channel of a colour picture by itself; one for luma restores the luma of BT.601 in studio
 * range, and the chroma is resized bicubically. The result has the picture's depth.
 */
export async function restorePicture(
  network: Network,
  picture: Image,
  options: RestoreOptions = {},
): Promise<Restored> {
  const { alpha = "resize", selfEnsemble = false, onProgress, onPlan, onTile, signal, onBetas } = options;
  const { scale, range, color, multiple = 1 } = network.format;
  const [width, height] = [picture.width * scale, picture.height * scale];
  const data = roomFor(picture, width, height);
  const opacity = picture.alpha;
  const restoredAlpha = opacity && alpha === "restore" ? newSamples(picture.bitDepth, width * height) : undefined;
  const parts = [
    colourJobs(color, picture, { data, width, height }),
    ...(opacity && restoredAlpha
      ? [colourJobs(color, planeOf(picture, opacity), { data: restoredAlpha, width, height })]
      : []),
  ];
  const kept = opacity && alpha === "resize" ? resized(planeOf(picture, opacity), width, height).data : restoredAlpha;
  const { channels, bitDepth } = picture;
  const result: Image = { width, height, channels, bitDepth, data, ...(kept ? { alpha: kept } : {}) };
  const jobs = parts.flatMap((part) => part.jobs);
  const orientations = orientationsOf(selfEnsemble);
  const turns = jobs.flatMap((job) => orientations.map((orientation): Turn => ({ job, orientation })));
  const isFinalAtOnce = turns.length === 1 && parts.every(({ finish }) => finish === undefined);
  /** Where the turns of one job go, which follow each other. */
  const targets = (job: Job): Targets => {
    const write = writer(job, { width, height, range, scale });
    const sum = selfEnsemble ? new Ensemble(job.source.channels, height, width, orientations.length) : undefined;
    return { job, write, sum };
  };
  let target = targets(jobs[0]!);
  const emit = ({ job, orientation }: Turn, rect: Rect, values: Tensor): void => {
    if (target.job !== job) target = targets(job);
    if (target.sum) target.sum.add(rect, values, sourceOf(orientation, height, width));
    else target.write(rect, values);
    if (isFinalAtOnce) onTile?.(tileAt(result, rect));
  };
  const reports: RunReport[] = [];
  if (onPlan !== undefined) {
    const plan = await network.restorer.plan?.(picture);
    if (plan !== undefined) onPlan(plan);
  }
  const atATime = (await network.restorer.atATime?.(picture)) ?? 1;
  const run = async (turn: Turn): Promise<HeldRun> => {
    // Results of turns that run at a time are held until it is their turn; one by one, they are taken part by part.
    const held: (() => void)[] = [];
    const hold = (work: () => void): void => void (atATime > 1 ? held.push(work) : work());
    const upright = oriented(turn.job.source, turn.orientation);
    const source = paddedTo(multiple, upright);
    const size = { width: upright.width * scale, height: upright.height * scale };
    const take: Emit = (rect, values) => hold(() => emit(turn, rect, values));
    const report = await network.restorer.restore(source, source === upright ? take : within(size, take), {
      ...(signal ? { signal } : {}),
      ...(onBetas ? { onBetas: (betas) => hold(() => onBetas(betas)) } : {}),
      ...(onProgress
        ? { onProgress: (part, total) => onProgress(reports.length * total + part, turns.length * total) }
        : {}),
    });
    return { held, report };
  };
  await runInOrder(turns, run, {
    parallel: atATime > 1 ? atATime : 0,
    use: ({ held, report }, { orientation }) => {
      for (const work of held) work();
      reports.push(report);
      if (orientation === orientations.at(-1)) target.sum?.finish(target.write);
    },
  });
  for (const part of parts) part.finish?.();
  if (!isFinalAtOnce) onTile?.({ left: 0, top: 0, image: result });
  return { image: result, report: reports[0]! };
}

function tileAt(result: Image, { left, top, width, height }: Rect): ResultTile {
  return { left, top, image: crop(result, left, top, width, height) };
}

/** Runs a picture in one piece through a session of one's own. */
export async function restoreWhole(
  session: Session,
  names: { readonly input: string; readonly output: string },
  format: PictureFormat,
  picture: Image,
): Promise<Image> {
  const restorer = wholeRestorer(session, names, format);
  const network = { restorer, format, context: "whole", trained: undefined } as const;
  return (await restorePicture(network, picture)).image;
}

/** Zeros for the result. */
function roomFor({ bitDepth, channels }: Image, width: number, height: number): Samples {
  try {
    return newSamples(bitDepth, width * height * channels);
  } catch (cause) {
    if (cause instanceof RangeError) throw new SmxcError([noRoomForResult(width, height)]);
    throw cause;
  }
}

/** One run of the network over the picture. */
interface Turn {
  readonly job: Job;
  readonly orientation: Orientation;
}

interface Targets {
  readonly job: Job;
  readonly write: Emit;
  readonly sum: Ensemble | undefined;
}

/** What a run gave, to be taken in the order of the turns. */
interface HeldRun {
  readonly held: readonly (() => void)[];
  readonly report: RunReport;
}

interface Target {
  readonly width: number;
  readonly height: number;
  readonly range: ValueRange;
  readonly scale: number;
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
