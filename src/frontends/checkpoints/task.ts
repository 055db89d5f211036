/** What an imported network does, in words. */
import type { ImportedModel } from "./importer.js";

type Image = NonNullable<ImportedModel["document"]["image"]>;

/** How pictures become the input, with the task that follows from the scale where the importer knows no better. */
export function withTask(image: Image): Image {
  return image.task !== undefined || image.scale === 1 ? image : { ...image, task: `enlarge ×${image.scale}` };
}
