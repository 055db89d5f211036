/** Pictures as the browser reads them, upright and in sRGB. */

import { blobSource } from "../../../src/base/bytes/byte-source.js";
import type { Diagnostic } from "../../../src/base/diagnostics.js";
import { sampleOf } from "../../../src/files/sample.js";
import { notWanted } from "../../../src/files/wanted.js";
import { whatIsThis } from "../../../src/files/what-is-this.js";
import { damagedImage } from "../../../src/pictures/errors.js";
import type { Pixels } from "../engine/protocol.js";
import { noPictureFormat } from "../errors.js";

export interface Picture {
  readonly name: string;
  readonly pixels: Pixels;
}

/** The picture, or what is wrong with it. */
export async function readPicture(name: string, blob: Blob): Promise<Picture | Diagnostic> {
  let bitmap: ImageBitmap;
  try {
    // Without premultiplication the samples of opaque pictures stay as they are in the file.
    bitmap = await createImageBitmap(blob, { premultiplyAlpha: "none", imageOrientation: "from-image" });
  } catch {
    const kind = whatIsThis(await sampleOf(blobSource(name, blob)));
    if (kind?.family !== "picture") return notWanted(name, kind, "picture");
    return kind.id === "tiff" ? noPictureFormat(name) : damagedImage(name, "the browser cannot decode it");
  }
  const { width, height } = bitmap;
  const context = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true })!;
  context.drawImage(bitmap, 0, 0);
  bitmap.close();
  const { data } = context.getImageData(0, 0, width, height);
  return { name, pixels: { width, height, data: data as Uint8ClampedArray<ArrayBuffer> } };
}

export function paint(canvas: HTMLCanvasElement, { width, height, data }: Pixels): void {
  canvas.width = width;
  canvas.height = height;
  canvas.getContext("2d")!.putImageData(new ImageData(data, width, height), 0, 0);
}

/** Samples as a PNG file. */
export function pngOfPixels({ width, height, data }: Pixels): Promise<Blob> {
  const canvas = new OffscreenCanvas(width, height);
  canvas.getContext("2d")!.putImageData(new ImageData(data, width, height), 0, 0);
  return canvas.convertToBlob({ type: "image/png" });
}
