/** A picture as the input of a network. */
import { type Image, imageToTensor } from "../pictures/image.js";
import type { Tensor } from "../sessions/session.js";
import { networkPictures } from "./colour-jobs.js";
import type { PictureFormat } from "./restorer.js";

/**
 * What a network takes a picture as, [samples, channels, height, width]: one sample of three channels for colours, one of
 * one for luma, and for a network of grey one sample for each channel of the picture.
 */
export function networkInput(image: Image, { color, range }: Pick<PictureFormat, "color" | "range">): Tensor {
  const tensors = networkPictures(color, image).map((seen) => imageToTensor(seen, range));
  const [, ...sample] = tensors[0]!.shape;
  const each = tensors[0]!.data.length;
  const data = new Float32Array(tensors.length * each);
  for (const [index, tensor] of tensors.entries()) data.set(tensor.data, index * each);
  return { data, shape: [tensors.length, ...sample] };
}
