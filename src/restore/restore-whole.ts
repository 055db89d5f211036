import { SmxcError } from "../base/diagnostics.js";
import { type Image, imageToTensor } from "../pictures/image.js";
import type { Session } from "../sessions/session.js";
import { reportBetas } from "./betas.js";
import { fixedBatch, wrongPictureSize } from "./errors.js";
import type { PictureFormat, Restorer } from "./restorer.js";

/** @throws SmxcError where the graph was compiled for pictures of another size, or for several at a time */
function checkSize({ inputs }: Session, name: string, { width, height }: Image): void {
  const shape = inputs.find((input) => input.name === name)?.shape ?? [];
  if (shape.length < 4) return;
  const [samples, ...rest] = shape.map((dim) => (typeof dim === "number" && dim >= 0 ? dim : undefined));
  const fixed = { height: rest.at(-2), width: rest.at(-1) };
  if ((fixed.height ?? height) !== height || (fixed.width ?? width) !== width)
    throw new SmxcError([wrongPictureSize({ width, height }, fixed)]);
  if (samples !== undefined && samples !== 1) throw new SmxcError([fixedBatch(samples)]);
}

/** Runs a picture through a graph in one piece. `context` is what the graph itself pools β over. */
export function wholeRestorer(
  session: Session,
  names: { readonly input: string; readonly output: string },
  { range }: PictureFormat,
  context: "whole" | "patch" = "whole",
): Restorer {
  return {
    async restore(image, emit, { onProgress, signal, onBetas }) {
      signal?.throwIfAborted();
      checkSize(session, names.input, image);
      const outputs = await session.run(new Map([[names.input, imageToTensor(image, range)]]));
      signal?.throwIfAborted();
      reportBetas(outputs, onBetas);
      const values = outputs.get(names.output)!;
      const [height, width] = values.shape.slice(-2) as [number, number];
      emit({ top: 0, left: 0, height, width }, values);
      onProgress?.(1, 1);
      return { context, parts: 1 };
    },
    release: () => session.release(),
  };
}
