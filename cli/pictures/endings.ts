/** Endings that the results of `run` may have. */
export const FORMAT_ENDINGS = ["png", "jpg", "jpeg", "webp", "tif", "tiff"] as const;

export type PictureEnding = (typeof FORMAT_ENDINGS)[number];
