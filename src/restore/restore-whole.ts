import { SmxcError } from "../base/diagnostics.js";
import { type Image, imageToTensor } from "../pictures/image.js";
import type { Session } from "../sessions/session.js";
import { reportBetas } from "./betas.js";
import { fixedBatch, wrongPictureSize, wrongResultSize } from "./errors.js";
import type { PictureFormat, Restorer } from "./restorer.js";

/** What a graph was compiled for alone; undefined where it takes any. */
export interface FixedSizes {
  readonly samples: number | undefined;
  readonly height: number | undefined;
  readonly width: number | undefined;
}

export function fixedSizes({ inputs }: Session, name: string): FixedSizes {
  const shape = inputs.find((input) => input.name === name)?.shape ?? [];
  const [samples, ...rest] = shape.map((dim) => (typeof dim === "number" && dim >= 0 ? dim : undefined));
  return shape.length < 4
    ? { samples: undefined, height: undefined, width: undefined }
    : { samples, height: rest.at(-2), width: rest.at(-1) };
}

/** @throws SmxcError where the graph was compiled for several pictures at a time */
export function checkBatch({ samples }: FixedSizes): void {
  if (samples !== undefined && samples !== 1) throw new SmxcError([fixedBatch(samples)]);
}

/** @throws SmxcError where the graph was compiled for pictures of another size, or for several at a time */
export function checkSize(fixed: FixedSizes, { width, height }: Image): void {
  if ((fixed.height ?? height) !== height || (fixed.width ?? width) !== width)
    throw new SmxcError([wrongPictureSize({ width, height }, fixed)]);
  checkBatch(fixed);
}

/** Runs a picture through a graph in one piece. `context` is what the graph itself pools β over. */
export function wholeRestorer(
  session: Session,
  names: { readonly input: string; readonly output: string },
  { range, scale }: PictureFormat,
  context: "whole" | "patch" = "whole",
): Restorer {
  const fixed = fixedSizes(session, names.input);
  return {
    atATime: async () => session.parallel,
    async restore(image, emit, { onProgress, signal, onBetas }) {
      signal?.throwIfAborted();
      checkSize(fixed, image);
      const outputs = await session.run(new Map([[names.input, imageToTensor(image, range)]]), "given");
      signal?.throwIfAborted();
      reportBetas(outputs, onBetas);
      const values = outputs.get(names.output)!;
      const [height, width] = values.shape.slice(-2) as [number, number];
      if (height !== image.height * scale || width !== image.width * scale)
        throw new SmxcError([wrongResultSize(image, { height, width }, scale)]);
      emit({ top: 0, left: 0, height, width }, values);
      onProgress?.(1, 1);
      return { context, parts: 1 };
    },
    release: () => session.release(),
  };
}
