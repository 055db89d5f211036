/** One picture of `smxc run`, from file to file. */
import type { Reporter } from "../../src/base/diagnostics.js";
import type { ImageFormat } from "../../src/files/image-format.js";
import { decodeImage } from "../../src/pictures/decode-image-node.js";
import type { Image } from "../../src/pictures/image.js";
import { checkImageSize, encodeImage, encodeImageTo } from "../../src/pictures/image-node.js";
import { type AlphaMode, restorePicture } from "../../src/restore/restore.js";
import { writeFiles } from "../files/write-files.js";
import type { Context } from "../flags/command.js";
import type { OpenNetwork } from "../models/open-network.js";
import type { PicturePair } from "../pictures/plan.js";
import { pictureBytes } from "../pictures/read-picture.js";
import type { Done } from "./done.js";
import { notePlan } from "./note-plan.js";
import type { Outcome, Size } from "./outcome.js";

export interface RestoreOneOptions {
  readonly alpha: AlphaMode;
  readonly selfEnsemble: boolean;
  readonly format: ImageFormat;
  readonly done?: Done;
  /** Calls the work off, up to the moment when the result is complete. */
  readonly signal: AbortSignal;
  /** Called when the picture, which is decoded, begins to run. */
  onBegin(picture: Size): void;
  /** Called when it has run. */
  onRan(picture: Size, seconds: number): void;
  /** Receives how much of the run is done, up to 1. */
  onProgress(share: number): void;
  /** Waits until the network has room for the picture; reading and writing do without it. */
  turn<T>(work: () => Promise<T>): Promise<T>;
  readonly report: Reporter;
}

/** @throws SmxcError; the signal's reason */
export async function restoreOne(
  context: Context,
  network: OpenNetwork,
  { input, output }: PicturePair,
  { alpha, selfEnsemble, format, done, signal, onBegin, onRan, onProgress, turn, report }: RestoreOneOptions,
): Promise<Outcome> {
  const { name, bytes } = await pictureBytes(context, input);
  const before = done?.of(output, bytes);
  if (await before?.isDone()) return { input, output };
  const picture = await decodeImage(bytes, name, report);
  const { scale } = network.format;
  checkImageSize({ width: picture.width * scale, height: picture.height * scale }, output, format);
  const { image, ran, seconds } = await turn(async () => {
    signal.throwIfAborted();
    await notePlan(context, network, picture);
    onBegin(picture);
    const began = performance.now();
    const restored = await restorePicture(network, picture, {
      alpha,
      selfEnsemble,
      signal,
      onProgress: (part, total) => onProgress(part / total),
    });
    const seconds = (performance.now() - began) / 1000;
    onRan(picture, seconds);
    return { image: restored.image, ran: restored.report, seconds };
  });
  signal.throwIfAborted();
  // Another worker may have been given the picture meanwhile, since nothing was heard of this one.
  if (await before?.isDone()) return { input, output };
  const content = {
    encode: () => encodeImage(image, output, report, format),
    encodeTo: (path: string) => encodeImageTo(path, image, output, report, format),
  };
  await writeFiles([{ path: output, content }], {
    inputs: [input, ...network.files],
    swept: true,
    onComplete: async ([file]) => before?.note(file!),
  });
  return { input, output, from: sizeOf(picture), to: sizeOf(image), seconds, report: ran };
}

function sizeOf({ width, height }: Image): Size {
  return { width, height };
}
