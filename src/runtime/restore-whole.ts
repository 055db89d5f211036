import { reportBetas } from "./betas.js";
import { imageToTensor } from "./image.js";
import type { PictureFormat, Restorer } from "./restorer.js";
import type { Session } from "./session.js";

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
