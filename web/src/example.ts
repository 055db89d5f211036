/** The finished example that the page opens on: a photograph, and what `nsr-x2` makes of it. */
import { fetchBlob } from "./networks/shipped.js";

export const EXAMPLE = {
  network: "nsr-x2",
  name: "chelsea.png",
  credit: "photograph: CC0",
  /** Pixels of the screen per pixel of the result. */
  zoom: 2,
};

const BEFORE = new URL("./example/before.webp", import.meta.url).href;
const AFTER = new URL("./example/after.webp", import.meta.url).href;

export async function fetchExample(): Promise<{ readonly before: Blob; readonly after: Blob }> {
  const [before, after] = await Promise.all([BEFORE, AFTER].map(fetchBlob));
  return { before: before!, after: after! };
}
