import { freemem } from "node:os";
import { warning } from "../../../src/base/diagnostics.js";
import type { Image } from "../../../src/pictures/image.js";
import type { Network } from "../../../src/restore/network.js";
import type { Context } from "../../flags/command.js";

/** Bytes per pixel of the picture that ONNX Runtime holds for a network of some 64 channels (measured). */
const BYTES_PER_PIXEL = 64 * 4 * 4;

/** Says before the work what a picture in one piece may take, and what takes less. */
export async function warnOfMemory(
  { report }: Pick<Context, "report">,
  { context: kind, restorer }: Pick<Network, "context" | "restorer">,
  { width, height }: Image,
  file: string,
): Promise<void> {
  const bytes = width * height * BYTES_PER_PIXEL;
  if (kind !== "whole" || bytes < freemem() / 2 || (await restorer.inTiles?.({ width, height }))) return;
  report(
    warning(
      "run/large-picture",
      `a picture of ${width} x ${height} pixels in one piece may take ${(bytes / 2 ** 30).toFixed(0)} GiB`,
      {
        file,
        hint:
          restorer.inTiles === undefined
            ? "--context global gives the same in tiles"
            : "this graph cannot run in tiles: smaller pictures take less, and a model document may run with --context global",
      },
    ),
  );
}
