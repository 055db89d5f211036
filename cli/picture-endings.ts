import { InvalidArgumentError } from "commander";

/** Endings that `--format` takes. */
export const FORMAT_ENDINGS = ["png", "jpg", "jpeg", "webp", "tif", "tiff"] as const;

export type PictureEnding = (typeof FORMAT_ENDINGS)[number];

export function pictureEnding(text: string): PictureEnding {
  const ending = FORMAT_ENDINGS.find((each) => each === text.toLowerCase().replace(/^\./, ""));
  if (ending === undefined) throw new InvalidArgumentError(`Expected one of ${FORMAT_ENDINGS.join(", ")}.`);
  return ending;
}
