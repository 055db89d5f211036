import { type Image, imageToTensor, tensorToImage, toRgb, type ValueRange } from "./image.js";
import type { Session } from "./session.js";

/** How a network takes pictures. */
export interface PictureFormat {
  readonly range: ValueRange;
  readonly color: "rgb" | "gray";
  readonly scale: number;
}

/** Runs a whole picture through a network; the result has the picture's depth. */
export async function restoreWhole(
  session: Session,
  names: { readonly input: string; readonly output: string },
  format: PictureFormat,
  picture: Image,
): Promise<Image> {
  const source = format.color === "rgb" ? toRgb(picture) : picture;
  const outputs = await session.run(new Map([[names.input, imageToTensor(source, format.range)]]));
  return tensorToImage(outputs.get(names.output)!, format.range, picture.bitDepth);
}
