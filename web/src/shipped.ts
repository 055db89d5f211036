/** The trained networks that come with the page, each with a photograph to try it on. */
import type { ModelFiles } from "./engine/protocol.js";

export interface ShippedNetwork {
  /** The value of its choice on the page. */
  readonly id: string;
  readonly checkpoint: string;
  /** Side of the patches that it was trained on, which no tensor tells. */
  readonly patch: number;
  readonly scale: number;
  readonly sample: Sample;
}

export interface Sample {
  readonly url: string;
  readonly name: string;
  readonly credit: string;
}

const NASA = "photograph: NASA, public domain";
const CC0 = "photograph: CC0";

export const SHIPPED: readonly ShippedNetwork[] = [
  {
    id: "nsr-x2",
    checkpoint: new URL("../../fixtures/models/nsr-x2/checkpoint.pt", import.meta.url).href,
    patch: 32,
    scale: 2,
    sample: {
      url: new URL("../../fixtures/photographs/x2/chelsea.png", import.meta.url).href,
      name: "chelsea.png",
      credit: CC0,
    },
  },
  {
    id: "nsr-x3",
    checkpoint: new URL("../../fixtures/models/nsr-x3/checkpoint.pt", import.meta.url).href,
    patch: 24,
    scale: 3,
    sample: {
      url: new URL("../../fixtures/photographs/x3/coffee.png", import.meta.url).href,
      name: "coffee.png",
      credit: CC0,
    },
  },
  {
    id: "nsr-denoise25",
    checkpoint: new URL("../../fixtures/models/nsr-denoise25/checkpoint.pt", import.meta.url).href,
    patch: 40,
    scale: 1,
    sample: {
      url: new URL("../../fixtures/photographs/noise25/chelsea-crop.png", import.meta.url).href,
      name: "chelsea-noise.png",
      credit: CC0,
    },
  },
  {
    id: "nsr-jpeg10",
    checkpoint: new URL("../../fixtures/models/nsr-jpeg10/checkpoint.pt", import.meta.url).href,
    patch: 40,
    scale: 1,
    sample: {
      url: new URL("../../fixtures/photographs/jpeg10/astronaut-crop.png", import.meta.url).href,
      name: "astronaut-jpeg.png",
      credit: NASA,
    },
  },
];

export async function filesOf({ id, checkpoint, patch }: ShippedNetwork): Promise<ModelFiles> {
  return {
    kind: "checkpoint",
    file: { name: `${id}.pt`, blob: await fetchBlob(checkpoint) },
    settings: { config: new Map([["patch", patch]]) },
  };
}

export async function fetchBlob(url: string): Promise<Blob> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url}: ${response.status} ${response.statusText}`);
  return response.blob();
}
