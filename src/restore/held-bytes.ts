import type { Image } from "../pictures/image.js";

/** What a picture and its result take while a network runs, in bytes of samples. */
export function heldBytes({ data }: Pick<Image, "data">, scale: number): number {
  return data.byteLength * (1 + scale ** 2);
}
