/** The trained networks that come with the page, each with a photograph to try it on. */
import { type ShippedNetwork as Files, NETWORKS } from "#models";
import type { ModelFiles } from "../engine/protocol.js";

/** In vite.config.ts: bytes of the document and weights of each network. */
declare const NETWORK_BYTES: Readonly<Record<string, number>>;

/** Its name is the value of its choice on the page. */
export interface ShippedNetwork extends Files {
  readonly sample: Sample;
  readonly bytes: number;
}

export interface Sample {
  readonly url: string;
  readonly name: string;
  readonly credit: string;
}

const NASA = "photograph: NASA, public domain";
const CC0 = "photograph: CC0";

const SAMPLES: Readonly<Record<string, Sample>> = {
  "nsr-x2": {
    url: new URL("../../../fixtures/photographs/x2/chelsea.png", import.meta.url).href,
    name: "chelsea.png",
    credit: CC0,
  },
  "nsr-x3": {
    url: new URL("../../../fixtures/photographs/x3/coffee.png", import.meta.url).href,
    name: "coffee.png",
    credit: CC0,
  },
  "nsr-x4": {
    url: new URL("../../../fixtures/photographs/x4/coffee.png", import.meta.url).href,
    name: "coffee.png",
    credit: CC0,
  },
  "nsr-real-x2": {
    url: new URL("../../../fixtures/photographs/real2/chelsea.png", import.meta.url).href,
    name: "chelsea-noise.png",
    credit: CC0,
  },
  "nsr-denoise25": {
    url: new URL("../../../fixtures/photographs/noise25/chelsea-crop.png", import.meta.url).href,
    name: "chelsea-noise.png",
    credit: CC0,
  },
  "nsr-jpeg10": {
    url: new URL("../../../fixtures/photographs/jpeg10/astronaut-crop.png", import.meta.url).href,
    name: "astronaut-jpeg.png",
    credit: NASA,
  },
};

export const SHIPPED: readonly ShippedNetwork[] = NETWORKS.flatMap((network) => {
  const sample = SAMPLES[network.name];
  return sample === undefined ? [] : [{ ...network, sample, bytes: NETWORK_BYTES[network.name]! }];
});

export async function filesOf({ name, document, weights }: ShippedNetwork): Promise<ModelFiles> {
  const [documentBlob, weightsBlob] = await Promise.all([document, weights].map(({ href }) => fetchBlob(href)));
  return {
    kind: "document",
    file: { name: `${name}.json`, blob: documentBlob! },
    weights: { name: `${name}.weights.safetensors`, blob: weightsBlob! },
  };
}

export async function fetchBlob(url: string): Promise<Blob> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url}: ${response.status} ${response.statusText}`);
  return response.blob();
}
