/** From picture to picture: colours and opacity as networks take them, and the samples of the result. */
import { SmxcError } from "../base/diagnostics.js";
import { noRoomForResult } from "../pictures/errors.js";
import { crop, type Image, newSamples, type Samples } from "../pictures/image.js";
import type { Session, Tensor } from "../sessions/session.js";
import { type ColourJobs, colourJobs, planeOf, resized } from "./colour-jobs.js";
import type { RunPlan } from "./cost/context-choice.js";
import { paddedTo, within } from "./multiples.js";
import type { Network } from "./network.js";
import { wholeRestorer } from "./restore-whole.js";
import type { Emit, PictureFormat, RunOptions, RunReport } from "./restorer.js";
import { runInOrder } from "./runs-in-order.js";
import { orientationsOf, oriented } from "./self-ensemble.js";
import type { Rect } from "./tiles.js";
import { type Turn, turnWriter } from "./write-result.js";

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
  const { alpha = "resize", selfEnsemble = false, onPlan, onTile } = options;
  const { scale, range } = network.format;
  const { result, parts } = layOut(network.format, picture, alpha);
  const orientations = orientationsOf(selfEnsemble);
  const turns = parts.flatMap(({ jobs }) =>
    jobs.flatMap((job) => orientations.map((orientation): Turn => ({ job, orientation }))),
  );
  const isFinalAtOnce = turns.length === 1 && parts.every(({ finish }) => finish === undefined);
  const writer = turnWriter({ width: result.width, height: result.height, range, scale }, orientations);
  const emit = (turn: Turn, rect: Rect, values: Tensor): void => {
    writer.add(turn, rect, values);
    if (isFinalAtOnce) onTile?.(tileAt(result, rect));
  };
  if (onPlan !== undefined) {
    const plan = await network.restorer.plan?.(picture);
    if (plan !== undefined) onPlan(plan);
  }
  const parallel = (await network.restorer.atATime?.(picture)) ?? 1;
  const reports: RunReport[] = [];
  const { signal, onBetas, onProgress } = options;
  const runOptions: RunOptions = {
    ...(signal ? { signal } : {}),
    ...(onBetas ? { onBetas } : {}),
    ...(onProgress
      ? { onProgress: (part, total) => onProgress(reports.length * total + part, turns.length * total) }
      : {}),
  };
  const run = (turn: Turn) =>
    runTurn(network, turn, (rect, values) => emit(turn, rect, values), runOptions, parallel > 1);
  await runInOrder(turns, run, {
    parallel: parallel > 1 ? parallel : 0,
    use: ({ held, report }, turn) => {
      for (const work of held) work();
      reports.push(report);
      writer.end(turn);
    },
  });
  for (const part of parts) part.finish?.();
  if (!isFinalAtOnce) onTile?.({ left: 0, top: 0, image: result });
  return { image: result, report: reports[0]! };
}

/** The result before it has its samples, and the runs that fill them: of the colours, and of the opacity. */
function layOut({ color, scale }: PictureFormat, picture: Image, alpha: AlphaMode) {
  const [width, height] = [picture.width * scale, picture.height * scale];
  const { channels, bitDepth, alpha: opacity } = picture;
  const data = roomFor(picture, width, height);
  const parts = [colourJobs(color, picture, { data, width, height })];
  const result = (kept?: Samples): { readonly result: Image; readonly parts: readonly ColourJobs[] } => ({
    result: { width, height, channels, bitDepth, data, ...(kept ? { alpha: kept } : {}) },
    parts,
  });
  if (opacity === undefined || alpha === "drop") return result();
  const plane = planeOf(picture, opacity);
  if (alpha === "resize") return result(resized(plane, width, height).data);
  const restored = newSamples(bitDepth, width * height);
  parts.push(colourJobs(color, plane, { data: restored, width, height }));
  return result(restored);
}

/** @param isHeld whether all that the run gives waits until its turn has come, since others run at the same time */
async function runTurn(
  network: Network,
  { job, orientation }: Turn,
  emit: Emit,
  options: RunOptions,
  isHeld: boolean,
): Promise<HeldRun> {
  const { multiple = 1, scale } = network.format;
  const { onBetas } = options;
  const held: (() => void)[] = [];
  const hold = (work: () => void): void => void (isHeld ? held.push(work) : work());
  const upright = oriented(job.source, orientation);
  const source = paddedTo(multiple, upright);
  const take: Emit = (rect, values) => hold(() => emit(rect, values));
  const size = { width: upright.width * scale, height: upright.height * scale };
  const report = await network.restorer.restore(source, source === upright ? take : within(size, take), {
    ...options,
    ...(onBetas ? { onBetas: (betas) => hold(() => onBetas(betas)) } : {}),
  });
  return { held, report };
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

/** What a run gave, to be taken in the order of the turns. */
interface HeldRun {
  readonly held: readonly (() => void)[];
  readonly report: RunReport;
}
