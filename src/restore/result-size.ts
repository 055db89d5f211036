import type { PictureFormat } from "./restorer.js";
import type { Size } from "./tiles.js";

/** What a picture becomes, in pixels. */
export function resultSizeOf({ scale }: PictureFormat, { width, height }: Size): Size {
  return { width: width * scale, height: height * scale };
}
